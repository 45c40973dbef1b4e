/**
 * The releases that this cloud offers to hubs: files in a folder that its operators fill, as their maker gave them out. The
 * gateway vouches for nothing: each hub takes only what the key that it keeps has signed.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OfferedRelease } from '@lockerhub/protocol/sync/commands.ts';
import { MAX_RELEASE_BYTES } from '@lockerhub/protocol/update/files.ts';
import { GatewayError } from '../error.ts';

/** As `npm run release` names them. */
const NAME = /^lockerhub-(\d+\.\d+\.\d+(?:-[a-z0-9.]+)?)-linux-(x64|arm64)\.tar$/;
/** Files that are looked at: ten years of releases, one a month, for two machines. More are passed over, and said. */
export const MAX_FILES = 240;

interface ReleaseFile {
  readonly path: string;
  readonly version: string;
  readonly machine: 'x64' | 'arm64';
  readonly sha256: string;
  readonly bytes: number;
}

export class Releases {
  readonly #folder: string | undefined;
  /** Sums of files that have not changed since. */
  readonly #sums = new Map<string, string>();

  /** @param folder undefined: this cloud offers none */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** What is offered, the newest file first. */
  async list(): Promise<OfferedRelease[]> {
    const offered = new Map<string, OfferedRelease['files']>();
    for (const { version, machine, sha256, bytes } of await this.#files()) {
      offered.set(version, [...(offered.get(version) ?? []), { machine, sha256, bytes }]);
    }
    return [...offered].map(([version, files]) => ({ version, files }));
  }

  /** Whether exactly this is offered. @throws GatewayError `not-found` */
  async require({ version, files }: OfferedRelease): Promise<void> {
    const offered = (await this.list()).find((each) => each.version === version);
    const sums = new Set(offered?.files.map(({ sha256 }) => sha256));
    if (files.every(({ sha256 }) => sums.has(sha256))) return;
    throw new GatewayError(
      'not-found',
      'this cloud does not offer that release, or no longer: load the page anew',
    );
  }

  /** A piece of a file; shorter at its end. @throws GatewayError `not-found` */
  async read(sha256: string, at: number, most: number): Promise<Uint8Array<ArrayBuffer>> {
    const found = (await this.#files()).find((each) => each.sha256 === sha256);
    if (!found) throw new GatewayError('not-found', 'this cloud does not offer that release, or no longer');
    const file = await open(found.path);
    try {
      const length = Math.max(0, Math.min(most, found.bytes - at));
      const piece = new Uint8Array(length);
      const { bytesRead } = await file.read(piece, 0, length, at);
      return piece.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async #files(): Promise<ReleaseFile[]> {
    const folder = this.#folder;
    if (folder === undefined) return [];
    const files: (Omit<ReleaseFile, 'sha256'> & { readonly mtimeMs: number })[] = [];
    for (const name of await readdir(folder)) {
      const [, version, machine] = NAME.exec(name) ?? [];
      if (version === undefined || (machine !== 'x64' && machine !== 'arm64')) continue;
      const path = join(folder, name);
      const { size: bytes, mtimeMs } = await stat(path);
      if (bytes > 0 && bytes <= MAX_RELEASE_BYTES) files.push({ path, version, machine, bytes, mtimeMs });
    }
    const newest = files.sort((a, b) => b.mtimeMs - a.mtimeMs).slice(0, MAX_FILES);
    const summed: ReleaseFile[] = [];
    for (const { mtimeMs, ...file } of newest)
      summed.push({ ...file, sha256: await this.#sumOf(file.path, `${file.path} ${file.bytes} ${mtimeMs}`) });
    return summed;
  }

  async #sumOf(path: string, key: string): Promise<string> {
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    const sum = hash.digest('hex');
    if (this.#sums.size >= MAX_FILES) this.#sums.clear();
    this.#sums.set(key, sum);
    return sum;
  }
}
