/** The folder that backups go to: is it there, may the hub write in it, and is it on another disk? */
import { access, constants, stat, statfs } from 'node:fs/promises';

export interface Place {
  readonly isThere: boolean;
  /** Bytes that the hub may still write there; null while it is not there. */
  readonly freeBytes: number | null;
  /** On the disk that the hub's folder lies on: lost with it. */
  readonly isSameDisk: boolean;
}

/** A disk that is not plugged in, or not the hub's to write to, is not there, whatever the system says of it. */
export async function placeOf(folder: string, dataFolder: string): Promise<Place> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const [there, own, { bavail, bsize }] = await Promise.all([
      stat(folder),
      stat(dataFolder).catch(() => null),
      statfs(folder),
    ]);
    if (!there.isDirectory()) return NOWHERE;
    return { isThere: true, freeBytes: bavail * bsize, isSameDisk: own !== null && own.dev === there.dev };
  } catch {
    // Whatever it is: nothing can be written there.
    return NOWHERE;
  }
}

const NOWHERE: Place = { isThere: false, freeBytes: null, isSameDisk: false };
