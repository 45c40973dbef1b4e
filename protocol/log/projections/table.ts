/**
 * Tables as data, rendered for the two places where they stand: a hub's store holds one building, the cloud's database
 * many. The statements of the projections are one and the same text in both. In the cloud each table has one column
 * more, `building`, which the transaction's setting fills in, and row level security lets a transaction see and write
 * that building's rows alone. So a statement must not name the key's columns where it means the key: it says
 * `on conflict on constraint <table>_pkey`.
 */

/** An index beside the key. In the cloud `building` comes before its columns. */
export interface TableIndex {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique?: true;
  readonly where?: string;
}

/** A table. Its key is the constraint `<name>_pkey`. */
export interface Table {
  readonly name: string;
  /** Column → its type, and `not null` where that holds. Those of the key are never null. */
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  readonly indexes: readonly TableIndex[];
  /** Per cent of a page that inserts fill (Postgres: 100). */
  readonly fillfactor?: number;
}

/** The setting that names a transaction's building in the cloud (a UUID). */
export const BUILDING_SETTING = 'lockerhub.building';

/** The statements that create a table in a hub's store. */
export function hubTable(table: Table): string[] {
  return [
    createTable(table, table.columns, table.key),
    ...table.indexes.map((index) => createIndex(table, index, index.columns)),
  ];
}

/**
 * The statements that create it in the cloud, for many buildings. A row that is written without saying whose it is
 * belongs to the transaction's building, and fails if none is named. Row level security is the database's to add.
 */
export function cloudTable(table: Table): string[] {
  const building = `uuid not null default current_setting('${BUILDING_SETTING}')::uuid`;
  return [
    createTable(table, { building, ...table.columns }, ['building', ...table.key]),
    ...table.indexes.map((index) => createIndex(table, index, ['building', ...index.columns])),
  ];
}

function createTable(
  { name, fillfactor }: Table,
  columns: Readonly<Record<string, string>>,
  key: readonly string[],
): string {
  const lines = [
    ...Object.entries(columns).map(([column, type]) => `${column} ${type}`),
    `constraint ${name}_pkey primary key (${key.join(', ')})`,
  ];
  const storage = fillfactor === undefined ? '' : ` with (fillfactor = ${fillfactor})`;
  return `create table ${name} (\n  ${lines.join(',\n  ')}\n)${storage}`;
}

function createIndex({ name: table }: Table, index: TableIndex, columns: readonly string[]): string {
  const kind = index.unique ? 'unique index' : 'index';
  const where = index.where === undefined ? '' : ` where ${index.where}`;
  return `create ${kind} ${index.name} on ${table} (${columns.join(', ')})${where}`;
}
