/** Waits for the next change of a shape. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { SimError } from '../../error.ts';
import type { Shape } from '../shapes/shape.ts';

export class WaitingRoom {
  readonly #clock: Clock;
  readonly #seats: number;
  #taken = 0;

  constructor(clock: Clock, seats: number) {
    this.#clock = clock;
    this.#seats = seats;
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * Resolves at the next change of the shape, when it is given up, after `withinMs`, or when the client goes.
   *
   * @throws SimError `overloaded` if too many wait already.
   */
  async wait(shape: Shape, withinMs: number, client: AbortSignal): Promise<void> {
    if (this.#taken >= this.#seats) {
      throw new SimError(
        'overloaded',
        `more than ${this.#seats} requests wait for changes; come again later`,
      );
    }
    if (client.aborted) return;
    this.#taken += 1;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(withinMs, end);
      const forget = shape.onChange(end);
      client.addEventListener('abort', end, { once: true });
      function end(): void {
        timer.cancel();
        forget();
        client.removeEventListener('abort', end);
        resolve();
      }
    });
    this.#taken -= 1;
  }
}
