/** Ends a program when we die, however we die: nobody may find a Postgres on their folder that no one answers for. */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Watches over a process as long as we live. A shell waits for the end of its standard input, which comes with our
 * death, `kill -9` too, and then kills the process. (Windows has no such shell; there it stays.)
 *
 * @returns What ends the watch, without harm to the process.
 */
export function killWhenWeDie(pid: number): () => void {
  if (process.platform === 'win32') return () => {};
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$1"', 'guard', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C goes to the whole group of the terminal, and would end the guard before its time.
    detached: true,
  });
  letGo(guard);
  return () => guard.kill('SIGKILL');
}

/** A watch alone keeps no program running. */
function letGo(guard: ChildProcess): void {
  guard.unref();
  (guard.stdin as unknown as { unref(): void } | null)?.unref();
}
