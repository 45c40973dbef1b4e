/**
 * A cloud without a line to it: the gateway's own intake of entries and rows on a real Postgres, and shapes of its tables,
 * both called straight from a hub's sync. What a line does wrong is drawn from a seed: requests and answers are lost, doubled
 * and late; batches of a shape come twice, break off within, and begin anew (`must-refetch`).
 */
import { readBuilding, told } from '@lockerhub/deploy/cloud/gateway/buildings/building.ts';
import type { Client } from '@lockerhub/deploy/cloud/gateway/database/database.ts';
import { editRow, type RowChanges } from '@lockerhub/deploy/cloud/gateway/rows/edit-row.ts';
import { takeRows } from '@lockerhub/deploy/cloud/gateway/rows/take-rows.ts';
import type { CloudPush, ShapePlace, ShapeRow, ShapeSource } from '@lockerhub/hub/sync/cloud.ts';
import { CloudFault } from '@lockerhub/hub/sync/cloud-fault.ts';
import type {
  EntriesTaken,
  Heartbeat,
  HeartbeatAnswer,
  PushEntries,
  PushRows,
  RowsTaken,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import type { ShapeName } from '@lockerhub/protocol/sync/shapes.ts';
import { SYNCED_TABLES, type SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { type Clock, delay, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { SeededRandom } from '../clock/seeded-random.ts';
import type { CloudDatabase } from './cloud-database.ts';

/** A doubled or late request arrives so long after its first. */
const LATE_UP_TO_MS = 40_000;
/** How soon a shape tells what changed, on the clock that is handed in. */
const SHAPE_DELAY_UP_TO_MS = 3_000;
const ROWS_A_BATCH = 7;

export class NearCloud implements CloudPush, ShapeSource {
  /** Of all requests and batches, 0 to 1, that meet a fault. */
  faulty = 0;
  /** What was done wrong so far. */
  readonly tally: Record<string, number> = {};
  readonly #database: CloudDatabase;
  readonly #building: string;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #shapes = new Map<SyncedTableName, ShapeLog>();
  /** Transactions so far that may have changed rows. */
  #changes = 1;
  #pending: Promise<unknown> = Promise.resolve();

  constructor(database: CloudDatabase, building: string, clock: Clock, random: SeededRandom) {
    this.#database = database;
    this.#building = building;
    this.#clock = clock;
    this.#random = random;
  }

  /** As an operator's page does it. */
  edit(table: SyncedTableName, id: string, changes: RowChanges): Promise<unknown> {
    return this.#asBuilding((client) =>
      editRow(client, this.#building, { table, id, changes }, this.#clock.wallMs()),
    );
  }

  heartbeat(_beat: Heartbeat): Promise<HeartbeatAnswer> {
    return this.#over(async () => ({
      ...(await this.#told()),
      countersignature: null,
      envelopeHash: null,
      frozen: false,
    }));
  }

  pushEntries(push: PushEntries): Promise<EntriesTaken> {
    return this.#over(async () => {
      await this.#serially(() => this.#database.push(this.#building, push)).catch(asFault);
      // The hub looks at no signature.
      return (await this.#told()) as EntriesTaken;
    });
  }

  pushRows({ rows }: PushRows): Promise<RowsTaken> {
    return this.#over(async () => {
      // As over a line: what is changed here later is not what was sent.
      const sent = structuredClone(rows);
      const { restamped, merged, unknownTables } = await this.#asBuilding((client) =>
        takeRows(client, this.#building, sent, Math.floor(this.#clock.wallMs())),
      );
      return {
        ...(await this.#told()),
        ...{ restamped: [...restamped], merged: [...merged], unknownTables: [...unknownTables] },
      };
    });
  }

  pushOrphans(): Promise<unknown> {
    throw new Error('nobody is fenced here');
  }

  async follow(
    shape: ShapeName,
    from: ShapePlace | null,
    onRows: (rows: readonly ShapeRow[], place: ShapePlace, isUpToDate: boolean) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (!isSynced(shape)) return ended(signal);
    const log = this.#shapes.get(shape) ?? new ShapeLog();
    this.#shapes.set(shape, log);
    if (this.#happens('must-refetch')) log.beginAnew();
    let at = from?.handle === log.handle ? Number(from.offset) : 0;
    while (!signal.aborted) {
      if (log.seen < this.#changes) {
        log.seen = this.#changes;
        log.add((await this.#database.rows(this.#building, shape)) as readonly ShapeRow[]);
      }
      const next = Math.min(log.rows.length, at + this.#random.between(1, ROWS_A_BATCH));
      if (next > at) {
        const batch = structuredClone(log.rows.slice(at, next));
        if (this.#happens('batch lost')) throw new CloudFault('unreachable', 'the answer broke off');
        const place = { handle: log.handle, offset: String(next) };
        await onRows(batch, place, next === log.rows.length);
        if (this.#happens('batch twice')) await onRows(structuredClone(batch), place, false);
        at = next;
      } else {
        const pauseMs = this.#random.between(1, SHAPE_DELAY_UP_TO_MS);
        await Promise.race([delay(this.#clock, pauseMs), ended(signal)]);
      }
    }
  }

  /** Nothing late is under way any more; time has to go on. */
  settled(): Promise<unknown> {
    return this.#pending;
  }

  async #over<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const lost = () => new CloudFault('unreachable', 'the line broke');
    if (this.#happens('request lost')) throw lost();
    if (this.#happens('late')) {
      this.#later(act);
      throw lost();
    }
    if (this.#happens('twice')) this.#later(act);
    const answer = await act();
    if (this.#happens('answer lost')) throw lost();
    return answer;
  }

  #later(act: () => Promise<unknown>): void {
    const lateMs = this.#random.between(1, LATE_UP_TO_MS);
    const arrival = delay(this.#clock, lateMs)
      .then(act)
      .catch((error: unknown) => {
        // Nobody hears how a late one is answered; what is no answer of the cloud is a mistake of ours.
        if (!(error instanceof CloudFault)) throw error;
      });
    this.#pending = Promise.all([this.#pending, arrival]);
  }

  #happens(fault: string): boolean {
    if (this.#random.fraction() >= this.faulty / 3) return false;
    this.tally[fault] = (this.tally[fault] ?? 0) + 1;
    return true;
  }

  async #told() {
    const found = await this.#database.database.transaction((client) => readBuilding(client, this.#building));
    return told(found, Math.floor(this.#clock.wallMs()));
  }

  #asBuilding<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.#serially(async () => {
      try {
        return await this.#database.database.asBuilding(this.#building, work);
      } finally {
        this.#changes += 1;
      }
    });
  }

  /** The building's lock does this in the gateway. */
  #turn: Promise<unknown> = Promise.resolve();
  #serially<Result>(act: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {
      // Whoever asked hears of it.
    });
    return done;
  }
}

/** What a shape has told so far, in order: each row whole, as often as it changed. */
class ShapeLog {
  rows: ShapeRow[] = [];
  /** How many changes of the cloud were there when it was read. */
  seen = 0;
  readonly #told = new Map<string, string>();
  #handle = newId(systemClock, systemRandom);

  get handle(): string {
    return this.#handle;
  }

  add(rows: readonly ShapeRow[]): void {
    for (const row of rows) {
      const [id, text] = [String(row.id), JSON.stringify(row)];
      if (this.#told.get(id) === text) continue;
      this.#told.set(id, text);
      this.rows.push(row);
    }
  }

  /** Another handle, and everything from the start. */
  beginAnew(): void {
    this.#handle = newId(systemClock, systemRandom);
    this.rows = [];
    this.seen = 0;
    this.#told.clear();
  }
}

function isSynced(shape: ShapeName): shape is SyncedTableName {
  return Object.hasOwn(SYNCED_TABLES, shape);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** As the gateway's problem reaches a hub. */
function asFault(error: unknown): never {
  const { code, message, head } = error as { code?: string; message: string; head?: CloudFault['head'] };
  if (typeof code !== 'string') throw error;
  throw new CloudFault(code, message, { head });
}
