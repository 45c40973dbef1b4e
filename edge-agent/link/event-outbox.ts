/**
 * Events on their way to the hub: kept in a journal until the hub has them in its log, across kill -9 and power cuts.
 * `SPEC.md` says what holds.
 */
import { type BankEvent, type EventAck, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import type { AgentError } from '../error.ts';
import type { Journal } from '../ledger/journal.ts';
import { type EventName, type Happening, OutboxRecord } from './outbox-record.ts';

/** Events kept without an acknowledgement; at about 3 an opening, sixteen hundred openings that no hub heard of. */
export const MAX_EVENTS = 5_000;
/** Events sent at once; the rest follows as these are acknowledged. */
const MAX_UNACKNOWLEDGED = 200;
/** An event without acknowledgement is sent again after this long. */
export const RESEND_AFTER_MS = 5_000;
/** A longer journal is written anew with what is still kept: some thousand records, so this is rare. */
const MAX_JOURNAL_BYTES = 256 * 1024;

interface Kept {
  /** Names it within the journal, in the order in which things happened. */
  readonly order: number;
  readonly happening: Happening;
  /** When it happened, in monotonic time of this process. */
  readonly atMs: number;
  readonly atWallMs: number;
  /** Its name for good; null until there is a session in which it can be told. */
  name: EventName | null;
  sentMs: number;
  /** What it says is durable in the ledger, too. */
  noted: boolean;
}

export interface EventOutboxOptions {
  readonly journal: Journal;
  /** Called once, when the journal can no longer be written: events are then kept in memory alone. */
  readonly onFailure: (error: AgentError) => void;
}

/** The two times of one moment. */
interface Now {
  readonly nowMs: number;
  readonly wallMs: number;
}

export class EventOutbox {
  readonly #journal: Journal;
  readonly #onFailure: (error: AgentError) => void;
  #kept: Kept[] = [];
  /** By session with events kept: up to where the hub has them all. */
  readonly #acknowledged = new Map<number, number>();
  #session: number | null = null;
  #numbered = 0;
  #order = 0;
  /** Names on their way to the disk. */
  #naming = 0;
  #shortenAtBytes = MAX_JOURNAL_BYTES;
  #shortening = false;
  /** All was dropped while the journal was being written anew: it has to be written once more. */
  #shortenAgain = false;
  #failed = false;
  /** Events that the journal held behind a gap: a power cut tore the batch that they were in. */
  dropped = 0;

  private constructor({ journal, onFailure }: EventOutboxOptions) {
    this.#journal = journal;
    this.#onFailure = onFailure;
  }

  /** Reads what was kept. @throws AgentError `journal-failed` */
  static async open(options: EventOutboxOptions, now: Now): Promise<EventOutbox> {
    const outbox = new EventOutbox(options);
    for (const raw of await options.journal.read()) {
      const record = OutboxRecord.safeParse(raw);
      if (record.success) outbox.#apply(record.data, now);
    }
    outbox.#dropBehindGaps();
    return outbox;
  }

  /** How many events the hub has not acknowledged. */
  get size(): number {
    return this.#kept.length;
  }

  /** Whether the hub has not acknowledged all that an emergency did. */
  get holdsEmergency(): boolean {
    return this.#kept.some(({ happening }) => happening.purpose === 'emergency');
  }

  /**
   * Keeps an event. Within a session it has its name at once and may be sent before it is durable: a cut in that
   * moment forgets it, and its name is never given to another, since the next start has another session.
   *
   * @param noted once this resolves the event may be sent; without it, at once
   * @returns false if there were too many: then all are dropped. The hub learns what they were about by its
   *   question after outcomes and by the compartments' reports, so a new session has to follow.
   */
  add(happening: Happening, { nowMs, wallMs }: Now, noted?: Promise<void>): boolean {
    if (this.#kept.length >= MAX_EVENTS) {
      this.#kept = [];
      this.#session = null;
      this.#shorten();
      return false;
    }
    this.#order += 1;
    const name = this.#session === null ? null : this.#nextName(this.#session);
    const times = { atMs: nowMs, atWallMs: wallMs, sentMs: NEVER };
    const kept: Kept = { order: this.#order, happening, ...times, name, noted: noted === undefined };
    void noted?.then(() => {
      kept.noted = true;
    });
    this.#kept.push(kept);
    void this.#write(recordOf(kept));
    return true;
  }

  /**
   * A session is up: what has a name keeps it, the rest is named, all is to be sent again. Resolves once the names
   * are durable; until then nothing is due, because an event must never be known to the hub under two names.
   */
  async begin(session: number): Promise<void> {
    this.#session = session;
    this.#numbered = 0;
    const names: Promise<void>[] = [];
    for (const kept of this.#kept) {
      kept.sentMs = NEVER;
      if (kept.name) continue;
      kept.name = this.#nextName(session);
      names.push(this.#write({ kind: 'named', order: kept.order, name: kept.name }));
    }
    if (names.length === 0) return;
    this.#naming += 1;
    // A journal that fails has told so; the events are then in memory alone, and are told all the same.
    await Promise.all(names);
    this.#naming -= 1;
  }

  /** The session is over: what happens from now on gets its name in the next one. */
  end(): void {
    this.#session = null;
  }

  /** What is to be sent now, in order; it counts as sent. */
  due(nowMs: number): BankEvent[] {
    if (this.#naming > 0) return [];
    const due: BankEvent[] = [];
    for (const kept of this.#kept.slice(0, MAX_UNACKNOWLEDGED)) {
      if (!kept.name || !kept.noted) break;
      if (nowMs - kept.sentMs < RESEND_AFTER_MS) continue;
      kept.sentMs = nowMs;
      due.push({ v: VERSION, ...kept.name, ...kept.happening, ageMs: Math.max(0, nowMs - kept.atMs) });
    }
    return due;
  }

  /** The hub has all events of that session up to that number. */
  acknowledge({ session, number }: EventAck): void {
    const before = this.#kept.length;
    this.#forget(session, number);
    if (this.#kept.length < before) {
      void this.#write({ kind: 'acknowledged', session, number });
    }
  }

  /** Waits until all is durable, then lets go of the journal. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #nextName(session: number): EventName {
    this.#numbered += 1;
    return { session, number: this.#numbered };
  }

  #forget(session: number, number: number): void {
    this.#kept = this.#kept.filter(({ name }) => name?.session !== session || name.number > number);
    this.#acknowledged.set(session, Math.max(number, this.#acknowledged.get(session) ?? 0));
  }

  #apply(record: OutboxRecord, { nowMs, wallMs }: Now): void {
    if (record.kind === 'acknowledged') this.#forget(record.session, record.number);
    else if (record.kind === 'named') {
      const named = this.#kept.find(({ order }) => order === record.order);
      if (named) named.name = record.name;
    } else {
      const { order, happening, atWallMs, name } = record;
      // Monotonic time does not outlive a process. How long ago it was is for people; a clock set back says "now".
      const atMs = nowMs - Math.max(0, wallMs - atWallMs);
      this.#order = Math.max(this.#order, order);
      this.#kept.push({ order, happening, atMs, atWallMs, name, sentMs: NEVER, noted: true });
    }
  }

  /** The hub takes a session's events without a gap; behind one it would wait for ever. */
  #dropBehindGaps(): void {
    const next = new Map([...this.#acknowledged].map(([session, number]) => [session, number + 1]));
    const whole = this.#kept.filter(({ name }) => {
      if (!name) return true;
      if (name.number !== (next.get(name.session) ?? 1)) return false;
      next.set(name.session, name.number + 1);
      return true;
    });
    this.dropped = this.#kept.length - whole.length;
    this.#kept = whole;
  }

  async #write(record: OutboxRecord): Promise<void> {
    if (this.#failed) return;
    try {
      const written = this.#journal.append(record);
      if (!this.#shortening && this.#journal.sizeBytes > this.#shortenAtBytes) this.#shorten();
      await written;
    } catch (error) {
      this.#fail(error as AgentError);
    }
  }

  #shorten(): void {
    if (this.#failed) return;
    if (this.#shortening) {
      this.#shortenAgain = true;
      return;
    }
    this.#shortening = true;
    this.#shortenAgain = false;
    this.#journal
      .rewrite(() => this.#records())
      .then(
        () => {
          this.#shortening = false;
          // What is kept may be long by itself: then it is only written anew when as much again was added.
          this.#shortenAtBytes = Math.max(MAX_JOURNAL_BYTES, 2 * this.#journal.sizeBytes);
          if (this.#shortenAgain) this.#shorten();
        },
        (error: AgentError) => this.#fail(error),
      );
  }

  #records(): OutboxRecord[] {
    const sessions = new Set(this.#kept.map(({ name }) => name?.session));
    for (const session of this.#acknowledged.keys()) {
      if (!sessions.has(session) && session !== this.#session) this.#acknowledged.delete(session);
    }
    return [
      ...[...this.#acknowledged].map(([session, number]) => ({
        kind: 'acknowledged' as const,
        session,
        number,
      })),
      ...this.#kept.map(recordOf),
    ];
  }

  #fail(error: AgentError): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailure(error);
  }
}

const NEVER = Number.NEGATIVE_INFINITY;

function recordOf({ order, happening, atWallMs, name }: Kept): OutboxRecord {
  return { kind: 'event', order, happening, atWallMs, name };
}
