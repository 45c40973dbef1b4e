/** What the bytes mean that came after a question on a serial line. Pure. */
import { findAnswer, framesIn, isEcho } from '../lines/rtu-frame.ts';
import { bodyOfQuestion, frameOfQuestion, type Question } from './question.ts';

/** What was heard after one question. */
export interface Hearing {
  /**
   * `answer`: a sound answer and nothing else. `crowded`: a sound answer, and more than one device says. `garbled`:
   * bytes without an answer. `break`: nothing but zeros.
   */
  readonly kind: 'nothing' | 'answer' | 'crowded' | 'garbled' | 'break';
  /** Of an answer with values; null otherwise. */
  readonly values: boolean;
  /** The adapter hears what it sends. */
  readonly echo: boolean;
  /** Other units of which a sound frame was heard: their answers came late. */
  readonly others: readonly number[];
}

export const NOTHING: Hearing = { kind: 'nothing', values: false, echo: false, others: [] };

/**
 * Bytes that an adapter or device may add when it turns round from listening to speaking. Twins in near step leave
 * more: their answers have five bytes at least.
 */
const TURNAROUND_BYTES = 2;
const EXCEPTION_BIT = 0x80;

/** @param bytes all that came since the question was sent */
export function hearingOf(question: Question, bytes: Buffer): Hearing {
  const asked = bodyOfQuestion(question);
  const echo = isEcho(asked, bytes);
  const heard = echo ? bytes.subarray(frameOfQuestion(question).length) : bytes;
  const answer = findAnswer(asked, heard);
  const rest = answer ? Buffer.concat([answer.before, answer.after]) : heard;
  const frames = framesIn(rest);
  const others = [...new Set(frames.map((frame) => frame.readUInt8(0)))].filter(
    (unit) => unit !== question.unit && unit !== 0,
  );
  const bytesOfOthers = frames
    .filter((frame) => others.includes(frame.readUInt8(0)))
    .reduce((sum, frame) => sum + frame.length, 0);
  const stray = rest.length - bytesOfOthers;
  const values = answer !== null && (answer.frame.readUInt8(1) & EXCEPTION_BIT) === 0;
  return { kind: kindOf(answer !== null, rest, stray), values, echo, others };
}

function kindOf(isAnswered: boolean, rest: Buffer, stray: number): Hearing['kind'] {
  if (isAnswered) return stray > TURNAROUND_BYTES ? 'crowded' : 'answer';
  if (stray > 0 && rest.every((byte) => byte === 0)) return 'break';
  return stray > TURNAROUND_BYTES ? 'garbled' : 'nothing';
}
