/**
 * What a scan may ask. It can only read: this module makes every frame that a scan sends, and a question has no
 * other kind than the four reads.
 */
import type { ScanArea } from '@lockerhub/protocol/bank/scan.ts';
import type { LineRequest } from '../lines/line.ts';
import { sealed } from '../lines/rtu-frame.ts';

/** One read of one unit. Addresses are zero-based, as on the wire. */
export interface Question {
  readonly unit: number;
  readonly area: ScanArea;
  readonly address: number;
  readonly count: number;
}

/** The functions that read (MODBUS Application Protocol V1.1b3, sections 6.1 to 6.4). None of them acts. */
const FUNCTION: Readonly<Record<ScanArea, number>> = {
  coils: 1,
  'discrete-inputs': 2,
  'holding-registers': 3,
  'input-registers': 4,
};

/**
 * What an id is asked first. Every device of `devices/profiles` answers one of the two: with a value, or with an
 * exception. Two, because simple boards leave a function that they don't know without any answer.
 */
export const FIRST_QUESTIONS: readonly Omit<Question, 'unit'>[] = [
  { area: 'holding-registers', address: 1, count: 1 },
  { area: 'coils', address: 0, count: 1 },
];

/** One value of each area: which areas an id answers. */
export const AREA_QUESTIONS: readonly Omit<Question, 'unit'>[] = [
  { area: 'coils', address: 0, count: 1 },
  { area: 'discrete-inputs', address: 0, count: 1 },
  { area: 'holding-registers', address: 0, count: 1 },
  { area: 'input-registers', address: 0, count: 1 },
];

/** A question without its checksum, as `rtu-frame.ts` compares answers with it. */
export function bodyOfQuestion({ unit, area, address, count }: Question): Buffer {
  const body = Buffer.alloc(6);
  body.writeUInt8(unit, 0);
  body.writeUInt8(FUNCTION[area], 1);
  body.writeUInt16BE(address, 2);
  body.writeUInt16BE(count, 4);
  return body;
}

/** A question as it goes onto a serial line. */
export function frameOfQuestion(question: Question): Buffer {
  return sealed(bodyOfQuestion(question));
}

/** A question as a line takes it. */
export function requestOf(question: Question): LineRequest & { readonly kind: 'read' } {
  return { kind: 'read', ...question };
}
