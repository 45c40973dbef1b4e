/** Asks a bank's agent what its ledger says of doors, some at a time and as often as it takes within a session. */
import { type DoorRecord, RECORDS_AT_ONCE, type RecordsRequest } from '@lockerhub/protocol/bank/messages.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { ComparedRecord } from '../deliveries/bank-command.ts';
import type { OpeningHistory } from './opening-history.ts';

/** At the begin of a session all doors are heard of one after the other: they go into one question. */
const GATHER_MS = 100;
/** A question that got no answer, or whose answer could not be compared, is asked again. */
const ASK_AGAIN_MS = 5_000;

export interface RecordQuestionsOptions {
  readonly bank: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly history: OpeningHistory;
  readonly send: (question: Omit<RecordsRequest, 'v'>) => void;
  readonly told: (session: number, records: readonly ComparedRecord[]) => void;
  readonly onFault: (error: unknown) => void;
}

export class RecordQuestions {
  readonly #options: RecordQuestionsOptions;
  readonly #wanted = new Set<number>();
  readonly #asked = new Map<string, { readonly compartments: readonly number[]; readonly timer: Timer }>();
  #gathering: Timer | undefined;

  constructor(options: RecordQuestionsOptions) {
    this.#options = options;
  }

  /** Wants to know of a door. What is being asked about already is not asked about twice at a time. */
  want(session: number, compartment: number): void {
    this.#wanted.add(compartment);
    this.#gathering ??= this.#options.clock.after(GATHER_MS, () => this.#ask(session));
  }

  /** An answer of the agent; one that nobody waits for may be of a session long past. */
  answered(session: number, id: string, records: readonly DoorRecord[]): void {
    const question = this.#asked.get(id);
    if (!question) return;
    const { bank, history, told, onFault } = this.#options;
    const mine = records.filter(({ compartment }) => question.compartments.includes(compartment));
    history.beside(bank, mine).then((compared) => {
      if (this.#asked.get(id) !== question) return;
      question.timer.cancel();
      this.#asked.delete(id);
      told(session, compared);
    }, onFault);
  }

  /** The session is over: the next one asks anew. */
  end(): void {
    this.#gathering?.cancel();
    this.#gathering = undefined;
    this.#wanted.clear();
    for (const { timer } of this.#asked.values()) timer.cancel();
    this.#asked.clear();
  }

  #ask(session: number): void {
    this.#gathering = undefined;
    const { clock, random, send } = this.#options;
    const pending = new Set([...this.#asked.values()].flatMap(({ compartments }) => compartments));
    const open = [...this.#wanted].filter((compartment) => !pending.has(compartment));
    this.#wanted.clear();
    for (let from = 0; from < open.length; from += RECORDS_AT_ONCE) {
      const id = newId(clock, random);
      const compartments = open.slice(from, from + RECORDS_AT_ONCE);
      const again = () => {
        this.#asked.delete(id);
        for (const compartment of compartments) this.want(session, compartment);
      };
      this.#asked.set(id, { compartments, timer: clock.after(ASK_AGAIN_MS, again) });
      send({ id, session, compartments });
    }
  }
}
