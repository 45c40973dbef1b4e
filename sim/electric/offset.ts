/** Places in a shape's log, written `N_M`, and places in Postgres' write-ahead log (LSN). */

/**
 * Where a reader stands: behind the change `op` of the transaction that committed at `lsn`. In the snapshot `lsn` is 0
 * and `op` counts its chunks; `Infinity` (written `inf`) is the end of it.
 */
export interface Offset {
  readonly lsn: bigint;
  readonly op: number;
}

/** Before the first row. */
export const START = '-1';
/** Behind everything that is there. */
export const NOW = 'now';
export const SNAPSHOT_END: Offset = { lsn: 0n, op: Number.POSITIVE_INFINITY };

export const OFFSET_FORM = /^(?:-1|now|(\d{1,20})_(\d{1,15}|inf))$/;

/** @param text Of the form above, neither `-1` nor `now`. */
export function parseOffset(text: string): Offset {
  const [, lsn = '0', op = '0'] = OFFSET_FORM.exec(text) ?? [];
  return { lsn: BigInt(lsn), op: op === 'inf' ? Number.POSITIVE_INFINITY : Number(op) };
}

export function formatOffset({ lsn, op }: Offset): string {
  return `${lsn}_${op === Number.POSITIVE_INFINITY ? 'inf' : op}`;
}

/** Negative, zero or positive, as for `sort`. */
export function compareOffsets(a: Offset, b: Offset): number {
  if (a.lsn !== b.lsn) return a.lsn < b.lsn ? -1 : 1;
  return a.op === b.op ? 0 : a.op - b.op;
}

/** Postgres writes an LSN as two hexadecimal halves, `2B/C0FF1234`. */
export function parseLsn(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
