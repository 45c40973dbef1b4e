/** Another box that takes the building over, as its installer would let it: `hub replace`, with the key from the paper. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { HUB, NODE_FLAGS } from './programs.ts';

export interface NewBox {
  /** Empty. */
  readonly folder: string;
  /** Of the cloud, as the building reaches it. */
  readonly cloud: string;
  /** One-time, of the cloud's operator. */
  readonly code: string;
  readonly recoveryKey: string;
  /** What the program says, line by line. */
  readonly onLine: (line: string) => void;
}

/** Resolves once a hub may be started on the folder. @throws Error with what the program said last */
export async function takeOver({ folder, cloud, code, recoveryKey, onLine }: NewBox): Promise<void> {
  const words = ['replace', '--cloud', cloud, '--code', code, '--data', folder];
  const child = spawn(process.execPath, [...NODE_FLAGS, HUB, ...words], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  // One that ends before it asks leaves nobody to read the key; how it ended says why.
  child.stdin.on('error', () => {});
  child.stdin.end(`${recoveryKey}\n`);
  let last = 'it said nothing';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    onLine(line);
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode !== 0) throw new Error(`the new box could not take over: ${last}`);
}
