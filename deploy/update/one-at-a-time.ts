/**
 * One updater works on the releases at a time: between its check of a release and its unpacking nobody else's may come to
 * lie in the same place. The lock is the system's (flock), held by a program that ends with this one, however it dies.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UpdateError } from './update-error.ts';

/** What `flock` ends with where another holds the lock. */
const TAKEN = 75;

/**
 * Does something while no other updater works.
 *
 * @param state the updater's own folder
 * @param ifTaken whether to wait for another one's end, or to be refused
 * @throws UpdateError `update-running`
 */
export async function oneAtATime<Result>(
  state: string,
  ifTaken: 'wait' | 'refuse',
  act: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(state, { recursive: true, mode: 0o711 });
  const flags = ifTaken === 'refuse' ? ['--nonblock', '--conflict-exit-code', String(TAKEN)] : [];
  // It says when it has the lock, and keeps it until its input ends: with this process at the latest.
  const holder = spawn('flock', [...flags, join(state, 'lock'), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(holder, 'close') as Promise<[number | null]>;
  const first = await Promise.race([once(holder.stdout, 'data'), ended]);
  if (!Buffer.isBuffer(first[0])) {
    const what =
      first[0] === TAKEN
        ? 'another update is being prepared or under way; wait for its end'
        : `the lock in ${state} can't be taken (flock ended with ${first[0]})`;
    throw new UpdateError('update-running', what);
  }
  try {
    return await act();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
