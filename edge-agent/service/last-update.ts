/** How the last update of this machine ended, as the updater beside the agent has written it down. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { LastUpdate, MAX_NAME, STATE, type ToldUpdate, words } from '@lockerhub/protocol/update/files.ts';

/** The updater writes it after the agent has started, and tells nobody. One small file is read. */
const LOOK_EVERY_MS = 10_000;

export interface UpdateWatchOptions {
  /** The updater's; undefined: there is none beside this agent. */
  readonly folder: string | undefined;
  readonly clock: Clock;
  /** It is another one than before. */
  readonly onChange: () => void;
}

export class UpdateWatch {
  readonly #options: UpdateWatchOptions;
  #last: ToldUpdate | undefined;
  #timer: Timer | undefined;

  constructor(options: UpdateWatchOptions) {
    this.#options = options;
    this.#last = this.#read();
  }

  /** Undefined: none is known. */
  get last(): ToldUpdate | undefined {
    return this.#last;
  }

  start(): void {
    if (this.#options.folder === undefined) return;
    this.#timer = this.#options.clock.after(LOOK_EVERY_MS, () => {
      const last = this.#read();
      // While an update is under way there is none; the one before it stays what it was.
      const isOther = last !== undefined && last.endedAtMs !== this.#last?.endedAtMs;
      if (isOther) {
        this.#last = last;
        this.#options.onChange();
      }
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** What is there and can't be read is as if it were not: it says something of the past, and nothing hangs on it. */
  #read(): ToldUpdate | undefined {
    const { folder } = this.#options;
    if (folder === undefined) return undefined;
    try {
      const last = LastUpdate.parse(JSON.parse(readFileSync(join(folder, STATE.last), 'utf8')));
      const { endedAtMs, release, isKept, code, why } = last;
      // Longer than a hub takes: it would not hear the rest of what this agent says of itself.
      return {
        endedAtMs,
        release: release?.slice(0, MAX_NAME) ?? null,
        isKept,
        code,
        why: why && words(why),
      };
    } catch {
      return undefined;
    }
  }
}
