import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** systemctl answers at once or not at all. */
const ANSWER_WITHIN_MS = 10_000;

/** Runs a program of the system. @returns what it printed, also with a bad exit code; null: it is not here, or says nothing in time */
export type RunProgram = (program: string, ...words: readonly string[]) => Promise<string | null>;

export const runProgram: RunProgram = async (program, ...words) => {
  try {
    const { stdout } = await promisify(execFile)(program, words, { timeout: ANSWER_WITHIN_MS });
    return stdout;
  } catch (error) {
    const { code, killed, stdout } = error as { code?: unknown; killed?: boolean; stdout?: string };
    return typeof code === 'number' && !killed ? (stdout ?? '') : null;
  }
};
