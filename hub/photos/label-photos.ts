/**
 * Photos of labels, and what couriers typed off them where there is no camera: of parcels of which nobody knows whose
 * they are. Files beside the store, at most one of each a delivery, never in the log, never in the cloud and in no backup. They go by policy, and with the person whom their parcel turned out to be for.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_PHOTO_BYTES } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { HubError } from '../error.ts';

/** Photos and words that are kept at once: 96 MB at most. Beyond, parcels go in without. */
export const MAX_PHOTOS = 500;
/** Its first bytes (ISO/IEC 10918-1, B.1.1.3: start of image, and the marker behind it). */
const JPEG = [0xff, 0xd8, 0xff];
const PHOTO = '.jpg';
const WORDS = '.txt';
/** When it was taken, if the clock did not know: its time begins once the clock is trusted. */
const UNKNOWN_S = 0;

export interface LabelPhotosOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  readonly disk: () => 'ok' | 'low';
  /** For so long after it was taken. */
  readonly keptMs: () => number;
}

export class LabelPhotos {
  readonly #options: LabelPhotosOptions;

  constructor(options: LabelPhotosOptions) {
    this.#options = options;
  }

  /**
   * Keeps the photo of a delivery's label, in place of the one before.
   *
   * @throws HubError `request-invalid` (no JPEG), `body-too-large`, `too-many-photos`
   */
  async keep(delivery: string, photo: Uint8Array): Promise<void> {
    if (!JPEG.every((byte, at) => photo[at] === byte)) {
      throw new HubError('request-invalid', 'the body is no JPEG');
    }
    if (photo.length > MAX_PHOTO_BYTES) {
      throw new HubError('body-too-large', `a photo has at most ${MAX_PHOTO_BYTES} bytes; take it smaller`);
    }
    await this.#write(delivery, PHOTO, photo);
  }

  /**
   * Keeps what a label says, in place of what was typed before.
   *
   * @param words as `LabelWords` bounds them
   * @throws HubError `too-many-photos`
   */
  async keepWords(delivery: string, words: string): Promise<void> {
    await this.#write(delivery, WORDS, new TextEncoder().encode(words));
  }

  /** The photo of a delivery's label; undefined if there is none (any more). */
  read(delivery: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#read(delivery, PHOTO);
  }

  /** What was typed off a delivery's label; undefined if nothing was, or no more. */
  async readWords(delivery: string): Promise<string | undefined> {
    const kept = await this.#read(delivery, WORDS);
    return kept && new TextDecoder().decode(kept);
  }

  /** The deliveries of which there is a photo or words: `MAX_PHOTOS` at most. */
  async deliveries(): Promise<string[]> {
    const names = await this.#all();
    const kept = names.filter((name) => name.endsWith(PHOTO) || name.endsWith(WORDS));
    return [...new Set(kept.map((name) => name.slice(0, name.lastIndexOf('.'))))];
  }

  /** Photo and words. */
  async remove(delivery: string): Promise<void> {
    for (const ending of [PHOTO, WORDS]) await rm(this.#pathOf(delivery, ending), { force: true });
  }

  /** Removes those whose time is over. While the wall clock is not trusted none is. */
  async look(): Promise<void> {
    const { folder, clock, clockTrust, keptMs } = this.#options;
    if (clockTrust() === 'untrusted') return;
    const nowMs = clock.wallMs();
    for (const name of await this.#all()) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      if (mtimeMs === UNKNOWN_S * 1000) await utimes(path, nowMs / 1000, nowMs / 1000);
      else if (mtimeMs < nowMs - keptMs()) await rm(path, { force: true });
    }
  }

  /** @throws HubError `too-many-photos` */
  async #write(delivery: string, ending: string, what: Uint8Array): Promise<void> {
    const { folder, clock, clockTrust, disk } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (disk() === 'low' || (await this.#all()).length >= MAX_PHOTOS) {
      throw new HubError(
        'too-many-photos',
        'no room for what another label says; the parcel goes in without it',
      );
    }
    const path = this.#pathOf(delivery, ending);
    await writeFile(`${path}.new`, what, { mode: 0o600 });
    const takenS = clockTrust() === 'trusted' ? clock.wallMs() / 1000 : UNKNOWN_S;
    await utimes(`${path}.new`, takenS, takenS);
    await rename(`${path}.new`, path);
  }

  async #read(delivery: string, ending: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return new Uint8Array(await readFile(this.#pathOf(delivery, ending)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** @param delivery an id: the routes let nothing else through that would lead out of the folder */
  #pathOf(delivery: string, ending: string): string {
    return join(this.#options.folder, `${delivery}${ending}`);
  }

  async #all(): Promise<string[]> {
    try {
      return await readdir(this.#options.folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === 'ENOENT';
}
