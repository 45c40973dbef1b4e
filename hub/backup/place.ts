/** The folder that backups go to: is it there, may the hub write in it, and is it on another disk? */
import { access, constants, stat, statfs } from 'node:fs/promises';

export interface Place {
  readonly isThere: boolean;
  /** Bytes that the hub may still write there; null while it is not there. */
  readonly freeBytes: number | null;
  /** On the disk that the hub's folder lies on: lost with it. */
  readonly isSameDisk: boolean;
}

/**
 * A disk that is not plugged in, or not the hub's to write to, is not there, whatever the system says of it.
 *
 * @throws Error of the system, where it does not say on which disk the hub's own folder lies
 */
export async function placeOf(folder: string, dataFolder: string): Promise<Place> {
  const found = await lookAt(folder);
  if (found === null) return { isThere: false, freeBytes: null, isSameDisk: false };
  const { device, freeBytes } = found;
  return { isThere: true, freeBytes, isSameDisk: device === (await deviceOf(dataFolder)) };
}

async function lookAt(folder: string): Promise<{ device: number; freeBytes: number } | null> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const [there, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)]);
    return there.isDirectory() ? { device: there.dev, freeBytes: bavail * bsize } : null;
  } catch {
    // Whatever it is: nothing can be written there.
    return null;
  }
}

/** Null: there is no such folder. What else the system says is a fault, and no word on which disk a backup is safe. */
async function deviceOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).dev;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
