/** How rows go up: those of the outbox, and all of them again for a cloud that has forgotten some. */
import { mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import { restampRow, stampKey, stampsOf } from '@lockerhub/protocol/log/restamp.ts';
import { ROWS_A_PUSH, type RowsTaken } from '@lockerhub/protocol/sync/hub-messages.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { BuildingLog } from '../log/building-log.ts';
import { asWritten, type LocalRow } from '../store/merging.ts';
import type { MergedRows, SentRow, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { CloudPush } from './cloud.ts';
import { type CloudFault, isRefusal } from './cloud-fault.ts';
import { readFrom, readOutbox } from './local-rows.ts';
import { keepMark, type Range, RESEND_MARK, readMark } from './sync-marks.ts';

/** Rows of one push: fewer than may be, because one that was changed meanwhile is merged again. */
const ROWS_AT_ONCE = Math.min(200, ROWS_A_PUSH);
/** So many rows refused in a row: it is not the rows, and the next ones wait for a pause. */
const REFUSED_IN_A_ROW = 20;
/** Rows that the cloud refused are offered again so much later: its software may be newer by then. */
const OFFER_AGAIN_MS = 3_600_000;

export interface RowUplinkOptions {
  readonly push: CloudPush;
  readonly store: Store;
  readonly log: BuildingLog;
  readonly instance: string;
  readonly epoch: number;
  /** The cloud does not take this (`row … of …`, `entry …`) as it is: a person has to look. What is behind it goes on. */
  readonly onRefused: (what: string, fault: CloudFault) => void;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** The cloud answered. */
  readonly onTold: (answer: { readonly gatewayMs: number; readonly frozen?: boolean }) => void;
}

export class RowUplink {
  readonly #options: RowUplinkOptions;
  /** How many rows one push carries: halved by `too-large`, and back after a success. */
  #batch = ROWS_AT_ONCE;
  /** Rows of the outbox up to this version were offered: what still is in it was refused. */
  #offered = 0;
  #offeredSinceMs: number;
  #refusedInARow = 0;

  constructor(options: RowUplinkOptions) {
    this.#options = options;
    this.#offeredSinceMs = options.clock.monotonicMs();
  }

  /** How many rows the cloud does not have, as far as is known. */
  async waiting(): Promise<number> {
    const [outbox] = await this.#options.store.query<{ rows: number }>(
      'select count(*)::int as rows from (select 1 from row_stamps where unsent limit 10000) counted',
    );
    return outbox?.rows ?? 0;
  }

  /** A row that is changed meanwhile stays in the outbox; one that is refused as well, and is passed over. */
  async sendOutbox(): Promise<boolean> {
    const { store, clock } = this.#options;
    if (clock.monotonicMs() - this.#offeredSinceMs >= OFFER_AGAIN_MS) {
      this.#offered = 0;
      this.#offeredSinceMs = clock.monotonicMs();
    }
    const waiting = await readOutbox(store, this.#offered, this.#batch);
    if (waiting.length === 0) return false;
    const became = await this.#sendThese(waiting);
    if (became === 'refused' || became === 'left') this.#offered = waiting.at(-1)?.version ?? this.#offered;
    return true;
  }

  /** Sends again what a rewound cloud may have forgotten, a page at a time: a kill goes on where it was. */
  async resend(): Promise<boolean> {
    const range = await readMark<Range>(this.#options.store, RESEND_MARK);
    if (!range || range.after >= range.upTo) return false;
    const rows = await readFrom(this.#options.store, range.after, range.upTo, this.#batch);
    if (rows.length > 0 && (await this.#sendThese(rows)) === 'halve') return true;
    await keepMark(this.#options.log, RESEND_MARK, {
      after: rows.at(-1)?.version ?? range.upTo,
      upTo: range.upTo,
    });
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
      this.#batch = Math.min(this.#batch * 2, ROWS_AT_ONCE);
      this.#refusedInARow = 0;
      this.#options.onTold(answer);
      const taken = local.filter(({ table }) => !answer.unknownTables.includes(table));
      await this.#taken(taken, answer);
      return taken.length < local.length ? 'left' : 'taken';
    } catch (error) {
      const [first, second] = local;
      if (!first || !isRefusal(error)) throw error;
      if (second) {
        this.#batch = Math.ceil(local.length / 2);
        return 'halve';
      }
      this.#refusedInARow = (this.#refusedInARow + 1) % REFUSED_IN_A_ROW;
      if (this.#refusedInARow === 0) throw error;
      onRefused(`row ${first.id} of ${first.table}`, error);
      return 'refused';
    }
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
}
