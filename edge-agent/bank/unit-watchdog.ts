/** Keeps the watchdog of one unit: arms it, feeds it, and knows whether it would turn the outputs off if the agent died. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { type Line, LineError } from '../lines/line.ts';
import { Cadence } from './cadence.ts';
import type { UnitGuard } from './unit-guard.ts';
import type { WatchdogWires } from './wires.ts';

/** Beats within the time-out: each feeds and checks, and some may be lost or wait behind other requests. */
const BEATS_IN_TIMEOUT = 4;
const WORD_MAX = 0xffff;

export interface UnitWatchdogOptions {
  readonly wires: WatchdogWires;
  readonly line: Line;
  readonly clock: Clock;
}

export class UnitWatchdog implements UnitGuard {
  readonly #options: UnitWatchdogOptions;
  readonly #cadence: Cadence;
  /** When the unit last said that it is armed, and on which connection. */
  #armed: { readonly connection: number; readonly atMs: number } | null = null;
  #fed = 0;

  /** Does nothing until `start`. */
  constructor(options: UnitWatchdogOptions) {
    this.#options = options;
    const periodMs = Math.floor(options.wires.timeoutMs / BEATS_IN_TIMEOUT);
    this.#cadence = new Cadence(options.clock, periodMs, () => this.#beat());
  }

  /** It said so on this connection, and so lately that it can't have expired since. */
  get ready(): boolean {
    const { wires, line, clock } = this.#options;
    return (
      this.#armed !== null &&
      this.#armed.connection === line.connection &&
      clock.monotonicMs() - this.#armed.atMs < wires.timeoutMs
    );
  }

  start(): void {
    this.#cadence.start();
  }

  stop(): void {
    this.#cadence.stop();
  }

  async #beat(): Promise<void> {
    const { line, wires, clock } = this.#options;
    if (!line.reaches(wires.unit)) return;
    const { connection } = line;
    try {
      await this.#feed();
      // The unit's own time runs from a request that it hears later than this.
      const atMs = clock.monotonicMs();
      const isArmed = (await this.#check()) || (await this.#arm());
      this.#armed = isArmed ? { connection, atMs } : null;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      // An exception says that it is not armed; without an answer, what was known grows old by itself.
      if (error.code === 'line-exception') this.#armed = null;
    }
  }

  async #feed(): Promise<void> {
    const { line, wires } = this.#options;
    if (wires.feed === null) return;
    this.#fed = (this.#fed % WORD_MAX) + 1;
    await line.request({ ...wires.feed, value: this.#fed }, 'command');
  }

  /** Reads what an armed watchdog shows. Reading it is a request, which feeds most of them. */
  async #check(): Promise<boolean> {
    const { line, wires } = this.#options;
    for (const { read, holds } of wires.check) {
      const [value] = await line.request(read, 'command');
      if (value !== holds) return false;
    }
    return true;
  }

  async #arm(): Promise<boolean> {
    const { line, wires } = this.#options;
    for (const write of wires.arm) await line.request(write, 'command');
    return this.#check();
  }
}
