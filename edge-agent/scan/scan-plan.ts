/** What is tried, in which order, and how long that can take. Pure. */
import { type ScanSpeed, SERIAL_UNIT_MAX } from '@lockerhub/protocol/bank/scan.ts';
import { transmissionMs } from '../lines/serial-timing.ts';
import { FIRST_QUESTIONS } from './question.ts';

const speed = (baud: number, parity: ScanSpeed['parity'], stopBits: 1 | 2 = 1): ScanSpeed => ({
  baud,
  parity,
  stopBits,
});

/**
 * The speeds that are tried, in this order. The first four are those of the devices in `devices/profiles`, the commonest
 * first (a test holds them together); the second is the standard's own default as well (MODBUS over Serial Line V1.02,
 * section 2.5.1). The others are what people change them to.
 */
export const USUAL_SPEEDS: readonly ScanSpeed[] = [
  speed(9_600, 'none'),
  speed(19_200, 'even'),
  speed(115_200, 'none'),
  speed(38_400, 'odd'),
  speed(19_200, 'none'),
  speed(9_600, 'even'),
  speed(38_400, 'none'),
  speed(57_600, 'none'),
];

/** Devices ship with id 1, and what has switches for its id seldom has more than five. */
const USUAL_UNIT_MAX = 32;

/** Every id there is on a serial line. */
export const ALL_UNITS: readonly number[] = Array.from({ length: SERIAL_UNIT_MAX }, (_, index) => index + 1);

/** Ids in the order in which they are asked: the usual ones first, at every speed, then the rest. */
export function wavesOf(units: readonly number[]): readonly [readonly number[], readonly number[]] {
  const sorted = [...new Set(units)].sort((a, b) => a - b);
  const isUsual = (unit: number): boolean => unit >= 1 && unit <= USUAL_UNIT_MAX;
  return [sorted.filter(isUsual), sorted.filter((unit) => !isUsual(unit))];
}

/** A question's own bytes. */
const QUESTION_BYTES = 8;

/** How long ids take that are all silent: the time that most of a scan takes. */
export function silentMs(speed: ScanSpeed | null, ids: number, withinMs: number): number {
  const sentMs = speed ? transmissionMs(speed, QUESTION_BYTES) : 0;
  return ids * FIRST_QUESTIONS.length * (sentMs + withinMs);
}
