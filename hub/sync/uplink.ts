/**
 * What goes up: heartbeats, the log in its order, and the rows of the outbox. One request at a time; each call does what
 * there is to do now and returns. Where the cloud stands is what the cloud says: nothing about it is believed from here.
 */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import {
  ENTRIES_A_PUSH,
  type Heartbeat,
  type HeartbeatAnswer,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import { CloudFault, isRefusal } from './cloud-fault.ts';
import { CloudHead, entryAt } from './cloud-head.ts';
import { RowUplink, type RowUplinkOptions } from './row-uplink.ts';

export interface UplinkOptions extends RowUplinkOptions {
  /** What a heartbeat says beside how the log stands. */
  readonly condition: () => Promise<
    Omit<Heartbeat, 'instance' | 'epoch' | 'head' | 'unsentEntries' | 'unsentRows'>
  >;
  /** The sealed keyring and its SHA-256, both null before there is one. */
  readonly envelope: () => { readonly envelope: string | null; readonly envelopeHash: string | null };
  /** Proves the hub's epoch; undefined before the building was set up. */
  readonly certificate: () => EpochCertificate | undefined;
}

/** What waits to be sent. */
export interface Waiting {
  readonly entries: number;
  readonly rows: number;
}

export class Uplink {
  readonly #options: UplinkOptions;
  readonly #cloud: CloudHead;
  readonly #rows: RowUplink;
  /** How many entries one push carries: halved by `too-large`, and back after a success. */
  #batch = ENTRIES_A_PUSH;
  /** Of the envelope that the cloud holds, as it said last; undefined: it has not spoken yet. */
  #cloudEnvelope: string | null | undefined;
  /** Why the next entry was refused, alone; null: it was not. */
  #refusedEntry: CloudFault | null = null;
  #refused = 0;
  /** A fenced hub handed over its entries up to this one. */
  #handedOver = 0;

  constructor(options: UplinkOptions) {
    this.#options = {
      ...options,
      onRefused: (what, fault) => {
        this.#refused += 1;
        options.onRefused(what, fault);
      },
    };
    this.#cloud = new CloudHead(options);
    this.#rows = new RowUplink(this.#options);
  }

  /** Entries and rows that the cloud does not have, as far as is known. */
  async waiting(): Promise<Waiting> {
    const rows = await this.#rows.waiting();
    return { entries: Math.max(0, this.#options.log.head().seq - (await this.#known())), rows };
  }

  /** When the oldest entry that the cloud lacks was written, by the hub's clock then; null: it lacks none. */
  async oldestAtMs(): Promise<number | null> {
    const [oldest] = await this.#options.store.query<{ at: number }>(
      'select at from log where seq > $1 order by seq limit 1',
      [await this.#known()],
    );
    return oldest?.at ?? null;
  }

  /** Entries and rows that the cloud would not take, each time it would not. */
  get refused(): number {
    return this.#refused;
  }

  /** Says that the hub is there, and learns where the cloud stands. @throws CloudFault, StoreError */
  async heartbeat(): Promise<HeartbeatAnswer> {
    const { log, instance, epoch, condition } = this.#options;
    const { entries, rows } = await this.waiting();
    const answer = await this.#beat({
      ...(await condition()),
      instance,
      epoch,
      head: log.head(),
      unsentEntries: entries,
      unsentRows: rows,
      ...this.#newEnvelope(),
    });
    this.#cloudEnvelope = answer.envelopeHash;
    await this.#cloud.heard(answer);
    this.#options.onTold({ gatewayMs: answer.gatewayMs, frozen: answer.frozen });
    return answer;
  }

  /** Proves the epoch to a cloud that has not adopted it, or has forgotten it since: it was rewound. */
  async #beat(heartbeat: Heartbeat): Promise<HeartbeatAnswer> {
    const { push, certificate } = this.#options;
    try {
      return await push.heartbeat(heartbeat);
    } catch (error) {
      const proof = certificate();
      if (!(error instanceof CloudFault) || error.code !== 'epoch-unproven' || !proof) throw error;
      const holds = error.head ? await entryAt(this.#options.store, error.head.seq) : null;
      return push.heartbeat({ ...heartbeat, certificate: proof, holds });
    }
  }

  /** The sealed keyring, if the cloud holds another one. */
  #newEnvelope(): Pick<Heartbeat, 'envelope'> {
    const { envelope, envelopeHash } = this.#options.envelope();
    const isKnown = this.#cloudEnvelope === undefined || this.#cloudEnvelope === envelopeHash;
    return envelope === null || isKnown ? {} : { envelope };
  }

  /**
   * Sends one batch of what waits: entries first, then rows, then what a rewound cloud may have forgotten. Whether there
   * was one.
   *
   * @throws CloudFault, StoreError
   */
  async sendSome(): Promise<boolean> {
    if (await this.#sendEntries()) return true;
    if ((await this.#rows.sendOutbox()) || (await this.#rows.resend())) return true;
    const refused = this.#refusedEntry;
    this.#refusedEntry = null;
    // Only now: what is no entry did not have to wait for it.
    if (refused) throw refused;
    return false;
  }

  async #sendEntries(): Promise<boolean> {
    const { head } = this.#cloud;
    if (this.#refusedEntry || head === null || head.seq >= this.#options.log.head().seq) return false;
    await this.#sendBatch(head);
    return true;
  }

  async #sendBatch(after: Head): Promise<void> {
    const { push, instance, epoch, onRefused } = this.#options;
    const entries = await this.#entriesAfter(after.seq, this.#batch);
    try {
      const answer = await push.pushEntries({ instance, epoch, after, entries: [...entries] });
      this.#batch = Math.min(this.#batch * 2, ENTRIES_A_PUSH);
      await this.#cloud.heard(answer);
      this.#options.onTold(answer);
    } catch (error) {
      if (isRefusal(error)) {
        if (entries.length > 1) this.#batch = Math.ceil(entries.length / 2);
        else {
          this.#refusedEntry = error;
          onRefused(`entry ${after.seq + 1}`, error);
        }
      }
      // The cloud is further behind than it said: somebody restored it between two answers. Its next heartbeat tells.
      else if (error instanceof CloudFault && error.code === 'cursor-ahead') this.#cloud.forget();
      else throw error;
    }
  }

  /** Sends what a fenced hub still holds, for staff to look at. @throws CloudFault, StoreError */
  async sendOrphans(): Promise<void> {
    const { push, log, instance, epoch, certificate, onRefused } = this.#options;
    const proof = certificate();
    this.#handedOver = await this.#known();
    while (this.#handedOver < log.head().seq) {
      const entries = await this.#entriesAfter(this.#handedOver, this.#batch);
      try {
        await push.pushOrphans({
          ...{ instance, epoch, entries: [...entries] },
          ...(proof ? { certificate: proof } : {}),
        });
        this.#handedOver += entries.length;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (entries.length > 1) this.#batch = Math.ceil(entries.length / 2);
        else {
          this.#handedOver += 1;
          onRefused(`entry ${this.#handedOver}`, error);
        }
      }
    }
  }

  /** What the cloud has of this hub's log, and what was handed over of it. */
  async #known(): Promise<number> {
    return Math.max(this.#handedOver, await this.#cloud.seq());
  }

  #entriesAfter(seq: number, limit: number): Promise<readonly Entry[]> {
    return this.#options.store.query<Entry>(
      'select seq, epoch, salt, payload, hash from log where seq > $1 order by seq limit $2',
      [seq, limit],
    );
  }
}
