/**
 * Whether an update is under way, as the updater (root's, `deploy/update/SPEC.md`) says it: by a file. It comes while the
 * hub runs: then no visit begins, and the updater waits for a quiet moment. It is there at the start: then the hub is on
 * trial, and takes nothing in from anybody, so that its folder can still be put back.
 */
import { existsSync } from 'node:fs';

export class Hold {
  readonly #path: string | undefined;
  /** For this process's whole life: a hub that may speak is started anew. */
  readonly isTrial: boolean;

  /** @param path of the file; undefined: nobody updates this hub */
  constructor(path: string | undefined) {
    this.#path = path;
    this.isTrial = path !== undefined && existsSync(path);
  }

  /** Looked at each time: a look costs microseconds, and a hold must not begin late. */
  get isOn(): boolean {
    return this.isTrial || (this.#path !== undefined && existsSync(this.#path));
  }
}
