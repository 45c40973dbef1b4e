/** Asks a bank's agent what became of grants, some at a time and as often as it takes within a session. */
import {
  OUTCOMES_AT_ONCE,
  type OutcomesRequest,
  type OutcomesResponse,
} from '@lockerhub/protocol/bank/messages.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';

/** A question that got no answer is asked again. */
const ASK_AGAIN_MS = 5_000;

export interface OutcomeQuestionsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: (question: Omit<OutcomesRequest, 'v'>) => void;
}

interface Question {
  readonly grants: readonly string[];
  /** Until it is asked again. */
  readonly timer: Timer;
}

export class OutcomeQuestions {
  readonly #options: OutcomeQuestionsOptions;
  /** Those without an answer, by id. */
  readonly #asked = new Map<string, Question>();

  constructor(options: OutcomeQuestionsOptions) {
    this.#options = options;
  }

  /** Asks what became of grants. What is being asked already is not asked twice at a time. */
  ask(session: number, grants: readonly string[]): void {
    const pending = new Set([...this.#asked.values()].flatMap((question) => question.grants));
    const open = grants.filter((grant) => !pending.has(grant));
    for (let from = 0; from < open.length; from += OUTCOMES_AT_ONCE) {
      this.#ask(session, open.slice(from, from + OUTCOMES_AT_ONCE));
    }
  }

  /** What an answer says; nothing if nobody waits for it: it may be of a session long past. */
  answered({ id, outcomes }: OutcomesResponse): OutcomesResponse['outcomes'] {
    const question = this.#asked.get(id);
    if (!question) return [];
    question.timer.cancel();
    this.#asked.delete(id);
    return outcomes;
  }

  /** The session is over: the next one asks anew. */
  end(): void {
    for (const { timer } of this.#asked.values()) timer.cancel();
    this.#asked.clear();
  }

  #ask(session: number, grants: readonly string[]): void {
    const { clock, random, send } = this.#options;
    const id = newId(clock, random);
    const again = () => {
      this.#asked.delete(id);
      this.#ask(session, grants);
    };
    this.#asked.set(id, { grants, timer: clock.after(ASK_AGAIN_MS, again) });
    send({ id, session, grants: [...grants] });
  }
}
