import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Body } from './device.ts';

/** Outputs that a device switches off by itself after a while. */
export class OutputTimers {
  readonly #body: Body;
  readonly #running = new Map<number, Timer>();

  constructor(body: Body) {
    this.#body = body;
  }

  /** Whether the output is on and will be switched off. */
  isRunning(output: number): boolean {
    return this.#running.has(output);
  }

  /** On for so long; one that is on already begins anew. `then` follows the switching off. */
  pulse(output: number, lengthMs: number, then: () => void = () => {}): void {
    this.#running.get(output)?.cancel();
    this.#body.drive(output, true);
    const end = () => {
      this.#running.delete(output);
      this.#body.drive(output, false);
      then();
    };
    this.#running.set(output, this.#body.clock.after(lengthMs, end));
  }

  /** Switches an output for good, whatever was to come. */
  hold(output: number, on: boolean): void {
    this.#running.get(output)?.cancel();
    this.#running.delete(output);
    this.#body.drive(output, on);
  }

  cancelAll(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }
}
