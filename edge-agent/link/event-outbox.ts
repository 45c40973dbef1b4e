/** Events on their way to the hub: numbered per session, kept until the hub has them in its log. */
import { type BankEvent, type EventAck, VERSION } from '@lockerhub/protocol/bank/messages.ts';

/** Events kept without an acknowledgement; at about 3 an opening, three hundred openings that no hub heard of. */
export const MAX_EVENTS = 1_000;
/** Events sent at once; the rest follows as these are acknowledged. */
const MAX_UNACKNOWLEDGED = 200;
/** An event without acknowledgement is sent again after this long. */
export const RESEND_AFTER_MS = 5_000;

/** What happened, before it has a number. */
export type Happening = Pick<
  BankEvent,
  'kind' | 'compartment' | 'grant' | 'delivery' | 'latencyMs' | 'purpose'
>;

interface Kept {
  readonly happening: Happening;
  readonly atMs: number;
  /** Its name for good, from the first sending on; null before. */
  name: { readonly session: number; readonly number: number } | null;
  sentMs: number;
}

export class EventOutbox {
  #kept: Kept[] = [];
  #session = 0;
  #numbered = 0;

  /** How many events the hub has not acknowledged. */
  get size(): number {
    return this.#kept.length;
  }

  /**
   * Keeps an event.
   *
   * @returns false if there were too many: then all are dropped. The hub learns what they were about by its
   *   question after outcomes and by the compartments' reports, so a new session has to follow.
   */
  add(happening: Happening, nowMs: number): boolean {
    if (this.#kept.length >= MAX_EVENTS) {
      this.#kept = [];
      return false;
    }
    this.#kept.push({ happening, atMs: nowMs, name: null, sentMs: Number.NEGATIVE_INFINITY });
    return true;
  }

  /** A new session: what has a name keeps it, all is to be sent again. */
  begin(session: number): void {
    this.#session = session;
    this.#numbered = 0;
    for (const kept of this.#kept) kept.sentMs = Number.NEGATIVE_INFINITY;
  }

  /** What is to be sent now, in order; it counts as sent. */
  due(nowMs: number): BankEvent[] {
    const due: BankEvent[] = [];
    for (const kept of this.#kept.slice(0, MAX_UNACKNOWLEDGED)) {
      if (nowMs - kept.sentMs < RESEND_AFTER_MS) continue;
      if (!kept.name) {
        this.#numbered += 1;
        kept.name = { session: this.#session, number: this.#numbered };
      }
      kept.sentMs = nowMs;
      due.push({ v: VERSION, ...kept.name, ...kept.happening, ageMs: Math.max(0, nowMs - kept.atMs) });
    }
    return due;
  }

  /** The hub has all events of that session up to that number. */
  acknowledge({ session, number }: EventAck): void {
    this.#kept = this.#kept.filter(
      ({ name }) => name === null || name.session !== session || name.number > number,
    );
  }
}
