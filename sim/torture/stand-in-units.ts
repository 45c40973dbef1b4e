/** What systemd and the firewall know of a machine's units and rules: as of the last time that they looked, not as it lies there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const UNIT = /^lockerhub-.*\.(service|path|timer)$/;
const WANTS = 'multi-user.target.wants';

export class StandInUnits {
  readonly #folder: string;
  readonly #rules: string;
  #known = new Map<string, string>();
  #started = new Set<string>();
  #loaded: string | null = null;
  /** How often the firewall was told to take its rules anew. */
  reloads = 0;

  /** @param folder with the units; @param rules the firewall's file */
  constructor(folder: string, rules: string) {
    this.#folder = folder;
    this.#rules = rules;
    this.boot();
  }

  /** Everything is read anew, and what is switched on starts. */
  boot(): void {
    this.#known = this.#present();
    this.#started = new Set(this.#switchedOn());
    this.#loaded = readIfThere(this.#rules);
  }

  /** As `systemctl` with these words. @throws Error as that fails */
  obey(words: readonly string[]): string {
    const [verb, unit] = [words[0], words.at(-1) ?? ''];
    if (verb === 'daemon-reload') this.#known = this.#present();
    if (verb === 'try-reload-or-restart') {
      this.#loaded = readIfThere(this.#rules);
      this.reloads += 1;
    }
    if (verb === 'start' || verb === 'stop') {
      if (!this.#known.has(unit) && !this.#started.has(unit)) throw new Error(`Unit ${unit} not loaded.`);
      if (verb === 'start') this.#started.add(unit);
      else this.#started.delete(unit);
    }
    const isStale = words.some(
      (name) => UNIT.test(name) && this.#known.get(name) !== this.#present().get(name),
    );
    return verb === 'show' ? `NeedDaemonReload=${isStale ? 'yes' : 'no'}\n` : '';
  }

  /** Units and rules as they are, on the disk and in force: two machines that are alike say the same. */
  standing(): object {
    return {
      units: Object.fromEntries(this.#present()),
      known: Object.fromEntries(this.#known),
      switchedOn: this.#switchedOn(),
      started: [...this.#started].sort(),
      rules: readIfThere(this.#rules),
      loaded: this.#loaded,
    };
  }

  #present(): Map<string, string> {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder).filter((name) => UNIT.test(name)) : [];
    return new Map(names.sort().map((name) => [name, readFileSync(join(this.#folder, name), 'utf8')]));
  }

  #switchedOn(): string[] {
    const folder = join(this.#folder, WANTS);
    // A link that leads nowhere is passed over.
    return existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => existsSync(join(folder, name)))
          .sort()
      : [];
  }
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
