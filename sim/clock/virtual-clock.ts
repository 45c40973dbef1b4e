import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
  cancelled: boolean;
}

/** So many timers in a row without time moving on are a loop that never ends. */
const MAX_AT_ONCE = 20_000;
/** More timers than this at once is a leak in what is being simulated. */
const MAX_TIMERS = 1_000_000;

/**
 * A clock that stands still until it is told to move. Timers due at the same moment fire in the order they were set,
 * and all promises that a timer set off are settled before the next one fires, so a run replays exactly.
 */
export class VirtualClock implements Clock {
  readonly #heap: Due[] = [];
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #order = 0;

  /** @param wallMs what the wall clock says at the start, ms since 1970. */
  constructor(wallMs: number) {
    this.#wallOffsetMs = wallMs;
  }

  wallMs(): number {
    return this.#monotonicMs + this.#wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, act: () => void): Timer {
    if (this.#heap.length >= MAX_TIMERS)
      throw new Error(`more than ${MAX_TIMERS} timers wait: something leaks them`);
    const due: Due = {
      // Whole milliseconds, as the system's timers have.
      atMs: this.#monotonicMs + Math.ceil(Math.max(0, delayMs)),
      order: this.#order++,
      act,
      cancelled: false,
    };
    this.#push(due);
    return {
      cancel: () => {
        due.cancelled = true;
      },
    };
  }

  punctually(delayMs: number, act: () => void): Timer {
    return this.after(delayMs, act);
  }

  /** Sets the wall clock alone, as a bad battery or a time server does. Monotonic time goes on. */
  setWall(wallMs: number): void {
    this.#wallOffsetMs = wallMs - this.#monotonicMs;
  }

  /** Moves time on by `durationMs`, firing what is due on the way. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#monotonicMs + durationMs;
    await settle();
    let atOnce = 0;
    for (let due = this.#heap[0]; due && due.atMs <= untilMs; due = this.#heap[0]) {
      this.#pop();
      if (due.cancelled) continue;
      atOnce = due.atMs > this.#monotonicMs ? 0 : atOnce + 1;
      if (atOnce > MAX_AT_ONCE)
        throw new Error(`time stands still at ${this.#monotonicMs} ms: timers set timers without end`);
      this.#monotonicMs = Math.max(this.#monotonicMs, due.atMs);
      due.act();
      await settle();
    }
    this.#monotonicMs = untilMs;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !sooner(due, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (!left) break;
      const next = right && sooner(right, left) ? right : left;
      if (next === right) child += 1;
      if (!sooner(next, last)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = last;
  }
}

function sooner(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Lets every promise that can settle now do so: the event loop comes round only when no microtask is left. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
