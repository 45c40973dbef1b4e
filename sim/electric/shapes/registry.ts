/** All shapes: makes them, feeds them, and gives them up. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import { SimError } from '../../error.ts';
import type { Limits } from '../limits.ts';
import type { Relation } from '../replication/pgoutput.ts';
import type { SlotState } from '../replication/slot.ts';
import type { StreamKeeper } from '../replication/stream.ts';
import type { Transaction } from '../replication/transaction.ts';
import type { Table } from '../tables/table.ts';
import { definitionHash, definitionKey, type ShapeDefinition } from './definition.ts';
import { Shape, type Snapshot } from './shape.ts';
import type { ShapeStorage } from './storage.ts';

export interface RegistryOptions {
  readonly storage: ShapeStorage;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  /** Publishes the table and reads its rows. */
  readonly snapshot: (definition: ShapeDefinition) => Promise<Snapshot>;
}

/** A shape whose snapshot is being taken: what comes meanwhile is kept for it. */
interface Beginning {
  readonly key: string;
  readonly table: Table;
  readonly transactions: Transaction[];
  bytes: number;
  /** The table was truncated, or the slot lost, meanwhile: another try is due. */
  isVoid: boolean;
  /** The table is not as the definition has it: whoever asked must ask anew. */
  isStale: boolean;
  readonly shape: Promise<Shape>;
}

/** A table that is altered again and again under its snapshots. */
const TRIES = 3;

