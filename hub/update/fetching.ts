/** A release that the cloud offers comes in: slowly, in the background, from where it stopped. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { CheckedRelease, UpdateFault } from '@lockerhub/protocol/update/files.ts';
import type { Logger } from 'pino';
import type { Inbox, Order } from './inbox.ts';

/** At each look: 128 kB/s, so that a building's line has room for all else; 84 MB take eleven minutes. */
const PIECE_BYTES = 256 * 1024;
/** After a failure: the line, or a cloud that many ask. */
const AGAIN_AFTER_MS = 30_000;
/** The updater said nothing of it for so long: it is asked again. */
const ASK_AGAIN_AFTER_MS = 5 * 60_000;

export interface FetchingOptions {
  readonly inbox: Inbox;
  readonly fetchPiece: (sha256: string, at: number, most: number) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Fetching {
  readonly #options: FetchingOptions;
  #notBeforeMs = 0;
  /** When the updater was asked about the file that is there now. */
  #asked: { readonly file: string; readonly atMs: number } | null = null;

  constructor(options: FetchingOptions) {
    this.#options = options;
  }

  /** One step on. @returns null: not there yet; `good`: the updater found it so; or why it is not */
  async goOn(order: Order, checked: CheckedRelease | null): Promise<'good' | UpdateFault | null> {
    const { inbox, clock } = this.#options;
    if (clock.monotonicMs() < this.#notBeforeMs) return null;
    const file = await inbox.file();
    if (file?.file !== order.file) {
      await inbox.expect(order.file, order.bytes);
      return null;
    }
    if (file.received < file.bytes) {
      await this.#fetchPiece(order, file.received);
      return null;
    }
    if (checked?.file === order.file) {
      if (checked.fault) return checked.fault.code;
      return checked.release?.version === order.version ? 'good' : 'release-unfit';
    }
    return this.#show(order);
  }

  async #fetchPiece({ sha256, bytes }: Order, at: number): Promise<void> {
    const { inbox, clock, fetchPiece, logger } = this.#options;
    try {
      const piece = await fetchPiece(sha256, at, Math.min(PIECE_BYTES, bytes - at));
      if (piece.length === 0) throw new Error('the cloud’s file is shorter than it said');
      await inbox.append(at, piece);
    } catch (error) {
      this.#notBeforeMs = clock.monotonicMs() + AGAIN_AFTER_MS;
      logger.warn({ err: error, at }, 'a release could not be fetched; it is tried again from here');
    }
  }

  /** To the updater, once it is what the command named. */
  async #show({ file, sha256 }: Order): Promise<UpdateFault | null> {
    const { inbox, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#asked?.file === file && nowMs - this.#asked.atMs < ASK_AGAIN_AFTER_MS) return null;
    if ((await inbox.sha256()) !== sha256) {
      await inbox.drop();
      return 'release-damaged';
    }
    this.#asked = { file, atMs: nowMs };
    await inbox.ask({ act: 'check', file });
    return null;
  }
}
