/** Work that must not overlap: each piece begins when the one before it has ended, however that ended. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Pieces that were given and have not ended. There is no bound here: who gives them looks at this and refuses. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Does it in its turn. Its failure is told to the one who gave it; whoever comes next does not care. */
  take<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const done = this.#last.then(act);
    const over = () => {
      this.#waiting -= 1;
    };
    this.#last = done.then(over, over);
    return done;
  }

  /** Resolves when everything that was given until now has ended. */
  ended(): Promise<void> {
    return this.#last;
  }
}
