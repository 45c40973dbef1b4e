/**
 * The building's rows in memory: who lives and works here and what hangs on the walls. Hundreds to a few thousand
 * rows, read at boot, kept up to date by every append. Parcels are left out: they grow without end.
 */
import type { Rows, RowTable } from '../store/rows.ts';
import type { RowChange, Store } from '../store/store.ts';

export type RegisterTable = Exclude<RowTable, 'parcels' | 'rosterPieces'>;

const TABLES = [
  'units',
  'households',
  'residents',
  'carriers',
  'couriers',
  'staff',
  'staffSessions',
  'banks',
  'terminals',
  'agents',
  'listings',
  'settings',
  'rosterImports',
] as const satisfies readonly RegisterTable[];

type Tables = { readonly [Table in RegisterTable]: Map<string, Rows[Table]> };

export class Register {
  readonly #tables: Tables = {
    units: new Map(),
    households: new Map(),
    residents: new Map(),
    carriers: new Map(),
    couriers: new Map(),
    staff: new Map(),
    staffSessions: new Map(),
    banks: new Map(),
    terminals: new Map(),
    agents: new Map(),
    listings: new Map(),
    settings: new Map(),
    rosterImports: new Map(),
  };
  #version = 0;

  /** Reads all rows from the store. */
  static async load(store: Pick<Store, 'query'>): Promise<Register> {
    const register = new Register();
    for (const table of TABLES) {
      for (const row of await store.query<Record<string, unknown>>(
        `select * from ${snake(table)} order by id`,
      )) {
        const fields = Object.entries(row).map(([column, value]) => [camel(column), value]);
        register.apply({ table, row: Object.fromEntries(fields) } as RowChange);
      }
    }
    return register;
  }

  get<Table extends RegisterTable>(table: Table, id: string): Rows[Table] | undefined {
    return this.#tables[table].get(id);
  }

  /** All rows of a table: at first by id (v7: in the order in which they were made), later ones behind. */
  all<Table extends RegisterTable>(table: Table): readonly Rows[Table][] {
    return [...this.#tables[table].values()];
  }

  /** Raised by each change: what was computed from the rows holds as long as this does. */
  get version(): number {
    return this.#version;
  }

  apply(change: RowChange): void {
    if (change.table === 'parcels' || change.table === 'rosterPieces') return;
    this.#version += 1;
    // Each table's map takes that table's rows; the compiler cannot pair the two through the union.
    const rows = this.#tables[change.table] as Map<string, unknown>;
    if ('remove' in change) rows.delete(change.remove);
    else rows.set(change.row.id, change.row);
  }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
