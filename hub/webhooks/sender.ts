/**
 * One webhook's calls: the log is the queue, in order, one call at a time, and how far it has come is kept after each one.
 * A kill between a call and the note of it makes the call again, under the same id; it never leaves one out.
 */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { CallFailure } from './call.ts';
import { MAX_RESTING, MAX_TRIES, type Place, pauseMs, rested, taken } from './place.ts';

/** Entries that are looked at in one go. */
export const BATCH = 100;
/** Entries that nobody asked for are passed over without a note, up to so many: each note is a commit. */
const NOTE_AFTER = 1_000;
/** After the log could not be read or the place not be kept. */
const AGAIN_MS = 5_000;

/** What a sender knows of an entry. */
export interface QueuedEntry {
  readonly seq: number;
  readonly type: string;
}

export interface SenderOptions<Entry extends QueuedEntry> {
  readonly clock: Clock;
  readonly random: Random;
  /** Entries behind this one, oldest first, at most `BATCH`. */
  readonly after: (seq: number) => Promise<readonly Entry[]>;
  readonly at: (seq: number) => Promise<Entry | undefined>;
  readonly isWanted: (entry: Entry) => boolean;
  /** Never rejects for what the other side does. */
  readonly call: (entry: Entry, signal: AbortSignal) => Promise<CallFailure>;
  readonly keep: (place: Place) => Promise<void>;
  /** The log could not be read, or the place not be kept: it is tried again. */
  readonly onFault: (error: unknown) => void;
}

export class Sender<Entry extends QueuedEntry> {
  readonly #options: SenderOptions<Entry>;
  readonly #moves = new Turns();
  #place: Place;
  #kept: number;
  #failures = 0;
  #reason: string | null = null;
  #sendResting = false;
  #again = false;
  #running: Promise<void> | undefined;
  #pause: Timer | undefined;
  readonly #ends = new AbortController();
  #stopped = false;

  constructor(options: SenderOptions<Entry>, place: Place) {
    this.#options = options;
    this.#place = place;
    this.#kept = place.seq;
  }

  get place(): Place {
    return this.#place;
  }

  /** Why the last call failed; null: it did not. */
  get reason(): string | null {
    return this.#reason;
  }

  /** There may be something to send. While a failed call waits for its next try nothing else goes out. */
  wake(): void {
    this.#again = true;
    if (this.#running || this.#pause || this.#stopped) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  /** It was set anew: what failed before says nothing now. */
  changed(): void {
    this.#failures = 0;
    this.#pause?.cancel();
    this.#pause = undefined;
    this.wake();
  }

  /** Sends what rests once more, oldest first, before anything else; the first that fails ends that. */
  sendAgain(): void {
    this.#sendResting = true;
    this.changed();
  }

  /** Gives up what rests. */
  async forget(): Promise<void> {
    await this.#move((place) => ({ ...place, resting: [] }));
    this.wake();
  }

  /** Ends the call under way, which is made again by the next start, and begins no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ends.abort();
    this.#pause?.cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped && !this.#pause) {
      this.#again = false;
      try {
        await this.#sendWhatRests();
        await this.#sendOn();
      } catch (error) {
        this.#options.onFault(error);
        this.#wait(AGAIN_MS);
      }
    }
  }

  async #sendWhatRests(): Promise<void> {
    while (this.#sendResting && !this.#stopped && !this.#pause) {
      const [oldest] = this.#place.resting;
      const entry = oldest && (await this.#options.at(oldest.seq));
      if (!oldest) this.#sendResting = false;
      else if (!entry || (await this.#try(entry))) await this.#settle(oldest.seq);
      else this.#sendResting = false;
    }
  }

  #settle(seq: number): Promise<void> {
    return this.#move((place) => ({ ...place, resting: place.resting.filter((each) => each.seq !== seq) }));
  }

  async #sendOn(): Promise<void> {
    if (this.#place.resting.length >= MAX_RESTING) return;
    const entries = await this.#options.after(this.#place.seq);
    // There may be more behind a full batch.
    if (entries.length === BATCH) this.#again = true;
    for (const entry of entries) {
      if (this.#stopped || this.#pause || this.#place.resting.length >= MAX_RESTING) return;
      if (this.#options.isWanted(entry)) await this.#sendNext(entry);
      else this.#place = taken(this.#place, entry.seq);
    }
    if (this.#place.seq - this.#kept >= NOTE_AFTER) await this.#move((place) => place);
  }

  async #sendNext(entry: Entry): Promise<void> {
    if (await this.#try(entry)) {
      await this.#move((place) => taken(place, entry.seq));
      return;
    }
    if (this.#stopped || this.#failures < MAX_TRIES) return;
    const { seq, type } = entry;
    const reason = this.#reason ?? '';
    await this.#move((place) => rested(place, { seq, type, reason }));
  }

  /** Calls; after a failure nothing goes out until the pause is over. @returns whether it was taken */
  async #try(entry: Entry): Promise<boolean> {
    const { call, random } = this.#options;
    this.#reason = await call(entry, this.#ends.signal);
    if (this.#reason === null) {
      this.#failures = 0;
      return true;
    }
    // Ended by us: that says nothing of the program.
    if (this.#stopped) return false;
    this.#failures += 1;
    this.#wait(pauseMs(this.#failures, random));
    return false;
  }

  /** One change after the other: staff may give up what rests while a call is under way. */
  #move(change: (place: Place) => Place): Promise<void> {
    return this.#moves.take(async () => {
      const place = change(this.#place);
      await this.#options.keep(place);
      this.#place = place;
      this.#kept = place.seq;
    });
  }

  #wait(ms: number): void {
    this.#again = true;
    if (this.#stopped) return;
    this.#pause = this.#options.clock.after(ms, () => {
      this.#pause = undefined;
      this.wake();
    });
  }
}
