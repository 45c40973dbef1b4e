/**
 * Files one behind the other, as one stream: of each a line of JSON (path and size) and then its bytes. Unlike tar's, its
 * reader knows no links, owners or devices, so that a backup can put nothing anywhere but plain files into its folder.
 */

import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HubError } from '../error.ts';

/** A path of ours is short; a longer line is none of ours. */
const MAX_LINE_BYTES = 1_024;
const READ_BYTES = 256 * 1024;
const LINE_END = 0x0a;

/** A plain path below the folder: no way up, no root. */
const Path = z.string().regex(/^[\w][\w.-]*(?:\/[\w][\w.-]*)*$/);
const Line = z.strictObject({ path: Path, size: z.int().min(0) });

/**
 * The files of a folder, in this order. One that grows meanwhile is taken as long as it was when its turn came; one that
 * is gone by then is left out.
 *
 * @throws HubError `backup-failed`
 */
export async function* pack(folder: string, paths: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const path of paths) {
    const file = await openIfThere(join(folder, path));
    if (!file) continue;
    try {
      const { size } = await file.stat();
      yield Buffer.from(`${JSON.stringify({ path, size } satisfies z.infer<typeof Line>)}\n`);
      for (let at = 0; at < size; ) {
        const { bytesRead, buffer } = await file.read({
          buffer: Buffer.allocUnsafe(Math.min(READ_BYTES, size - at)),
          position: at,
        });
        if (bytesRead === 0)
          throw new HubError('backup-failed', `${path} became shorter while it was copied`);
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new HubError('backup-failed', `${path} can't be read`, { cause });
  }
}

/**
 * Writes the files of a stream below a folder.
 *
 * @throws HubError `backup-broken` if it is none of ours, or ends too early
 */
export async function unpack(stream: AsyncIterable<Buffer>, folder: string): Promise<void> {
  const reader = new Reader(stream[Symbol.asyncIterator]());
  try {
    for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
      const { path, size } = parse(line);
      await write(join(folder, path), reader.bytes(size));
    }
  } finally {
    // Else whoever writes into the stream waits for good.
    await reader.end();
  }
}

/** By a handle, never a stream: a full disk is then an error of this call, and none that ends the process. */
async function write(target: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const file = await open(target, 'wx', 0o600);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
  } finally {
    await file.close();
  }
}

function parse(line: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(line));
  } catch (cause) {
    throw broken('it holds something that is no file of a backup', cause);
  }
}

/** Lines and bytes out of pieces of any length. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** The next line; undefined at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(LINE_END);
      if (end >= 0) {
        const line = this.#rest.subarray(0, end).toString('utf8');
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw broken('it holds something that is no file of a backup');
      const next = await this.#source.next();
      if (next.done) {
        if (this.#rest.length > 0) throw broken('it ends in the middle');
        return undefined;
      }
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  /** Whoever writes is told that nothing more is read. */
  async end(): Promise<void> {
    await this.#source.return?.();
  }

  async *bytes(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done) throw broken('it ends in the middle');
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
}

function broken(why: string, cause?: unknown): HubError {
  return new HubError('backup-broken', `this backup can't be used: ${why}; take another one`, { cause });
}
