/**
 * The building's keys, in a file of their own outside the store's folder: who steals the store or a copy of it can
 * derive no code. Made once, readable by the hub's user only.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';

/** 256 bits: as long as the output of the HMAC-SHA-256 that it keys (RFC 2104, section 3). */
const KEY_BYTES = 32;

const Keys = z.object({ version: z.literal(1), codeKey: z.string().regex(/^[0-9a-f]{64}$/) });

export interface Keyring {
  /** Derives the codes of couriers and residents. */
  readonly codeKey: Uint8Array;
}

/**
 * Reads the keyring, or makes it if there is none yet.
 *
 * @throws HubError `keyring-broken` if the file is there and cannot be used: it is never replaced, because new keys
 *   would void every code in the building.
 */
export function openKeyring(path: string, random: Random): Keyring {
  const text = readKeyring(path) ?? createKeyring(path, random);
  const keys = Keys.safeParse(parse(path, text));
  if (!keys.success) throw broken(path, 'its content is not a keyring of version 1', keys.error);
  return { codeKey: new Uint8Array(Buffer.from(keys.data.codeKey, 'hex')) };
}

function readKeyring(path: string): string | undefined {
  try {
    const readableByOthers = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
    if (readableByOthers) throw broken(path, `others may read it; run: chmod 600 "${path}"`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof HubError) throw error;
    throw broken(path, 'it cannot be read', error);
  }
}

/** Writes beside, syncs, then links to the name: a crash leaves a whole keyring or none. */
function createKeyring(path: string, random: Random): string {
  const text = JSON.stringify({
    version: 1,
    codeKey: Buffer.from(random.bytes(KEY_BYTES)).toString('hex'),
  });
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = openSync(beside, 'wx', 0o600);
    writeSync(file, text);
    fsyncSync(file);
    closeSync(file);
    // Unlike a rename, a link fails if another process was quicker: keys are never overwritten.
    linkSync(beside, path);
    unlinkSync(beside);
    syncFolder(dirname(path));
  } catch (error) {
    throw broken(path, 'it cannot be created', error);
  }
  return text;
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(path, 'it is not JSON', error);
  }
}

function broken(path: string, why: string, cause?: unknown): HubError {
  return new HubError(
    'keyring-broken',
    `keyring ${path}: ${why}. Without its keys no code works; bring the file back from a backup`,
    { cause },
  );
}
