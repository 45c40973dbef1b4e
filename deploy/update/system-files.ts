/**
 * What of a release lies outside its folder: systemd's units, and the firewall's rules. Which of them a machine has, its
 * installer decided, and of units that are new each says for which machines it is; what stands in them is the release's.
 * Each is replaced whole; doing it twice is the same as once.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execute } from './execute.ts';
import { readIfThere } from './journal.ts';
import { isMeantFor, type MachineKind, unitsOf, unitText } from './release-units.ts';
import type { SystemActs } from './system-acts.ts';

/** Of the updater, whose own release changes last. */
const UPDATER_UNITS: readonly string[] = ['lockerhub-update.service', 'lockerhub-update.path'];
const FIREWALL = 'lockerhub-firewall.service';
/** What a machine is, and what updates it, comes and goes by its installer alone: also where a release keeps its units elsewhere. */
const INSTALLERS: ReadonlySet<string> = new Set([
  ...UPDATER_UNITS,
  ...['lockerhub-hub.service', 'lockerhub-agent.service', FIREWALL],
]);
/** Where the installer switches units on. */
const WANTS = 'multi-user.target.wants';
/** As `firewall.sh` writes it. */
const MODBUS_INTERFACE = /^\s*iifname "([^"]+)" drop\s*$/m;

export interface SystemFilesOptions {
  readonly acts: SystemActs;
  /** With the units; what lies there by another name is somebody else's. */
  readonly units: string;
  /** The firewall's rules; where they are missing there is no firewall. */
  readonly rules: string;
  /** A file that is there from before rules are written until they are in force. */
  readonly rulesMark: string;
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
   * Puts those of a release in place of what another one's were. A unit that the other one has not lies there then, and is
   * neither switched on nor started: nobody is to be told anything by a release that may be put back.
   *
   * @param folder of the release; @param other of the one in whose place it comes
   */
  async fit(folder: string, other: string): Promise<void> {
    const units = unitsOf(folder).filter((unit) => !UPDATER_UNITS.includes(unit));
    await this.#putUnits(folder, units, this.#added(folder, other));
    await this.#putRules(folder, other);
  }

  /** The updater's own units. */
  async fitUpdater(folder: string): Promise<void> {
    await this.#putUnits(folder, UPDATER_UNITS, []);
  }

  /** Switches on and starts what a release that stays has more than the one before. systemd goes on with that by itself. */
  async switchOn(folder: string, before: string): Promise<void> {
    const { acts, units } = this.#options;
    const added = this.#added(folder, before).filter((unit) => existsSync(join(units, unit)));
    if (added.length === 0) return;
    for (const unit of added) acts.link(join(units, WANTS, unit), join('..', unit));
    await acts.systemctl('daemon-reload');
    // At boot one of them may wait for this very program.
    for (const unit of added) await this.#try('start', '--no-block', unit);
  }

  /** Takes away what a release that goes has more than the one that stays. */
  async takeAway(folder: string, stays: string): Promise<void> {
    const { acts, units } = this.#options;
    const gone = onlyIn(folder, stays);
    for (const unit of gone) {
      if (existsSync(join(units, unit))) await this.#try('stop', unit);
      acts.remove(join(units, WANTS, unit));
      acts.remove(join(units, unit));
    }
    if (gone.length > 0) await acts.systemctl('daemon-reload');
  }

  /** One unit that does not start or stop must not keep hub or agent from it. */
  async #try(...words: string[]): Promise<void> {
    await this.#options.acts
      .systemctl(...words)
      .catch((error: unknown) => this.#options.say(`systemctl ${words.join(' ')}: ${String(error)}`));
  }

  /** What a release has for this machine and the other one has for none. */
  #added(folder: string, other: string): string[] {
    const kinds = this.#kinds();
    return onlyIn(folder, other).filter((unit) => isMeantFor(unitText(folder, unit) ?? '', kinds));
  }

  #kinds(): ReadonlySet<MachineKind> {
    const { units, rules } = this.#options;
    const kinds = new Set<MachineKind>();
    if (existsSync(join(units, 'lockerhub-hub.service'))) kinds.add('hub');
    if (existsSync(join(units, 'lockerhub-agent.service'))) kinds.add('agent');
    if (existsSync(rules)) kinds.add('firewall');
    return kinds;
  }

  async #putUnits(folder: string, units: readonly string[], added: readonly string[]): Promise<void> {
    const { acts } = this.#options;
    let isChanged = false;
    for (const unit of units) {
      const target = join(this.#options.units, unit);
      const text = unitText(folder, unit);
      const present = readIfThere(target);
      if (text === null || text === present || (present === null && !added.includes(unit))) continue;
      acts.replace(target, text, 'readable');
      isChanged = true;
    }
    // Also where a run before this one died behind its last file: systemd may have read none of them yet.
    if (isChanged || (await this.#isStale(units))) await acts.systemctl('daemon-reload');
  }

  async #isStale(units: readonly string[]): Promise<boolean> {
    const present = units.filter((unit) => existsSync(join(this.#options.units, unit)));
    if (present.length === 0) return false;
    const said = await this.#options.acts.systemctl('show', '--property=NeedDaemonReload', ...present);
    return said.includes('NeedDaemonReload=yes');
  }

  /** Rules that nobody wrote by hand are what one of the two releases prints for this machine. */
  async #putRules(folder: string, other: string): Promise<void> {
    const { acts, rules, rulesMark, say } = this.#options;
    const present = readIfThere(rules);
    if (present === null) return;
    const wanted = await this.#printed(folder, present);
    if (wanted === null) return;
    if (wanted !== present) {
      if (present !== (await this.#printed(other, present)))
        return say(`${rules} was changed by hand and stays as it is; ${basename(folder)} has other rules`);
      // Whoever comes after a death between these two can't see it by the rules.
      acts.replace(rulesMark, '', 'private');
      acts.replace(rules, wanted, 'as-before');
    } else if (!existsSync(rulesMark)) return;
    // Nothing is open in between: nft does it at once.
    await acts.systemctl('try-reload-or-restart', FIREWALL);
    acts.remove(rulesMark);
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

/** Units of a release that the other one has not. */
function onlyIn(folder: string, other: string): string[] {
  const known = new Set(unitsOf(other));
  return unitsOf(folder).filter((unit) => !known.has(unit) && !INSTALLERS.has(unit));
}
