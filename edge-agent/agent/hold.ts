/**
 * Whether an update of this agent is about to stop it, as the updater (root's, `deploy/update/SPEC.md`) says it: by a file.
 * While that is there nothing more is opened. The process that finds it at its start is the one that was started by the
 * updater, and opens: whoever stands at the bank does not wait for a trial.
 */
import { existsSync } from 'node:fs';

export class Hold {
  readonly #path: string | undefined;

  /** @param path of the file; undefined: nobody updates this agent */
  constructor(path: string | undefined) {
    this.#path = path !== undefined && existsSync(path) ? undefined : path;
  }

  /** Looked at each time: a look costs microseconds. */
  get isOn(): boolean {
    return this.#path !== undefined && existsSync(this.#path);
  }
}
