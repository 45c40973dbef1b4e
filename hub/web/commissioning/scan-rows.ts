/** What a scan heard beside what the bank file expects of a line. Pure. */
import type { ScannedUnit, ScanReport, ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';

/** One id that answers, or should. */
export interface ScanRow {
  readonly unit: number;
  readonly state: 'good' | 'silent' | 'stranger' | 'two-answer' | 'garbled';
  readonly profiles: readonly string[];
  /** At which speed it was heard; null on a TCP line, and of one that is silent. */
  readonly speed: ScanSpeed | null;
}

/** Each id that was heard or is expected, once for each speed at which it was heard, in order of ids. */
export function scanRows({ passes, hints }: ScanReport, expected: readonly number[]): ScanRow[] {
  // Where any id is answered, those that the file does not name are the same device.
  const isMine = (unit: number) => !hints.includes('any-unit') || expected.includes(unit);
  const heard = passes.flatMap(({ speed, units }) =>
    units.filter(({ unit }) => isMine(unit)).map((unit) => rowOf(unit, speed, expected)),
  );
  const silent = expected
    .filter((unit) => !heard.some((row) => row.unit === unit))
    .map((unit): ScanRow => ({ unit, state: 'silent', profiles: [], speed: null }));
  return [...heard, ...silent].sort((a, b) => a.unit - b.unit);
}

function rowOf(
  { unit, verdict, profiles }: ScannedUnit,
  speed: ScanSpeed | null,
  expected: readonly number[],
): ScanRow {
  const state = verdict !== 'answers' ? verdict : expected.includes(unit) ? 'good' : 'stranger';
  return { unit, state, profiles, speed };
}

/** `9600 8N1` */
export function speedInWords({ baud, parity, stopBits }: ScanSpeed): string {
  return `${baud} 8${parity.charAt(0).toUpperCase()}${stopBits}`;
}
