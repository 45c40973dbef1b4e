/** The seam between a scan and a line: asks one question at a time, and only questions. */
import type { Hearing } from './hearing.ts';
import type { Question } from './question.ts';

export interface Asker {
  /** What was heard before anybody was asked. */
  readonly unasked: 'nothing' | 'break' | 'noise';
  /**
   * Asks, and listens until the answer is over or `withinMs` after the question went by without one.
   *
   * @throws AgentError `scan-failed`: the line was lost, or is never silent
   */
  ask(question: Question, withinMs: number): Promise<Hearing>;
  /** Lets go of the line. */
  close(): Promise<void>;
}
