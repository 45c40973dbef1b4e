/** Who is next: doors before the desk, within a lane in the order of arrival. */

/** How many calls may wait in each lane; the next one is refused at once. */
export const LANE_LIMITS = { door: 1_000, desk: 200 } as const;
/** How many appends share one transaction: what piles up during one commit goes out with the next. */
export const GROUP_LIMIT = 32;

/** Two bounded queues. `Door` and `Desk` are what waits in each. */
export class Lanes<Door, Desk> {
  readonly #door: Door[] = [];
  readonly #desk: Desk[] = [];

  /** Queues an append; false if its lane is full. */
  pushDoor(item: Door): boolean {
    if (this.#door.length >= LANE_LIMITS.door) return false;
    this.#door.push(item);
    return true;
  }

  /** Queues a query; false if its lane is full. */
  pushDesk(item: Desk): boolean {
    if (this.#desk.length >= LANE_LIMITS.desk) return false;
    this.#desk.push(item);
    return true;
  }

  /** Takes what runs next: all appends that may go together, or else one query. */
  next(): { readonly doors: readonly Door[] } | { readonly desk: Desk } | null {
    if (this.#door.length > 0) return { doors: this.#door.splice(0, GROUP_LIMIT) };
    const desk = this.#desk.shift();
    return desk === undefined ? null : { desk };
  }

  get empty(): boolean {
    return this.#door.length === 0 && this.#desk.length === 0;
  }

  /** Empties both lanes: what the store can no longer do. */
  drain(): readonly (Door | Desk)[] {
    return [...this.#door.splice(0), ...this.#desk.splice(0)];
  }
}
