/**
 * What goes up: heartbeats, the log in its order, and the rows of the outbox. One request at a time; each call does what
 * there is to do now and returns. Where the cloud stands is what the cloud says: nothing about it is believed from here.
 */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import { EMPTY_HEAD } from '@lockerhub/protocol/log/entry.ts';
import { mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import { restampRow, stampKey, stampsOf } from '@lockerhub/protocol/log/restamp.ts';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import {
  type CloudIdentity,
  type Countersignature,
  ENTRIES_A_PUSH,
  type Heartbeat,
  type HeartbeatAnswer,
  ROWS_A_PUSH,
  type RowsTaken,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { BuildingLog } from '../log/building-log.ts';
import { asWritten, type LocalRow } from '../store/merging.ts';
import type { MergedRows, SentRow, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { CloudPush } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';
import { readFrom, readOutbox } from './local-rows.ts';

/** Rows of one push: fewer than may be, because one that was changed meanwhile is merged again. */
const ROWS_AT_ONCE = Math.min(200, ROWS_A_PUSH);
/** So many rows refused in a row: it is not the rows, and the next ones wait for a pause. */
const REFUSED_IN_A_ROW = 20;
/** Rows that the cloud refused are offered again so much later: its software may be newer by then. */
const OFFER_AGAIN_MS = 3_600_000;
/** The mark under which the hub keeps which cloud it has spoken with, and what that had acknowledged. */
export const CLOUD_MARK = 'cloud';
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
  /** The cloud does not take this (`row … of …`, `entry …`) as it is: a person has to look. What is behind it goes on. */
  readonly onRefused: (what: string, fault: CloudFault) => void;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** The cloud answered. */
  readonly onTold: (answer: { readonly gatewayMs: number; readonly frozen?: boolean }) => void;
}

/** What waits to be sent. */
export interface Waiting {
  readonly entries: number;
  readonly rows: number;
}

export interface Acknowledged {
  readonly cloud: CloudIdentity;
  readonly seq: number;
  /** The cloud's signature under what it held then (`countersigned.ts`). */
  readonly countersignature?: Countersignature | null;
}

/** Versions of rows, the first one left out. */
interface Range {
  readonly after: number;
  readonly upTo: number;
}

type Told = Pick<HeartbeatAnswer, 'head' | 'cloud' | 'gatewayMs' | 'countersignature'>;

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
  /** Why the next entry was refused, alone; null: it was not. */
  #refusedEntry: CloudFault | null = null;
  /** Rows of the outbox up to this version were offered: what still is in it was refused. */
  #offered = 0;
  #offeredSinceMs: number;
  #refusedRows = 0;
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
    this.#offeredSinceMs = options.clock.monotonicMs();
  }

  /** Entries and rows that the cloud does not have, as far as is known. */
  async waiting(): Promise<Waiting> {
    const { store, log } = this.#options;
    const [outbox] = await store.query<{ rows: number }>(
      'select count(*)::int as rows from (select 1 from row_stamps where unsent limit 10000) counted',
    );
    return { entries: Math.max(0, log.head().seq - (await this.#known())), rows: outbox?.rows ?? 0 };
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
    if ((await this.#sendOutbox()) || (await this.#resend())) return true;
    const refused = this.#refusedEntry;
    this.#refusedEntry = null;
    // Only now: what is no entry did not have to wait for it.
    if (refused) throw refused;
    return false;
  }

  async #sendEntries(): Promise<boolean> {
    const head = this.#cloudHead;
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
      await this.#heard(answer);
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
      else if (error instanceof CloudFault && error.code === 'cursor-ahead') this.#cloudHead = null;
      else throw error;
    }
  }

  /** A row that is changed meanwhile stays in the outbox; one that is refused as well, and is passed over. */
  async #sendOutbox(): Promise<boolean> {
    const { store, clock } = this.#options;
    if (clock.monotonicMs() - this.#offeredSinceMs >= OFFER_AGAIN_MS) {
      this.#offered = 0;
      this.#offeredSinceMs = clock.monotonicMs();
    }
    const waiting = await readOutbox(store, this.#offered, this.#rowBatch);
    if (waiting.length === 0) return false;
    const became = await this.#sendThese(waiting);
    if (became === 'refused' || became === 'left') this.#offered = waiting.at(-1)?.version ?? this.#offered;
    return true;
  }

  /** Sends again what a rewound cloud may have forgotten, a page at a time: a kill goes on where it was. */
  async #resend(): Promise<boolean> {
    const range = await this.#mark<Range>(RESEND_MARK);
    if (!range || range.after >= range.upTo) return false;
    const rows = await readFrom(this.#options.store, range.after, range.upTo, this.#rowBatch);
    if (rows.length > 0 && (await this.#sendThese(rows)) === 'halve') return true;
    await this.#keep(RESEND_MARK, { after: rows.at(-1)?.version ?? range.upTo, upTo: range.upTo });
    return true;
  }

  /**
   * `halve`: they were refused, and fewer go next; `refused`: it was one, and it alone; `left`: the cloud's software does
   * not know the tables of some yet, and they stay in the outbox.
   *
   * @throws CloudFault, StoreError
   */
  async #sendThese(local: readonly LocalRow[]): Promise<'taken' | 'halve' | 'refused' | 'left'> {
    const { push, instance, epoch, onRefused } = this.#options;
    const rows = local.map(({ table, id, row }) => ({ table, id, row }));
    try {
      const answer = await push.pushRows({ instance, epoch, rows });
      this.#rowBatch = Math.min(this.#rowBatch * 2, ROWS_AT_ONCE);
      this.#refusedRows = 0;
      this.#options.onTold(answer);
      const taken = local.filter(({ table }) => !answer.unknownTables.includes(table));
      await this.#taken(taken, answer);
      return taken.length < local.length ? 'left' : 'taken';
    } catch (error) {
      const [first, second] = local;
      if (!first || !isRefusal(error)) throw error;
      if (second) {
        this.#rowBatch = Math.ceil(local.length / 2);
        return 'halve';
      }
      this.#refusedRows = (this.#refusedRows + 1) % REFUSED_IN_A_ROW;
      if (this.#refusedRows === 0) throw error;
      onRefused(`row ${first.id} of ${first.table}`, error);
      return 'refused';
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

  /** What the cloud has of this hub's log, as it said to this hub: where it stands now may be another one's doing. */
  async #known(): Promise<number> {
    return Math.max(this.#handedOver, this.#cloudHead?.seq ?? (await this.#keptAcknowledged())?.seq ?? 0);
  }

  async #taken(waiting: readonly LocalRow[], { restamped, merged: there }: RowsTaken): Promise<void> {
    const cloudRows = new Map(there.map((row) => [`${row.table} ${row.id}`, row.row]));
    const sent: SentRow[] = [];
    const merged: MergedRows[] = [];
    const places = new Map(restamped.map(({ from, to }) => [stampKey(from), to]));
    for (const { table, id, version, row } of waiting) {
      if (!stampsOf(row).some((stamp) => places.has(stampKey(stamp)))) sent.push({ table, id, version });
      else {
        const placed = restampRow(row, (stamp) => places.get(stampKey(stamp)) ?? stamp);
        // What the cloud wrote meanwhile was earlier than the stamp that ran ahead, and is later than this one.
        const known = cloudRows.get(`${table} ${id}`) ?? placed;
        const both = mergeRows(placed, known, SYNCED_TABLES[table].personal);
        merged.push({ table, rows: [asWritten(table, { id, row: both, version, unsent: false })] });
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
  async #heard({ head, cloud, countersignature }: Told): Promise<void> {
    await this.#compare(head);
    this.#cloudHead = head;
    const before = await this.#keptAcknowledged();
    const isSame = before?.cloud.system === cloud.system && before.cloud.timeline === cloud.timeline;
    if (before !== null && (!isSame || head.seq < before.seq)) await this.#rewound(head);
    if (!isSame || head.seq !== before.seq) {
      await this.#acknowledge({ cloud, seq: head.seq, countersignature });
    }
  }

  /** @throws CloudFault `fork` if the cloud's entry of this number is another, or one that this hub never wrote. */
  async #compare(head: Head): Promise<void> {
    const own = (await entryAt(this.#options.store, head.seq))?.hash;
    if (own === head.hash) return;
    const what = own === undefined ? 'was never written here' : 'is another one here';
    throw new CloudFault('fork', `entry ${head.seq} of the cloud ${what}`, { head });
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

/** The entry of this number here; null: there is none. @throws StoreError */
export async function entryAt(store: Pick<Store, 'query'>, seq: number): Promise<Head | null> {
  if (seq === 0) return EMPTY_HEAD;
  const [found] = await store.query<Head>('select seq, hash from log where seq = $1', [seq]);
  return found ?? null;
}

/** It would be refused again, however often it came; fewer at once may be taken. */
function isRefusal(error: unknown): error is CloudFault {
  return error instanceof CloudFault && (error.code === 'too-large' || error.code === 'request-invalid');
}
