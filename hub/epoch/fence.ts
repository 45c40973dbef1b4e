/**
 * Whether another hub speaks for the building. Then this one opens nothing, takes nothing in and lets go of every bank: two
 * hubs that give out the same doors would put a parcel of one household in with another's. It is kept beside the epoch,
 * so that a restart without the cloud knows it, and only an epoch of this hub's own that is higher ends it
 * (`hub restore`, `hub replace`): a cloud that was rewound, or left, does not.
 */
import { type Epoch, writeEpoch } from './epoch-file.ts';

export class Fence {
  readonly #path: string;
  #epoch: Epoch;
  readonly #onRaised: (() => void)[] = [];

  /** @param path of the epoch's file; @param epoch what it holds */
  constructor(path: string, epoch: Epoch) {
    this.#path = path;
    this.#epoch = epoch;
  }

  /** The number of the hub that speaks for the building; null: this one does. */
  get by(): number | null {
    return this.#epoch.fencedBy ?? null;
  }

  /**
   * Another hub speaks. It holds at once, and is on the disk when this returns.
   *
   * @param by its number, or what is known of it: it is higher than this hub's
   * @throws HubError `epoch-broken` if it could not be kept; it holds for this process all the same
   */
  raise(by: number): void {
    const fencedBy = Math.max(by, this.#epoch.number + 1, this.#epoch.fencedBy ?? 0);
    if (fencedBy === this.#epoch.fencedBy) return;
    const isNew = this.by === null;
    this.#epoch = { ...this.#epoch, fencedBy };
    try {
      writeEpoch(this.#path, this.#epoch);
    } finally {
      if (isNew) for (const raised of this.#onRaised) raised();
    }
  }

  /** Called once, when it is raised in this process. */
  onRaised(raised: () => void): void {
    this.#onRaised.push(raised);
  }
}
