/**
 * One process a folder: two agents on one ledger would open doors twice, and two openers of a store gave 137 duplicate
 * primary keys and no error.
 *
 * The lock is a file that names its holder by process id, boot of the machine and start time of the process, so that
 * neither a reboot nor a reused process id makes a dead holder look alive. A living holder's lock is never taken.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

interface Holder {
  readonly pid: number;
  /** Linux: random id of this boot. Elsewhere absent: then a living pid is taken for the holder. */
  readonly bootId: string | null;
  /** Linux: clock ticks from boot to the start of the process. */
  readonly startTicks: string | null;
}

/** A held lock. Releasing it twice does nothing. */
export interface FolderLock {
  release(): void;
}

/** Makes the error of whoever's folder it is. */
export type LockFault = (code: 'folder-locked' | 'folder-unusable', what: string, cause?: unknown) => Error;

/**
 * Takes the lock at `path`.
 *
 * @throws what `fault` makes of `folder-locked` (naming the living process that holds it) or `folder-unusable`.
 */
export function lockFolder(path: string, fault: LockFault): FolderLock {
  const self = describeProcess(process.pid);
  if (!create(path, self, fault)) {
    removeStale(path, fault);
    if (!create(path, self, fault)) throw lockedBy(path, readHolder(path), fault);
  }
  let held = true;
  return {
    release() {
      if (held) rmSync(path, { force: true });
      held = false;
    },
  };
}

/** The living process that holds a lock; null: nobody does. Changes nothing. */
export function lockHolder(path: string): number | null {
  const holder = readHolder(path);
  return holder && lives(holder) ? holder.pid : null;
}

function create(path: string, self: Holder, fault: LockFault): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(self)}\n`, { flag: 'wx', flush: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fault('folder-unusable', `cannot write the lock ${path}: ${String(error)}`, error);
  }
}

/** Removes a dead holder's lock: moved aside first and looked at again, lest it be a fresh one of another process. */
function removeStale(path: string, fault: LockFault): void {
  const inode = inodeOf(path);
  const holder = readHolder(path);
  if (holder && lives(holder)) throw lockedBy(path, holder, fault);
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (inodeOf(aside) !== inode) {
    linkSync(aside, path);
    rmSync(aside);
    throw lockedBy(path, readHolder(path), fault);
  }
  rmSync(aside);
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    // Cut short by a power cut, or gone: nobody can be named, so nobody holds it.
    return undefined;
  }
}

function lives(holder: Holder): boolean {
  const now = describeProcess(holder.pid);
  if (holder.bootId !== null && holder.bootId !== now.bootId) return false;
  if (holder.startTicks !== null) return holder.startTicks === now.startTicks;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function describeProcess(pid: number): Holder {
  return { pid, bootId: readBootId(), startTicks: readStartTicks(pid) };
}

function readBootId(): string | null {
  return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Field 22 of proc_pid_stat(5); counted after the last bracket, for the command in brackets may hold spaces. */
function readStartTicks(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function lockedBy(path: string, holder: Holder | undefined, fault: LockFault): Error {
  const who = holder?.pid ?? '(unknown)';
  return fault('folder-locked', `process ${who} works on it already (${path}); stop that one first`);
}
