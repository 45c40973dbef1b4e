/**
 * A backup as a file: a line that says what it is, in clear, and then the store's files, compressed and encrypted. Its key
 * is in that line, sealed to the building's recovery key, beside the sealed keyring: whoever finds the file can read
 * nothing of it, and whoever has the paper needs nothing else.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Id, Slug } from '@lockerhub/protocol/ids.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { envelopeHeader, openEnvelope, seal } from '../recovery/envelope.ts';
import { pack, unpack } from './archive.ts';
import { decrypt, encrypt, STREAM_KEY_BYTES } from './sealed-stream.ts';

/** Of a backup's name. */
export const BACKUP_SUFFIX = '.backup';
/** The line holds two envelopes of some 10 kB each. */
const MAX_HEADER_BYTES = 64 * 1024;
const LINE_END = 0x0a;
/** The store's WAL is mostly zeros, its pages repeat themselves: the quickest level does most of it. */
const COMPRESSION = 1;

const Head = z.object({ seq: z.int().min(0), hash: z.hex().length(64) });

export const BackupHeader = z.object({
  lockerhub: z.literal('backup/1'),
  building: Slug,
  madeAtMs: z.number(),
  software: z.string().max(60),
  epoch: z.int().min(1),
  /** What the log had reached when it began: the copy holds that and perhaps some more. */
  head: Head,
  /** The cloud that the building belonged to: whom to ask how far it has come. */
  cloud: z.object({ url: z.url({ protocol: /^https?$/ }), building: Id }).optional(),
  /** The keyring and `recovery.json`, as they are kept (hub/recovery). */
  recovery: z.string().max(40_000),
  /** The key of what follows, sealed like the keyring. */
  key: z.string().max(20_000),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

export interface NewBackup {
  readonly file: string;
  readonly folder: string;
  /** Of the store's files, in the order in which they have to be read. */
  readonly paths: AsyncIterable<string>;
  readonly about: Omit<BackupHeader, 'lockerhub' | 'key'>;
  /** The sealed keyring, to seal to the same key. */
  readonly envelope: string;
  readonly random: Random;
  /** How many bytes have been written. */
  readonly onBytes: (bytes: number) => void;
}

/** Of one that nobody has opened yet. */
export const UNFINISHED_SUFFIX = '.new';

/**
 * Writes a backup, whole and on the disk, under its name with `UNFINISHED_SUFFIX`: `nameBackup` once it was opened.
 *
 * @returns the key, to look into it at once
 */
export async function writeBackup(backup: NewBackup): Promise<Uint8Array> {
  const { file, folder, paths, about, envelope, random, onBytes } = backup;
  const key = random.bytes(STREAM_KEY_BYTES);
  const { ephemeral: _, ...recipient } = envelopeHeader(envelope);
  const header: BackupHeader = {
    lockerhub: 'backup/1',
    ...about,
    key: seal(Buffer.from(key).toString('base64'), recipient, random),
  };
  const unfinished = `${file}${UNFINISHED_SUFFIX}`;
  const output = createWriteStream(unfinished, { mode: 0o600 });
  output.write(`${JSON.stringify(header)}\n`);
  const compressed = createGzip({ level: COMPRESSION });
  await bothOver(
    pipeline(pack(folder, paths), compressed),
    pipeline(counted(encrypt(compressed as AsyncIterable<Buffer>, key), onBytes), output),
  );
  await sync(unfinished);
  return key;
}

/** Gives a backup that was opened its name, on the disk. */
export async function nameBackup(file: string): Promise<void> {
  await rename(`${file}${UNFINISHED_SUFFIX}`, file);
  await sync(dirname(file));
}

/** Waits for both ends of a stream, so that nothing goes on after a failure; the system's own error is the one to tell. */
async function bothOver(...ends: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(ends)).filter((end) => end.status === 'rejected');
  const reasons = failed.map(({ reason }) => reason as NodeJS.ErrnoException);
  const first = reasons.find(({ code }) => !OF_THE_OTHER_END.has(code ?? '')) ?? reasons[0];
  if (first) throw first;
}

/** What one end says when the other one failed. */
const OF_THE_OTHER_END: ReadonlySet<string> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR']);

async function* counted(
  stream: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    onBytes(bytes);
    yield piece;
  }
}

/** What a file says of itself, unproven. @throws HubError `backup-broken` */
export async function readHeader(file: string): Promise<{ header: BackupHeader; bytes: number }> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new HubError('backup-broken', `${file} can't be opened`, { cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(MAX_HEADER_BYTES), position: 0 });
    const end = buffer.subarray(0, bytesRead).indexOf(LINE_END);
    if (end < 0) throw new HubError('backup-broken', `${file} is no backup of a hub`);
    return { header: parseHeader(file, buffer.subarray(0, end).toString('utf8')), bytes: end + 1 };
  } finally {
    await handle.close();
  }
}

function parseHeader(file: string, line: string): BackupHeader {
  try {
    return BackupHeader.parse(JSON.parse(line));
  } catch (cause) {
    throw new HubError('backup-broken', `${file} is no backup of a hub, or of a newer version`, { cause });
  }
}

/** The key of a backup, by the recovery key on paper. @throws HubError `recovery-key-…`, `envelope-broken` */
export function keyOf(header: BackupHeader, recoveryKey: string): Uint8Array {
  return Buffer.from(openEnvelope(header.key, recoveryKey).content, 'base64');
}

/** Writes the store's files below a folder. @throws HubError `backup-broken` */
export async function unpackBackup(file: string, key: Uint8Array, folder: string): Promise<void> {
  const { bytes } = await readHeader(file);
  const compressed = createGunzip();
  const source = createReadStream(file, { start: bytes });
  await bothOver(
    pipeline(decrypt(source as AsyncIterable<Buffer>, key), compressed),
    unpack(compressed as AsyncIterable<Buffer>, folder),
  ).catch((cause: unknown) => {
    source.destroy();
    if (cause instanceof HubError) throw cause;
    throw new HubError('backup-broken', `${file} can't be unpacked: ${String(cause)}`, { cause });
  });
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
