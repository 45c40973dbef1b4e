/** A map by id, as the core reads and writes it: the real one, or a draft over it. */
export interface Table<Value> {
  get(key: string): Value | undefined;
  has(key: string): boolean;
  set(key: string, value: Value): unknown;
  delete(key: string): boolean;
  /** In the order in which keys were first set. */
  values(): Iterable<Value>;
  entries(): Iterable<readonly [string, Value]>;
}

const GONE = Symbol('gone');

/**
 * Changes over a table that it does not touch until `commit`: a command is decided on overlays and takes effect
 * whole, after the log has it, or not at all.
 */
export class Overlay<Value> implements Table<Value> {
  readonly #base: Table<Value>;
  readonly #changed = new Map<string, Value | typeof GONE>();

  constructor(base: Table<Value>) {
    this.#base = base;
  }

  get(key: string): Value | undefined {
    const changed = this.#changed.get(key);
    if (changed === GONE) return undefined;
    return changed ?? this.#base.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: Value): void {
    this.#changed.set(key, value);
  }

  delete(key: string): boolean {
    const had = this.has(key);
    this.#changed.set(key, GONE);
    return had;
  }

  entries(): Iterable<readonly [string, Value]> {
    // Most tables of most commands stay as they are: then the table below answers at its own speed.
    return this.#changed.size === 0 ? this.#base.entries() : this.#merged();
  }

  values(): Iterable<Value> {
    return this.#changed.size === 0 ? this.#base.values() : this.#mergedValues();
  }

  *#merged(): Iterable<readonly [string, Value]> {
    for (const [key, value] of this.#base.entries()) {
      const changed = this.#changed.get(key);
      if (changed !== GONE) yield [key, changed ?? value];
    }
    for (const [key, value] of this.#changed) {
      if (value !== GONE && !this.#base.has(key)) yield [key, value];
    }
  }

  *#mergedValues(): Iterable<Value> {
    for (const [, value] of this.#merged()) yield value;
  }

  /** Writes the changes into the table below. */
  commit(): void {
    for (const [key, value] of this.#changed) {
      if (value === GONE) this.#base.delete(key);
      else this.#base.set(key, value);
    }
    this.#changed.clear();
  }
}