export class ShapeRegistry implements StreamKeeper {
  readonly #options: RegistryOptions;
  readonly #byHandle = new Map<string, Shape>();
  readonly #byKey = new Map<string, Shape>();
  readonly #byTable = new Map<number, Set<Shape>>();
  readonly #beginnings = new Map<string, Beginning>();
  #bytes = 0;
  #seen: bigint;
  #lastTransaction: bigint;
  #lastHandleMicros = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#seen = BigInt(options.storage.readSlot()?.confirmed ?? 0);
    for (const shape of options.storage.load()) {
      if (this.#byKey.has(shape.key)) options.storage.remove(shape.handle);
      else this.#keep(shape);
      if (shape.end.lsn > this.#seen) this.#seen = shape.end.lsn;
    }
    this.#lastTransaction = this.#seen;
  }

  get seen(): bigint {
    return this.#seen;
  }

  /** The commit of the last transaction that came: clients are told (`global_last_seen_lsn`). */
  get lastTransaction(): bigint {
    return this.#lastTransaction;
  }

  get tables(): readonly number[] {
    return [...this.#byTable.keys()];
  }

  get(handle: string): Shape | undefined {
    const shape = this.#byHandle.get(handle);
    if (shape) shape.lastReadMs = this.#options.clock.monotonicMs();
    return shape;
  }

  /**
   * The shape of a definition, made if there is none.
   *
   * @throws BadRequest if it is too large; SimError `database-away`, or `table-restless` if the table is altered all the
   *   time.
   */
  async obtain(definition: ShapeDefinition): Promise<Shape> {
    const key = definitionKey(definition);
    const known = this.#byKey.get(key);
    if (known) return this.get(known.handle) ?? known;
    return (this.#beginnings.get(key) ?? this.#begin(key, definition)).shape;
  }

  /**
   * Gives up the shapes of tables that are gone or look different now.
   *
   * @param looked At which tables (oid) it was looked.
   */
  compareTables(looked: readonly number[], now: readonly Table[]): void {
    for (const oid of looked) {
      const shapes = this.#byTable.get(oid) ?? [];
      const table = now.find((other) => other.oid === oid);
      const same = JSON.stringify(table);
      for (const shape of shapes) {
        if (JSON.stringify(shape.definition.table) !== same)
          this.#giveUp(shape, 'its table was altered or dropped');
      }
    }
  }

  isWanted(table: number): boolean {
    return this.#byTable.has(table) || [...this.#beginnings.values()].some((one) => one.table.oid === table);
  }

  onRelation(relation: Relation): void {
    for (const shape of this.#byTable.get(relation.oid) ?? []) {
      if (!describes(relation, shape.definition.table)) this.#giveUp(shape, 'its table was altered');
    }
    for (const beginning of this.#beginnings.values()) {
      if (beginning.table.oid === relation.oid && !describes(relation, beginning.table))
        beginning.isStale = true;
    }
  }

  onTransaction(transaction: Transaction): void {
    const tables = new Set([
      ...transaction.changes.map(({ table }) => table),
      ...transaction.truncated,
      ...transaction.overflowed,
    ]);
    for (const beginning of this.#beginnings.values()) {
      if (tables.has(beginning.table.oid)) this.#keepFor(beginning, transaction);
    }
    for (const table of tables) {
      for (const shape of this.#byTable.get(table) ?? []) this.#feed(shape, transaction);
    }
    this.#lastTransaction = transaction.lsn;
    if (transaction.lsn > this.#seen) this.#seen = transaction.lsn;
  }

  onLost(reason: string): void {
    for (const shape of [...this.#byHandle.values()]) this.#giveUp(shape, reason);
    for (const beginning of this.#beginnings.values()) beginning.isVoid = true;
    this.#seen = 0n;
    this.#lastTransaction = 0n;
  }

  readSlot(): SlotState | null {
    return this.#options.storage.readSlot();
  }

  writeSlot(state: SlotState): void {
    this.#options.storage.writeSlot(state);
    const confirmed = BigInt(state.confirmed);
    if (confirmed > this.#seen) this.#seen = confirmed;
    if (this.#lastTransaction === 0n) this.#lastTransaction = confirmed;
  }

  #begin(key: string, definition: ShapeDefinition): Beginning {
    const { promise, resolve, reject } = Promise.withResolvers<Shape>();
    const beginning: Beginning = {
      key,
      table: definition.table,
      transactions: [],
      bytes: 0,
      isVoid: false,
      isStale: false,
      shape: promise,
    };
    this.#beginnings.set(key, beginning);
    this.#make(beginning, definition)
      .then(resolve, reject)
      .finally(() => this.#beginnings.delete(key));
    return beginning;
  }

  async #make(beginning: Beginning, definition: ShapeDefinition): Promise<Shape> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      beginning.isVoid = false;
      beginning.transactions.length = 0;
      beginning.bytes = 0;
      const snapshot = await this.#options.snapshot(definition);
      const shape = new Shape(this.#newHandle(beginning.key), beginning.key, definition, snapshot);
      for (const transaction of beginning.transactions) {
        if (shape.isBrokenBy(transaction)) beginning.isVoid = true;
        const entry = shape.entryOf(transaction);
        if (entry) shape.append(entry);
      }
      if (beginning.isStale) break;
      if (beginning.isVoid) continue;
      this.#options.storage.add(shape);
      this.#keep(shape);
      this.#makeRoom(shape);
      return shape;
    }
    throw new SimError(
      'table-restless',
      `${definition.table.name} was truncated or altered while its rows were read; ask again`,
    );
  }

  #keepFor(beginning: Beginning, transaction: Transaction): void {
    beginning.transactions.push(transaction);
    beginning.bytes += transaction.bytes;
    if (beginning.bytes > this.#options.limits.shapeBytes) {
      beginning.isVoid = true;
      beginning.transactions.length = 0;
    }
  }

  #feed(shape: Shape, transaction: Transaction): void {
    if (shape.isBrokenBy(transaction)) {
      this.#giveUp(shape, 'its table was truncated, or changed by more than is kept of one transaction');
      return;
    }
    const entry = shape.entryOf(transaction);
    if (!entry) return;
    this.#options.storage.append(shape.handle, entry);
    const before = shape.bytes;
    shape.append(entry);
    this.#bytes += shape.bytes - before;
    if (shape.bytes > this.#options.limits.shapeBytes) this.#giveUp(shape, 'its log grew too large');
    else this.#makeRoom(shape);
  }

  #keep(shape: Shape): void {
    shape.lastReadMs = this.#options.clock.monotonicMs();
    this.#byHandle.set(shape.handle, shape);
    this.#byKey.set(shape.key, shape);
    const { oid } = shape.definition.table;
    this.#byTable.set(oid, (this.#byTable.get(oid) ?? new Set()).add(shape));
    this.#bytes += shape.bytes;
  }

  /** @param newest Is never the one to go. */
  #makeRoom(newest: Shape): void {
    const { shapes, totalBytes } = this.#options.limits;
    while (this.#byHandle.size > shapes || this.#bytes > totalBytes) {
      const others = [...this.#byHandle.values()].filter((shape) => shape !== newest);
      const [first, ...rest] = others;
      if (!first) return;
      const oldest = rest.reduce((old, shape) => (shape.lastReadMs < old.lastReadMs ? shape : old), first);
      this.#giveUp(oldest, 'there is no room for so many shapes');
    }
  }

  #giveUp(shape: Shape, reason: string): void {
    this.#options.log.info(
      { handle: shape.handle, table: shape.definition.table.name, reason },
      'a shape is given up',
    );
    this.#byHandle.delete(shape.handle);
    this.#byKey.delete(shape.key);
    const shapes = this.#byTable.get(shape.definition.table.oid);
    shapes?.delete(shape);
    if (shapes?.size === 0) this.#byTable.delete(shape.definition.table.oid);
    this.#bytes -= shape.bytes;
    this.#options.storage.remove(shape.handle);
    shape.giveUp();
  }

  /** `<definition>-<microseconds>`, as Electric's; never the same twice, whatever the clock does. */
  #newHandle(key: string): string {
    const known = [...this.#byHandle.keys()].map((handle) => Number(handle.split('-')[1]));
    const micros = Math.max(
      Math.floor(this.#options.clock.wallMs() * 1000),
      this.#lastHandleMicros + 1,
      ...known.map((last) => last + 1),
    );
    this.#lastHandleMicros = micros;
    return `${definitionHash(key)}-${micros}`;
  }
}

/** Whether the stream's description of a table is that of the catalogue. */
function describes(relation: Relation, table: Table): boolean {
  const isNamed = relation.schema === table.schema && relation.name === table.name;
  const same = relation.columns.every((column, index) => {
    const own = table.columns[index];
    return own?.name === column.name && own.typeOid === column.typeOid && own.modifier === column.modifier;
  });
  return isNamed && relation.isFull && same && relation.columns.length === table.columns.length;
}
