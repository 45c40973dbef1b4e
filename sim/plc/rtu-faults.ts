/** What can go wrong on a serial bus with one answer. The unit has executed the request, unless the name says otherwise. */
import { checksum, withChecksum } from './serial-bus.ts';
import { collided } from './uart.ts';

export const RTU_FAULTS = [
  /** No answer. */
  'silence',
  /** No answer, and the request is not executed. */
  'deaf',
  /** The answer is held until `release()`, and so are later ones of the same unit. */
  'late',
  /** The same answer twice, the second right behind the first. */
  'duplicate',
  /** The same answer twice, the second after a silence, into whatever is said by then. */
  'repeated',
  /** Bytes that are no frame, instead of the answer. */
  'garbage',
  /** Bytes that are no frame, and the answer right behind them. */
  'noise',
  /** The answer of another unit, sound in itself. */
  'wrong-unit',
  'wrong-function',
  'wrong-checksum',
  /** A read's byte count says 200. A write's answer has none and goes out as it is. */
  'wrong-byte-count',
  /** A write's echo names another address; a read's answer goes out as it is. */
  'wrong-echo',
  /** The first three bytes, and never the rest. */
  'truncated',
  /** Bytes without end: `BABBLE_BYTES` of them, instead of the answer. */
  'babble',
  /** Two devices have this id: both answer, the second while the first still speaks. */
  'twins',
  /** The exception "server device busy"; the request is not executed. */
  'exception',
] as const;
export type RtuFault = (typeof RTU_FAULTS)[number];

/** More than a second at 9600 baud. */
export const BABBLE_BYTES = 1_000;
const GARBAGE_BYTES = 9;

/** What goes out for an answer under a fault: nothing, or frames with a silence between them. */
export function spoilOnBus(fault: RtuFault, answer: Buffer): readonly Buffer[] {
  switch (fault) {
    case 'silence':
    case 'deaf':
      return [];
    case 'duplicate':
      return [Buffer.concat([answer, answer])];
    case 'repeated':
      return [answer, answer];
    case 'garbage':
      return [babble(GARBAGE_BYTES)];
    case 'noise':
      return [Buffer.concat([babble(GARBAGE_BYTES), answer])];
    case 'wrong-unit':
      return [changed(answer, 0, answer.readUInt8(0) ^ 1)];
    case 'wrong-function':
      return [changed(answer, 1, answer.readUInt8(1) ^ 1)];
    case 'wrong-checksum':
      return [
        Buffer.concat([answer.subarray(0, -1), Buffer.from([answer.readUInt8(answer.length - 1) ^ 1])]),
      ];
    case 'wrong-byte-count':
      return [isRead(answer) ? changed(answer, 2, 200) : answer];
    case 'wrong-echo':
      return [isRead(answer) ? answer : changed(answer, 3, answer.readUInt8(3) ^ 1)];
    case 'truncated':
      return [answer.subarray(0, 3)];
    case 'twins':
      return [collided(answer)];
    case 'babble':
      return [babble(BABBLE_BYTES)];
    case 'late':
    case 'exception':
      return [answer];
  }
}

/** Bytes in which there is no frame. */
export function babble(count: number): Buffer {
  // Any start is as good as another: a linear congruential generator (Numerical Recipes) makes the same bytes each time.
  let state = 1;
  const bytes = Buffer.alloc(count);
  for (let index = 0; index < count; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function isRead(answer: Buffer): boolean {
  return answer.readUInt8(1) <= 4;
}

function changed(frame: Buffer, at: number, value: number): Buffer {
  const body = Buffer.from(frame.subarray(0, -2));
  body.writeUInt8(value, at);
  return withChecksum(body);
}

/** Whether this is one whole frame. */
export function isFrame(bytes: Buffer): boolean {
  return bytes.length >= 4 && checksum(bytes) === 0;
}
