/** Follows the hub's log as staff may read it, across its restarts, without a gap. */
import { LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { HubRefusal } from '../walk/hub-link.ts';
import type { StaffLink } from './staff-link.ts';

/** How often it looks: quick enough to be called live. */
const LOOK_EVERY_MS = 400;
const PAGE = 100;
/** Pages that one look reads back at most; a demo that fell further behind starts anew from there. */
const PAGES_AT_ONCE = 50;

const LogPage = pageOf(LogEntryView);

export interface LogFollowerOptions {
  readonly staff: StaffLink;
  readonly clock: Clock;
  /** New entries, oldest first. The first call brings the newest page of what was there already. */
  readonly onEntries: (entries: readonly LogEntryView[]) => void;
  /** Everything committed before wall time `begunAtMs` has been passed to `onEntries`. */
  readonly onCaughtUp: (begunAtMs: number) => void;
  /** The hub refused to be read; it may just be away. */
  readonly onTrouble: (error: HubRefusal) => void;
}

export class LogFollower {
  readonly #options: LogFollowerOptions;
  #seq: number | undefined;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#looking = this.#look().then(() => this.#again());
  }

  /** Another hub's log is followed from now on: it may go on from before what was seen, with other entries. */
  restart(): void {
    this.#seq = undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #again(): void {
    if (!this.#stopped) this.#timer = this.#options.clock.after(LOOK_EVERY_MS, () => this.start());
  }

  async #look(): Promise<void> {
    const begunAtMs = this.#options.clock.wallMs();
    try {
      const fresh = await this.#readBack();
      const last = fresh.at(-1);
      if (last) {
        this.#seq = last.seq;
        this.#options.onEntries(fresh);
      }
      this.#options.onCaughtUp(begunAtMs);
    } catch (error) {
      if (!(error instanceof HubRefusal)) throw error;
      this.#options.onTrouble(error);
    }
  }

  /** What came after the last entry seen, oldest first. */
  async #readBack(): Promise<LogEntryView[]> {
    const fresh: LogEntryView[] = [];
    let before: string | null = null;
    for (let page = 0; page < PAGES_AT_ONCE; page += 1) {
      const query: string = before === null ? '' : `&before=${encodeURIComponent(before)}`;
      const answer: { items: LogEntryView[]; before: string | null } = await this.#options.staff.ask(
        'GET',
        `/api/v1/log?limit=${PAGE}${query}`,
        LogPage,
      );
      const seen = this.#seq;
      const unseen = answer.items.filter(({ seq }) => seen === undefined || seq > seen);
      fresh.push(...unseen);
      if (seen === undefined || unseen.length < answer.items.length || answer.before === null) break;
      before = answer.before;
    }
    return fresh.reverse();
  }
}
