import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const executeFile = promisify(execFile);

/** A store of years on a slow card, copied; longer than any unit takes to start. */
const ENDS_WITHIN_MS = 15 * 60_000;

/** Runs a program to its end. @returns what it printed @throws Error with what it said where it fails */
export async function execute(program: string, parameters: readonly string[]): Promise<string> {
  const { stdout } = await executeFile(program, parameters, { timeout: ENDS_WITHIN_MS });
  return stdout;
}
