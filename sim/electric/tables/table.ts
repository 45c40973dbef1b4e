/** A table as its shapes see it. */
export interface Column {
  readonly name: string;
  /** As Postgres names it: `int4`; of an array, its elements'. */
  readonly type: string;
  /** The type itself, of an array the array's. */
  readonly typeOid: number;
  /** Of an array; 0: none. */
  readonly dims: number;
  /** For a cast: `numeric(12,4)`. */
  readonly declared: string;
  readonly notNull: boolean;
  /** Position in the primary key, from 0. */
  readonly keyIndex: number | null;
  /** What was declared with the type: a length, a precision; -1: nothing. */
  readonly modifier: number;
}

export interface Table {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** In the table's order. */
  readonly columns: readonly Column[];
}

/** Values in Postgres' text form, by column. */
export type Row = Readonly<Record<string, string | null>>;

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Safe within SQL. */
export function quoteTable({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** The columns that make a row's key: the primary key in its order, or all columns of a table without one. */
export function keyColumns(table: Table): readonly string[] {
  const key = table.columns.filter((column) => column.keyIndex !== null);
  if (key.length === 0) return table.columns.map((column) => column.name);
  return key.sort((a, b) => Number(a.keyIndex) - Number(b.keyIndex)).map((column) => column.name);
}

/** How Electric names a row: `"public"."residents"/"<key>"`. A slash within a value is doubled. */
export function rowKey(table: Table, row: Row): string {
  const values = keyColumns(table).map((column) => {
    const value = row[column];
    return value == null ? '_' : `"${value.replaceAll('/', '//')}"`;
  });
  return [`"${table.schema}"."${table.name}"`, ...values].join('/');
}

type Described = Record<string, string | number | boolean>;

/** What the header `electric-schema` says of the given columns. */
export function describeColumns(columns: readonly Column[]): Readonly<Record<string, Described>> {
  return Object.fromEntries(columns.map((column) => [column.name, describe(column)]));
}

function describe(column: Column): Described {
  return {
    type: column.type,
    ...(column.dims > 0 ? { dims: column.dims } : {}),
    ...describeModifier(column),
    ...(column.notNull ? { not_null: true } : {}),
    ...(column.keyIndex === null ? {} : { pk_index: column.keyIndex }),
  };
}

/** `VARHDRSZ`: Postgres counts a header of four bytes into the modifiers of texts and numerics. */
const HEADER_BYTES = 4;

function describeModifier({ type, modifier }: Column): Described {
  if (modifier < 0) return {};
  if (type === 'varchar') return { max_length: modifier - HEADER_BYTES };
  if (type === 'bpchar') return { length: modifier - HEADER_BYTES };
  if (type === 'bit' || type === 'varbit') return { length: modifier };
  if (type === 'numeric') {
    const packed = modifier - HEADER_BYTES;
    return { precision: packed >> 16, scale: packed & 0xffff };
  }
  if (/^time(stamp)?(tz)?$/.test(type)) return { precision: modifier };
  return {};
}
