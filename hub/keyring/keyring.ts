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
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { Authority, createAuthority } from './authority.ts';

/** 256 bits: as long as the output of the HMAC-SHA-256 that it keys (RFC 2104, section 3). */
const KEY_BYTES = 32;
/** What a new certificate's serial number is drawn from. */
const SERIAL_BYTES = 16;

const Key = z.string().regex(/^[0-9a-f]{64}$/);
const Pem = z.string().startsWith('-----BEGIN ').max(4_096);
/** The first version had the code key alone; it is completed in place. */
const KeysV1 = z.strictObject({ version: z.literal(1), codeKey: Key });
const KeysV2 = z.strictObject({
  version: z.literal(2),
  codeKey: Key,
  listKey: Key,
  ca: z.strictObject({ key: Pem, certificate: Pem }),
});
type KeysV2 = z.infer<typeof KeysV2>;

export interface Keyring {
  /** Derives the codes of couriers and residents. */
  readonly codeKey: Uint8Array;
  /** The root of what signs and keys the banks' pickup lists: derive a key of its own for each bank by HMAC. */
  readonly listKey: Uint8Array;
  /** Issues certificates to the hub and to agents, and signs what they have to believe offline. */
  readonly authority: Authority;
  /** All of it as a text: for sealing (hub/recovery), and never to be kept or sent otherwise. */
  readonly content: string;
}

/**
 * Reads the keyring, makes it if there is none yet, and completes one of an older version with the keys that it lacks.
 *
 * @throws HubError `keyring-broken` if the file is there and cannot be used: it is never replaced, because new keys
 *   would void every code in the building.
 */
export async function openKeyring(path: string, random: Random): Promise<Keyring> {
  const text = readKeyring(path);
  const keys = text === undefined ? await create(path, random) : await complete(path, random, text);
  return {
    codeKey: bytesOf(keys.codeKey),
    listKey: bytesOf(keys.listKey),
    authority: authorityOf(path, keys),
    content: JSON.stringify(keys),
  };
}

/** Looks at it without making or completing one. @returns whether there is one @throws HubError `keyring-broken` */
export function lookAtKeyring(path: string): boolean {
  const text = readKeyring(path);
  if (text === undefined) return false;
  const keys = parseKeys(path, text);
  if (keys.version === 2) authorityOf(path, keys);
  return true;
}

/**
 * Keeps a keyring that came out of its envelope, where there is none yet. One that is the same stays as it is.
 *
 * @throws HubError `keyring-broken` if it is none, or if another building's keys are there: they are never overwritten.
 */
export function keepKeyring(path: string, content: string): void {
  const keys = KeysV2.safeParse(parse(path, content));
  if (!keys.success) throw broken(path, 'what was recovered is no keyring of version 2', keys.error);
  authorityOf(path, keys.data);
  const there = readKeyring(path);
  if (there === undefined) putNew(path, keys.data);
  else if (JSON.stringify(parse(path, there)) !== JSON.stringify(keys.data)) {
    throw broken(path, 'other keys are there already, and are never overwritten; choose an empty folder');
  }
}

/** The authority in a keyring that came out of its envelope, before it is kept. @throws HubError `keyring-broken` */
export function authorityIn(content: string): Authority {
  const keys = KeysV2.safeParse(parse('the sealed keyring', content));
  if (!keys.success) throw broken('the sealed keyring', 'it is no keyring of version 2', keys.error);
  return authorityOf('the sealed keyring', keys.data);
}

async function create(path: string, random: Random): Promise<KeysV2> {
  const keys = await completed({ codeKey: newKey(random) }, random);
  putNew(path, keys);
  return keys;
}

/** Unlike a rename, a link fails if another process was quicker: keys are never overwritten. */
function putNew(path: string, keys: KeysV2): void {
  put(path, keys, 'created', (beside) => {
    linkSync(beside, path);
    unlinkSync(beside);
  });
}

async function complete(path: string, random: Random, text: string): Promise<KeysV2> {
  const keys = parseKeys(path, text);
  if (keys.version === 2) return keys;
  const full = await completed(keys, random);
  put(path, full, 'completed', (beside) => renameSync(beside, path));
  return full;
}

function parseKeys(path: string, text: string): KeysV2 | z.infer<typeof KeysV1> {
  const keys = z.union([KeysV2, KeysV1]).safeParse(parse(path, text));
  if (keys.success) return keys.data;
  throw broken(path, 'its content is not a keyring of version 1 or 2', keys.error);
}

async function completed({ codeKey }: { codeKey: string }, random: Random): Promise<KeysV2> {
  const ca = await createAuthority(random.bytes(SERIAL_BYTES));
  return { version: 2, codeKey, listKey: newKey(random), ca };
}

function newKey(random: Random): string {
  return Buffer.from(random.bytes(KEY_BYTES)).toString('hex');
}

function bytesOf(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, 'hex'));
}

function authorityOf(path: string, { ca }: KeysV2): Authority {
  try {
    return new Authority(ca);
  } catch (error) {
    throw broken(path, 'its CA is damaged', error);
  }
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

/** Writes beside, syncs, then takes the name: a crash leaves the keyring as it was, or whole. */
function put(path: string, keys: KeysV2, what: string, takeName: (beside: string) => void): void {
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = openSync(beside, 'wx', 0o600);
    writeSync(file, JSON.stringify(keys));
    fsyncSync(file);
    closeSync(file);
    takeName(beside);
    syncFolder(dirname(path));
  } catch (error) {
    throw broken(path, `it cannot be ${what}`, error);
  }
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
