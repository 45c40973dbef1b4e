/** What has to be stopped at the end, in the order in which it was started. */
export class Stops {
  readonly #stops: (() => Promise<void>)[] = [];

  /** To be stopped before everything that was pushed earlier. */
  push(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Stops what is left, the youngest first. One that fails does not keep the others running. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      await stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything stopped in order');
  }
}
