import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

/** How a lock stands being energised: `pulsed` burns, `continuous-duty` never does, `hardware-limited` cuts itself off. */
type LockDuty = 'pulsed' | 'continuous-duty' | 'hardware-limited';

/** A solenoid lock with a spring that throws the door open. */
export interface LockOptions {
  readonly duty: LockDuty;
  /** From energising to the door's opening. Cabinet locks take 20 to 50 ms. */
  readonly latencyMs: number;
  /** Heat, in ms of being energised from cold, at which the coil of a pulsed lock burns. */
  readonly burnsAfterMs: number;
  /** How long the electronics of a hardware-limited lock let current through. */
  readonly limitMs: number;
}

/** A common cabinet lock; the burning point is three times the pulse cap that the findings name (1 s). */
export const COMMON_LOCK: LockOptions = {
  duty: 'pulsed',
  latencyMs: 30,
  burnsAfterMs: 3_000,
  limitMs: 500,
};

/** Cabinet locks are sold with a duty cycle of about 10 %: one part on, nine parts off. */
const COOLING_PER_MS = 1 / 9;

/** What happens to one door, told as it happens; `atMs` is the clock's monotonic time. */
export type DoorEvent =
  | { readonly kind: 'energised'; readonly door: number; readonly atMs: number }
  | { readonly kind: 'released'; readonly door: number; readonly atMs: number; readonly energisedMs: number }
  | {
      readonly kind: 'opened';
      readonly door: number;
      readonly atMs: number;
      readonly by: 'solenoid' | 'hand';
    }
  | { readonly kind: 'closed'; readonly door: number; readonly atMs: number }
  | { readonly kind: 'burnt'; readonly door: number; readonly atMs: number };

/** A door as one sees it standing before it. */
export interface DoorView {
  readonly door: number;
  readonly open: boolean;
  readonly energised: boolean;
  /** How long its output has been on; 0 while it is off. */
  readonly energisedMs: number;
  readonly jammed: boolean;
  readonly burnt: boolean;
}

/** The physics of one door: what current does to its lock, and hands to its leaf. */
export class Door {
  readonly number: number;
  readonly #clock: Clock;
  readonly #lock: LockOptions;
  readonly #tell: (event: DoorEvent) => void;
  #open = false;
  #energised = false;
  /** Whether current flows: energised, not burnt, not cut off by the lock itself. */
  #current = false;
  #jammed = false;
  #burnt = false;
  #heatMs = 0;
  #changedAtMs: number;
  #opening: Timer | undefined;
  #burning: Timer | undefined;
  #cutOff: Timer | undefined;

  constructor(door: {
    number: number;
    clock: Clock;
    lock: LockOptions;
    open: boolean;
    tell: (event: DoorEvent) => void;
  }) {
    this.number = door.number;
    this.#clock = door.clock;
    this.#lock = door.lock;
    this.#open = door.open;
    this.#tell = door.tell;
    this.#changedAtMs = door.clock.monotonicMs();
  }

  get view(): DoorView {
    return {
      door: this.number,
      open: this.#open,
      energised: this.#energised,
      energisedMs: this.#energised ? this.#clock.monotonicMs() - this.#changedAtMs : 0,
      jammed: this.#jammed,
      burnt: this.#burnt,
    };
  }

  /** Current on. Nothing new happens while it is on already. */
  energise(): void {
    if (this.#energised) return;
    const now = this.#clock.monotonicMs();
    this.#heatMs = Math.max(0, this.#heatMs - (now - this.#changedAtMs) * COOLING_PER_MS);
    this.#energised = true;
    this.#current = !this.#burnt;
    this.#changedAtMs = now;
    this.#tell({ kind: 'energised', door: this.number, atMs: now });
    // Whoever was told may have cut the power in that very moment.
    if (!this.#energised) return;
    this.#startOpening();
    if (this.#lock.duty === 'pulsed' && !this.#burnt) {
      this.#burning = this.#clock.after(Math.max(0, this.#lock.burnsAfterMs - this.#heatMs), () =>
        this.#burn(),
      );
    }
    if (this.#lock.duty === 'hardware-limited') {
      this.#cutOff = this.#clock.after(this.#lock.limitMs, () => this.#stopCurrent());
    }
  }

  /** Current off. */
  release(): void {
    if (!this.#energised) return;
    const now = this.#clock.monotonicMs();
    const energisedMs = now - this.#changedAtMs;
    this.#heatMs += energisedMs;
    this.#energised = false;
    this.#changedAtMs = now;
    this.#stopCurrent();
    this.#burning?.cancel();
    this.#cutOff?.cancel();
    this.#tell({ kind: 'released', door: this.number, atMs: now, energisedMs });
  }

  /** A hand pulls the door open, by force if it is locked. */
  pullOpen(): void {
    this.#swingOpen('hand');
  }

  /** A hand pushes the door shut. False if the latch does not hold, because current flows. */
  pushShut(): boolean {
    if (!this.#open) return true;
    if (this.#current && !this.#jammed) return false;
    this.#open = false;
    this.#tell({ kind: 'closed', door: this.number, atMs: this.#clock.monotonicMs() });
    return true;
  }

  /** Something wedges the door: current alone does not open it any more (a hand does). */
  jam(): void {
    this.#jammed = true;
    this.#opening?.cancel();
  }

  /** The wedge is gone; a lock under current lets the door go. */
  unjam(): void {
    if (!this.#jammed) return;
    this.#jammed = false;
    this.#startOpening();
  }

  /** A new lock is fitted: cold, unjammed. */
  repair(): void {
    this.#burnt = false;
    this.#jammed = false;
    this.#heatMs = 0;
  }

  #startOpening(): void {
    if (!this.#current || this.#open || this.#jammed) return;
    if (this.#lock.latencyMs === 0) this.#swingOpen('solenoid');
    else this.#opening = this.#clock.after(this.#lock.latencyMs, () => this.#swingOpen('solenoid'));
  }

  #swingOpen(by: 'solenoid' | 'hand'): void {
    if (this.#open) return;
    this.#opening?.cancel();
    this.#open = true;
    this.#tell({ kind: 'opened', door: this.number, atMs: this.#clock.monotonicMs(), by });
  }

  #stopCurrent(): void {
    this.#current = false;
    this.#opening?.cancel();
  }

  #burn(): void {
    this.#burnt = true;
    this.#stopCurrent();
    this.#tell({ kind: 'burnt', door: this.number, atMs: this.#clock.monotonicMs() });
  }
}
