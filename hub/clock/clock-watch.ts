/** Looks at the wall clock now and then and keeps the state of its trust. */
import { stat } from 'node:fs/promises';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { type ClockEvent, type ClockState, isPlausible, nextClockState, reasonOf, trustOf } from './trust.ts';

/** How often the clock is looked at. */
const LOOK_MS = 10_000;
/**
 * How far the wall may move against monotonic time between two looks. NTP slews by 0.5 ms a second at most (adjtimex),
 * 5 ms in that time; a leap second is 1 s. Two seconds are neither.
 */
const JUMP_MS = 2_000;

/** systemd-timesyncd makes this file at its first synchronisation since boot and touches it at each one. */
const SYNCHRONISED_MARK = '/run/systemd/timesync/synchronized';

/** When NTP last set the clock, as any number that changes each time; null where that is not known. */
export type NtpMark = () => Promise<number | null>;

/** What Linux with systemd tells. Without it NTP simply never vouches. */
export const systemNtpMark: NtpMark = () =>
  stat(SYNCHRONISED_MARK).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );

/** What the watch needs. */
export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly ntpMark: NtpMark;
  /** Wall time of the newest entry written under a trusted clock; null without one. */
  readonly lastTrustedAtMs: number | null;
  /** Called when trust is gained or lost, not at each look. */
  readonly onChange: (trust: 'trusted' | 'untrusted', reason: string) => void;
}

/** The state of trust over time. */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  /** The newest wall time that was believed: the window moves on while the hub runs. */
  #lastTrustedAtMs: number | null;
  #state: ClockState = 'unseen';
  #timer: Timer | null = null;
  #running = false;
  /** Wall minus monotonic time at the last look, or behind a jump that was noticed since. */
  #offsetMs = 0;
  /** The NTP mark as it was at the last jump: that one vouches no more. */
  #staleMark: number | null = null;
  #lastMark: number | null = null;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#lastTrustedAtMs = options.lastTrustedAtMs;
  }

  /** Looks for the first time, and from then on every 10 s. */
  async start(): Promise<void> {
    this.#running = true;
    this.#offsetMs = this.#offset();
    await this.#look();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
  }

  /**
   * Whether the wall clock is believed now: a jump since the last look counts at once. Read the time before you ask, so
   * that none of behind a jump passes as one of before.
   */
  trust(): 'trusted' | 'untrusted' {
    this.#noticeJump();
    return trustOf(this.#state);
  }

  /** Why it is as it is, in plain words. */
  reason(): string {
    return reasonOf(this.#state);
  }

  /** Staff looked at the clock and said that it is right. */
  confirm(): void {
    // What they saw is behind any jump.
    this.#noticeJump();
    this.#apply('staff-confirmed');
  }

  #offset(): number {
    return this.#options.clock.wallMs() - this.#options.clock.monotonicMs();
  }

  async #look(): Promise<void> {
    const { clock, ntpMark } = this.#options;
    const mark = await ntpMark();
    if (!this.#running) return;
    this.#noticeJump();
    this.#offsetMs = this.#offset();
    this.#lastMark = mark;
    if (mark !== null && mark !== this.#staleMark) this.#apply('ntp-synchronised');
    else
      this.#apply(
        isPlausible(clock.wallMs(), this.#lastTrustedAtMs) ? 'looked-plausible' : 'looked-implausible',
      );
    if (trustOf(this.#state) === 'trusted') this.#lastTrustedAtMs = clock.wallMs();
    this.#timer = clock.after(LOOK_MS, () => void this.#look());
  }

  #noticeJump(): void {
    if (!this.#running) return;
    const offsetMs = this.#offset();
    if (Math.abs(offsetMs - this.#offsetMs) <= JUMP_MS) return;
    this.#offsetMs = offsetMs;
    this.#staleMark = this.#lastMark;
    this.#apply('jumped');
  }

  #apply(event: ClockEvent): void {
    const before = this.#state;
    this.#state = nextClockState(before, event);
    if (before !== 'unseen' && trustOf(before) === trustOf(this.#state)) return;
    this.#options.onChange(trustOf(this.#state), reasonOf(this.#state));
  }
}
