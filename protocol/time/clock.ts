/** A timer that can be taken back. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the outside hands it in, so that a whole building can run on a virtual clock.
 *
 * The wall clock may lie (a hub that boots in 1970): it dates things and never orders them.
 * Every deadline is monotonic.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, as the machine believes it. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. Comparable within one process only. */
  monotonicMs(): number;
  /** Runs `act` once, `delayMs` from now (0 = as soon as the present work is done). */
  after(delayMs: number, act: () => void): Timer;
  /**
   * Like `after`, but never early and not a millisecond or two late, as timers are: keeps a core awake for up to
   * `AWAKE_MS` before its time. For short waits that somebody at a door waits for.
   */
  punctually(delayMs: number, act: () => void): Timer;
}

/** A timer of Node has whole milliseconds, rounded up, and counts them from when its loop last looked at the clock. */
const AWAKE_MS = 2;

/** The machine's own clock. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, act) {
    const handle = setTimeout(act, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  punctually(delayMs, act) {
    const dueMs = performance.now() + delayMs;
    let isOver = false;
    const look = (): void => {
      if (isOver) return;
      // Between two looks the event loop serves whatever else has come.
      if (performance.now() < dueMs) setImmediate(look);
      else act();
    };
    const timer = delayMs > AWAKE_MS ? setTimeout(look, delayMs - AWAKE_MS) : undefined;
    if (!timer) setImmediate(look);
    return {
      cancel() {
        isOver = true;
        clearTimeout(timer);
      },
    };
  },
};

/** Resolves after `delayMs` on the given clock. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
