/**
 * What of a release lies outside its folder: systemd's units, and the firewall's rules. Which of them a machine has, its
 * installer decided; what stands in them is the release's. Each is replaced whole; doing it twice is the same as once.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execute } from './execute.ts';
import { readIfThere, replaceFile } from './journal.ts';

/** Of the programs that are updated, and what stands before them. */
const PROGRAM_UNITS = ['hub.service', 'agent.service', 'firewall.service'];
/** Of the updater, whose own release changes last. */
const UPDATER_UNITS = ['update.service', 'update.path'];
const FIREWALL = 'lockerhub-firewall.service';
/** As `firewall.sh` writes it. */
const MODBUS_INTERFACE = /^\s*iifname "([^"]+)" drop\s*$/m;

export interface SystemFilesOptions {
  readonly systemctl: (...words: string[]) => Promise<string>;
  /** With the units; what lies there by another name is somebody else's. */
  readonly units: string;
  /** The firewall's rules; where they are missing there is no firewall. */
  readonly rules: string;
  /** Of the hub's pages; null: no hub is on this machine. */
  readonly hubPort: () => number | null;
  readonly say: (what: string) => void;
}

export class SystemFiles {
  readonly #options: SystemFilesOptions;

  constructor(options: SystemFilesOptions) {
    this.#options = options;
  }

  /**
   * Puts those of a release in place of what another one's were.
   *
   * @param folder of the release; @param other of the one in whose place it comes
   */
  async fit(folder: string, other: string): Promise<void> {
    await this.#putUnits(folder, PROGRAM_UNITS);
    await this.#putRules(folder, other);
  }

  /** The updater's own units. */
  async fitUpdater(folder: string): Promise<void> {
    await this.#putUnits(folder, UPDATER_UNITS);
  }

  async #putUnits(folder: string, units: readonly string[]): Promise<void> {
    let isChanged = false;
    for (const unit of units) {
      const target = join(this.#options.units, `lockerhub-${unit}`);
      const text = readIfThere(join(folder, 'deploy', 'systemd', `lockerhub-${unit}`));
      const present = readIfThere(target);
      if (text === null || present === null || text === present) continue;
      replaceFile(target, text, 'readable');
      isChanged = true;
    }
    // Also where a run before this one died behind its last file: systemd may have read none of them yet.
    if (isChanged || (await this.#isStale(units))) await this.#options.systemctl('daemon-reload');
  }

  async #isStale(units: readonly string[]): Promise<boolean> {
    const present = units
      .map((unit) => `lockerhub-${unit}`)
      .filter((unit) => existsSync(join(this.#options.units, unit)));
    if (present.length === 0) return false;
    const said = await this.#options.systemctl('show', '--property=NeedDaemonReload', ...present);
    return said.includes('NeedDaemonReload=yes');
  }

  /** Rules that nobody wrote by hand are what one of the two releases prints for this machine. */
  async #putRules(folder: string, other: string): Promise<void> {
    const { rules, systemctl, say } = this.#options;
    const present = readIfThere(rules);
    if (present === null) return;
    const wanted = await this.#printed(folder, present);
    if (wanted === null) return;
    if (wanted !== present) {
      if (present !== (await this.#printed(other, present)))
        return say(`${rules} was changed by hand and stays as it is; ${basename(folder)} has other rules`);
      replaceFile(rules, wanted, 'as-before');
    }
    // Rules that are in force already are put in force once more; nothing is open in between (nft does it at once).
    await systemctl('try-reload-or-restart', FIREWALL);
  }

  /** Null: a release that does not say its rules. */
  async #printed(folder: string, present: string): Promise<string | null> {
    const script = join(folder, 'deploy', 'firewall.sh');
    if (!existsSync(script)) return null;
    const [, modbus = ''] = MODBUS_INTERFACE.exec(present) ?? [];
    const port = this.#options.hubPort();
    return execute('sh', [script, port === null ? 'agent' : 'hub', String(port ?? 0), modbus]);
  }
}
