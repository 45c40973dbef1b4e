/**
 * What goes up: heartbeats, the log in its order, and the rows of the outbox. One request at a time; each call does what
 * there is to do now and returns. Where the cloud stands is what the cloud says: nothing about it is believed from here.
 */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import { GENESIS_HASH } from '@lockerhub/protocol/log/entry.ts';
import { restampRow, stampKey, stampsOf } from '@lockerhub/protocol/log/restamp.ts';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import {
  type CloudIdentity,
  ENTRIES_A_PUSH,
  type Heartbeat,
  type HeartbeatAnswer,
  ROWS_A_PUSH,
  type RowsTaken,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { MergedRows, SentRow, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { CloudPush } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';
import { asWritten, type LocalRow, readFrom, readOutbox } from './local-rows.ts';

/** Rows of one push: fewer than may be, because one that was changed meanwhile is merged again. */
const ROWS_AT_ONCE = Math.min(200, ROWS_A_PUSH);
/** The mark under which the hub keeps which cloud it has spoken with, and what that had acknowledged. */
const CLOUD_MARK = 'cloud';
/** The mark of the versions whose rows have to be sent again. */
const RESEND_MARK = 'resend';

export interface UplinkOptions {
  readonly push: CloudPush;
  readonly store: Store;
  readonly log: BuildingLog;
  readonly instance: string;
  readonly epoch: number;
  /** What a heartbeat says beside how the log stands. */
  readonly condition: () => Promise<
    Omit<Heartbeat, 'instance' | 'epoch' | 'head' | 'unsentEntries' | 'unsentRows'>
  >;
  /** The sealed keyring and its SHA-256, both null before there is one. */
  readonly envelope: () => { readonly envelope: string | null; readonly envelopeHash: string | null };
  /** Proves the hub's epoch; undefined before the building was set up. */
  readonly certificate: () => EpochCertificate | undefined;
  /** The cloud answered. */
  readonly onTold: (answer: { readonly gatewayMs: number; readonly frozen?: boolean }) => void;
}

/** What waits to be sent. */
export interface Waiting {
  readonly entries: number;
  readonly rows: number;
}

interface Acknowledged {
  readonly cloud: CloudIdentity;
  readonly seq: number;
}

/** Versions of rows, the first one left out. */
interface Range {
  readonly after: number;
  readonly upTo: number;
}

type Told = Pick<HeartbeatAnswer, 'head' | 'cloud' | 'gatewayMs'>;

export class Uplink {
  readonly #options: UplinkOptions;
  /** How many entries one push carries: halved by `too-large`, and back after a success. */
  #batch = ENTRIES_A_PUSH;
  /** How many rows, likewise. */
  #rowBatch = ROWS_AT_ONCE;
  /** The newest entry that the cloud holds, as it said last; null: it has not spoken yet. */
  #cloudHead: Head | null = null;
  #acknowledged: Acknowledged | null = null;
  /** Of the envelope that the cloud holds, as it said last; undefined: it has not spoken yet. */
  #cloudEnvelope: string | null | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
  }

  /** Entries and rows that the cloud does not have, as far as is known. */
  async waiting(): Promise<Waiting> {
    const { store, log } = this.#options;
    const [outbox] = await store.query<{ rows: number }>(
      'select count(*)::int as rows from (select 1 from row_stamps where unsent limit 10000) counted',
    );
    const known = this.#cloudHead?.seq ?? (await this.#keptAcknowledged())?.seq ?? 0;
    return { entries: Math.max(0, log.head().seq - known), rows: outbox?.rows ?? 0 };
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
    await this.#heard(answer);
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
      return push.heartbeat({ ...heartbeat, certificate: proof });
    }
  }

  /** The sealed keyring, if the cloud holds another one. */
  #newEnvelope(): Pick<Heartbeat, 'envelope'> {
    const { envelope, envelopeHash } = this.#options.envelope();
    const isKnown = this.#cloudEnvelope === undefined || this.#cloudEnvelope === envelopeHash;
    return envelope === null || isKnown ? {} : { envelope };
  }

  /** Sends what the cloud lacks of the log. @throws CloudFault, StoreError */
  async sendEntries(): Promise<void> {
    const { log } = this.#options;
    while (this.#cloudHead !== null && this.#cloudHead.seq < log.head().seq) {
      await this.#sendBatch(this.#cloudHead);
    }
  }

  async #sendBatch(after: Head): Promise<void> {
    const { push, instance, epoch } = this.#options;
    const entries = await this.#entriesAfter(after.seq, this.#batch);
    try {
      const answer = await push.pushEntries({ instance, epoch, after, entries: [...entries] });
      this.#batch = Math.min(this.#batch * 2, ENTRIES_A_PUSH);
      await this.#heard(answer);
      this.#options.onTold(answer);
    } catch (error) {
      if (!(error instanceof CloudFault)) throw error;
      if (error.code === 'too-large' && this.#batch > 1) this.#batch = Math.ceil(this.#batch / 2);
      // The cloud is further behind than it said: somebody restored it between two answers. Its next heartbeat tells.
      else if (error.code === 'cursor-ahead') this.#cloudHead = null;
      else throw error;
    }
  }

  /** Sends the outbox. A row that is changed meanwhile stays in it. @throws CloudFault, StoreError */
  async sendRows(): Promise<void> {
    const { store } = this.#options;
    for (;;) {
      const waiting = await readOutbox(store, this.#rowBatch);
      if (waiting.length === 0) break;
      await this.#sendThese(waiting);
    }
    await this.#resendRows();
  }

  /** Sends again what a rewound cloud may have forgotten, a page at a time: a kill goes on where it was. */
  async #resendRows(): Promise<void> {
    for (let range = await this.#mark<Range>(RESEND_MARK); range && range.after < range.upTo; ) {
      const rows = await readFrom(this.#options.store, range.after, range.upTo, this.#rowBatch);
      if (rows.length > 0 && !(await this.#sendThese(rows))) continue;
      range = { after: rows.at(-1)?.version ?? range.upTo, upTo: range.upTo };
      await this.#keep(RESEND_MARK, range);
    }
  }

  /** Whether they were taken; false: they were too large, and fewer go next. @throws CloudFault, StoreError */
  async #sendThese(local: readonly LocalRow[]): Promise<boolean> {
    const { push, instance, epoch } = this.#options;
    const rows = local.map(({ table, id, row }) => ({ table, id, row }));
    try {
      const answer = await push.pushRows({ instance, epoch, rows });
      this.#rowBatch = Math.min(this.#rowBatch * 2, ROWS_AT_ONCE);
      this.#options.onTold(answer);
      await this.#taken(local, answer);
      return true;
    } catch (error) {
      if (!isTooLarge(error) || local.length === 1) throw error;
      this.#rowBatch = Math.ceil(local.length / 2);
      return false;
    }
  }

  /** Sends what a fenced hub still holds, for staff to look at. @throws CloudFault, StoreError */
  async sendOrphans(): Promise<void> {
    const { push, log, instance, epoch } = this.#options;
    // Behind what the cloud last acknowledged to this hub: where it stands now is another hub's doing.
    const from = this.#cloudHead?.seq ?? (await this.#keptAcknowledged())?.seq ?? 0;
    for (let seq = from; seq < log.head().seq; ) {
      const entries = await this.#entriesAfter(seq, this.#batch);
      try {
        await push.pushOrphans({ instance, epoch, entries: [...entries] });
        seq += entries.length;
      } catch (error) {
        if (!isTooLarge(error) || entries.length === 1) throw error;
        this.#batch = Math.ceil(entries.length / 2);
      }
    }
  }

  async #taken(waiting: readonly LocalRow[], { restamped }: RowsTaken): Promise<void> {
    const sent: SentRow[] = [];
    const merged: MergedRows[] = [];
    const places = new Map(restamped.map(({ from, to }) => [stampKey(from), to]));
    for (const { table, id, version, row } of waiting) {
      if (!stampsOf(row).some((stamp) => places.has(stampKey(stamp)))) sent.push({ table, id, version });
      else {
        const placed = restampRow(row, (stamp) => places.get(stampKey(stamp)) ?? stamp);
        merged.push({ table, rows: [asWritten(table, { id, row: placed, version, unsent: false })] });
      }
    }
    await this.#options.log.append({ payloads: [], sent });
    for (const one of merged) await this.#unlessChanged(one);
  }

  /** A row that was changed since is still in the outbox, and restamped with its next push. */
  async #unlessChanged(merged: MergedRows): Promise<void> {
    try {
      await this.#options.log.append({ payloads: [], merged: [merged] });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'write-refused') throw error;
    }
  }

  /** Compares what the cloud says with what it said before, and with the log here. */
  async #heard({ head, cloud }: Told): Promise<void> {
    await this.#compare(head);
    this.#cloudHead = head;
    const before = await this.#keptAcknowledged();
    const isSame = before?.cloud.system === cloud.system && before.cloud.timeline === cloud.timeline;
    if (before !== null && (!isSame || head.seq < before.seq)) await this.#rewound(head);
    if (!isSame || head.seq !== before.seq) await this.#acknowledge({ cloud, seq: head.seq });
  }

  /** @throws CloudFault `fork` if the cloud's entry of this number is another, or one that this hub never wrote. */
  async #compare(head: Head): Promise<void> {
    const own = await this.#hashOf(head.seq);
    if (own === head.hash) return;
    const what = own === undefined ? 'was never written here' : 'is another one here';
    throw new CloudFault('fork', `entry ${head.seq} of the cloud ${what}`, { head });
  }

  async #hashOf(seq: number): Promise<string | undefined> {
    if (seq === 0) return GENESIS_HASH;
    const [found] = await this.#options.store.query<{ hash: string }>('select hash from log where seq = $1', [
      seq,
    ]);
    return found?.hash;
  }

  /** The cloud is an earlier one, or another: it gets all rows again, and the log from where it stands. */
  async #rewound(head: Head): Promise<void> {
    const [newest] = await this.#options.store.query<{ version: number | null }>(
      'select max(version) as version from row_stamps',
    );
    const range: Range = { after: 0, upTo: newest?.version ?? 0 };
    await this.#options.log.record(
      { kind: 'hub' },
      [{ type: 'cloud.rewound', data: { seq: head.seq } }],
      [],
      {
        marks: [{ name: RESEND_MARK, value: JSON.stringify(range) }],
      },
    );
  }

  async #keptAcknowledged(): Promise<Acknowledged | null> {
    this.#acknowledged ??= await this.#mark<Acknowledged>(CLOUD_MARK);
    return this.#acknowledged;
  }

  /** What we kept ourselves, as JSON. */
  async #mark<Value>(name: string): Promise<Value | null> {
    const [mark] = await this.#options.store.query<{ value: string }>(
      'select value from sync_marks where name = $1',
      [name],
    );
    return mark ? (JSON.parse(mark.value) as Value) : null;
  }

  async #keep(name: string, value: unknown): Promise<void> {
    await this.#options.log.append({ payloads: [], marks: [{ name, value: JSON.stringify(value) }] });
  }

  async #acknowledge(acknowledged: Acknowledged): Promise<void> {
    this.#acknowledged = acknowledged;
    await this.#keep(CLOUD_MARK, acknowledged);
  }

  #entriesAfter(seq: number, limit: number): Promise<readonly Entry[]> {
    return this.#options.store.query<Entry>(
      'select seq, epoch, salt, payload, hash from log where seq > $1 order by seq limit $2',
      [seq, limit],
    );
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof CloudFault && error.code === 'too-large';
}
