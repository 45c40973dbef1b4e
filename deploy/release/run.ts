import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What of a program's words is kept, for the message if it fails. */
const KEPT_CHARACTERS = 4_000;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed
 * @throws Error with the last that it said, if it fails
 */
export async function run(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const child = spawn(program, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_CHARACTERS);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`${program} ${parameters[0] ?? ''} ended with ${signal ?? code}: ${said}`);
  return Buffer.concat(printed).toString();
}
