/** How values of a Postgres type compare, for the types that filters of the stand-in may name. */
import type { Column } from '../tables/table.ts';

export type KindOfType = 'text' | 'uuid' | 'integer' | 'decimal' | 'float' | 'boolean' | 'time';

const KINDS: Readonly<Record<string, KindOfType>> = {
  text: 'text',
  varchar: 'text',
  uuid: 'uuid',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  date: 'time',
  timestamp: 'time',
  timestamptz: 'time',
};

/** Undefined: a filter may only ask whether it is null. */
export function kindOf(column: Column): KindOfType | undefined {
  return column.dims > 0 ? undefined : KINDS[column.type];
}

/** Compares two values in Postgres' text form: negative, zero, positive. */
export const COMPARE: Readonly<Record<KindOfType, (a: string, b: string) => number>> = {
  // UTF-8's order is that of code points, as with COLLATE "C"; JavaScript's own is that of UTF-16.
  text: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)),
  uuid: compareTexts,
  integer: (a, b) => compareOrdered(BigInt(a), BigInt(b)),
  decimal: (a, b) => compareDecimals(a, b),
  float: (a, b) => compareFloats(Number(a), Number(b)),
  // `true` in a snapshot, `t` in a change.
  boolean: (a, b) => Number(a.startsWith('t')) - Number(b.startsWith('t')),
  // ISO form, always in UTC: their order is that of their texts, for the years 1 to 9999.
  time: compareTexts,
};

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareOrdered<T extends bigint | number>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Postgres takes NaN as equal to itself and greater than everything. */
function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return compareOrdered(a, b);
}

/** Postgres writes a numeric without an exponent, with as many places as its scale has. */
function compareDecimals(a: string, b: string): number {
  const isPlain = (text: string) => /^-?\d/.test(text);
  if (!isPlain(a) || !isPlain(b)) return compareFloats(Number(a), Number(b));
  const places = Math.max(placesOf(a), placesOf(b));
  return compareOrdered(scaled(a, places), scaled(b, places));
}

const placesOf = (text: string) => text.split('.')[1]?.length ?? 0;

function scaled(text: string, places: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
}
