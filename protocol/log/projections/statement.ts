/** SQL as projections make it: pure data that runs unchanged on PGlite and on Postgres. */

/** What a parameter can be; lists are joined by commas and split in SQL, so that no driver's array format matters. */
export type Parameter = string | number | boolean | null;

/** One statement. `sql` is one of a fixed set of texts, so that a store can prepare each once. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** Where an entry stands, beside what it says. */
export interface Position {
  readonly seq: number;
}

/** A statement whose texts are ones that Postgres can store. */
export function statement(sql: string, ...parameters: readonly Parameter[]): Statement {
  return {
    sql,
    parameters: parameters.map((value) => (typeof value === 'string' ? storable(value) : value)),
  };
}

/**
 * Text that Postgres takes: no NUL, no half of a surrogate pair. The exact bytes stay in `log.payload`, where JSON
 * has both escaped.
 */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** A wall clock's milliseconds as a bigint column takes them, whatever a lying clock said. */
export function wholeMs(atMs: number): number {
  return Math.trunc(Math.min(Math.max(atMs, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}
