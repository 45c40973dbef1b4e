/** What of a hub reaches doors, agents and residents. It lets go of it when it stops, and at once when it is fenced. */
export class Reach {
  readonly #held: (() => Promise<void> | void)[] = [];

  /** @param letGo ends one of it; called once */
  hold(letGo: () => Promise<void> | void): void {
    this.#held.push(letGo);
  }

  /** What was begun last ends first. */
  async letGo(): Promise<void> {
    for (let letGo = this.#held.pop(); letGo; letGo = this.#held.pop()) await letGo();
  }
}
