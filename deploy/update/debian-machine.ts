/** The machine that `install.sh` installs on: systemd, releases in a folder, the hub's folder with an owner of its own. */
import {
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { AGENT_SOCKET } from '@lockerhub/protocol/http/agent-status.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { STATE } from '@lockerhub/protocol/update/files.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { askReady, type Place } from './ask-ready.ts';
import { execute } from './execute.ts';
import { type Journal, readJournal, removeJournal, syncFolder, writeJournal } from './journal.ts';
import { dropReleases } from './release-file.ts';
import type { SystemFiles } from './system-files.ts';
import type { Machine } from './update.ts';
import { UpdateError } from './update-error.ts';

/** Whose the hub's folder is. */
export const AS_OWNER = ['setpriv', '--reuid', 'lockerhub', '--regid', 'lockerhub', '--init-groups'] as const;
const LOOK_EVERY_MS = 1_000;
/** The copy, and what a migration writes beside it. */
const ROOM_FACTOR = 2;

export interface DebianMachineOptions {
  /** Speaks with systemd; resolves with what it said. @throws Error where that fails */
  readonly systemctl: (...words: string[]) => Promise<string>;
  /** By it a program is run as whose the hub's folder is: that lies in one that its user may write to, and as root a link
   * laid there would be followed. Empty: nobody else owns it. */
  readonly asOwner: readonly string[];
  /** With `versions/` and `current`. */
  readonly programs: string;
  /** What of a release lies elsewhere. */
  readonly system: SystemFiles;
  /** What is updated, in words and as systemd calls it. */
  readonly what: 'hub' | 'agent';
  readonly unit: string;
  /**
   * Its folder, which is put back where the newer release does not run. Null: an agent's, whose ledger says what was
   * opened: that is never taken back, and each release reads what the one before and behind it wrote.
   */
  readonly data: string | null;
  /** The updater's own, of root alone. */
  readonly state: string;
  /** While it exists a hub is held, or on trial if it was there at its start; an agent opens nothing until it is stopped. */
  readonly holdFile: string;
  readonly place: Place;
  readonly calmWithinMs: number;
  readonly windowMs: number;
  readonly clock: Clock;
  readonly say: (what: string) => void;
  /** Keeps how an update ended, while its journal is still there. */
  readonly onEnd: (journal: Journal, why: Error | null) => Promise<void>;
}

export class DebianMachine implements Machine {
  readonly #options: DebianMachineOptions;
  readonly say: (what: string) => void;

  constructor(options: DebianMachineOptions) {
    this.#options = options;
    this.say = options.say;
  }

  get #journalFile(): string {
    return join(this.#options.state, STATE.journal);
  }

  journal = (): Journal | null => readJournal(this.#journalFile);
  note = (journal: Journal): void => writeJournal(this.#journalFile, journal);

  async end(journal: Journal, why: Error | null): Promise<void> {
    this.trust(this.inUse());
    await this.#options.system.fitUpdater(this.#folderOf(this.inUse()));
    await this.#options.onEnd(journal, why);
    removeJournal(this.#journalFile);
  }

  /** The release whose updater runs after a restart: not one that is being tried. */
  trust(release: string): void {
    this.#link('updater', release);
  }

  inUse(): string {
    return basename(readlinkSync(join(this.#options.programs, 'current')));
  }

  use(release: string): void {
    this.#link('current', release);
  }

  fit(release: string, other: string): Promise<void> {
    return this.#options.system.fit(this.#folderOf(release), this.#folderOf(other));
  }

  switchOn(release: string, before: string): Promise<void> {
    return this.#options.system.switchOn(this.#folderOf(release), this.#folderOf(before));
  }

  takeAway(release: string, stays: string): Promise<void> {
    return this.#options.system.takeAway(this.#folderOf(release), this.#folderOf(stays));
  }

  #folderOf(release: string): string {
    return join(this.#options.programs, 'versions', release);
  }

  #link(name: string, release: string): void {
    const link = join(this.#options.programs, name);
    rmSync(`${link}.new`, { force: true });
    symlinkSync(join('versions', release), `${link}.new`);
    renameSync(`${link}.new`, link);
    syncFolder(this.#options.programs);
  }

  hold(): void {
    writeFileSync(this.#options.holdFile, 'an update is under way\n');
    syncFolder(dirname(this.#options.holdFile));
  }

  letGo(): void {
    rmSync(this.#options.holdFile, { force: true });
    syncFolder(dirname(this.#options.holdFile));
  }

  async untilCalm(): Promise<void> {
    await this.#checkRoom();
    const { clock, calmWithinMs } = this.#options;
    const begunMs = clock.monotonicMs();
    for (;;) {
      const ready = await askReady(this.#options.place);
      // A hub that does not answer begins nothing.
      if (ready === null || (ready.held && ready.calm)) return;
      if (clock.monotonicMs() - begunMs > calmWithinMs) {
        const what =
          'somebody still stands at a screen, or a door is open; close it, or come back at a quieter hour';
        throw new UpdateError('not-calm', what);
      }
      await this.#pause();
    }
  }

  /** Copying needs it, and so does what a migration writes. */
  async #checkRoom(): Promise<void> {
    const { data } = this.#options;
    if (data === null) return;
    const usedKb = Number((await execute('du', ['--summarize', '--block-size=1K', data])).split('\t')[0]);
    const freeKb = Number((await execute('df', ['--output=avail', '--block-size=1K', data])).split('\n')[1]);
    if (freeKb >= usedKb * ROOM_FACTOR) return;
    const [mb, neededMb] = [freeKb, usedKb * ROOM_FACTOR].map((kb) => Math.ceil(kb / 1_000));
    throw new UpdateError(
      'no-room',
      `${mb} MB are free beside ${data}; ${neededMb} MB are needed for its copy`,
    );
  }

  async stop(): Promise<void> {
    await this.#options.systemctl('stop', this.#options.unit);
  }

  async start(): Promise<void> {
    const { what, unit } = this.#options;
    try {
      // At boot it waits for this very program.
      await this.#options.systemctl('start', '--job-mode=ignore-dependencies', unit);
    } catch (cause) {
      throw new UpdateError('unhealthy', `the ${what} does not start: journalctl -u ${unit}`, { cause });
    }
  }

  async watch(): Promise<void> {
    const { clock, windowMs, what, unit } = this.#options;
    const untilMs = clock.monotonicMs() + windowMs;
    const first = await this.#process();
    while (clock.monotonicMs() < untilMs) {
      await this.#pause();
      const ready = await askReady(this.#options.place);
      const now = await this.#process();
      if (now === first && ready?.ready) continue;
      const why = now === first ? 'does not answer' : 'ended and was started again';
      throw new UpdateError('unhealthy', `the ${what} ${why} on trial: journalctl -u ${unit}`);
    }
  }

  async copy(): Promise<void> {
    const { data } = this.#options;
    if (data === null) return;
    const copy = copyOf(data);
    await this.dropCopy();
    // There was room, and meanwhile somebody else has filled the disk.
    await this.#asOwner('cp', ['--archive', '--reflink=auto', data, `${copy}.new`]).catch((cause) => {
      throw new UpdateError('no-room', `${data} can't be copied: ${String(cause)}`, { cause });
    });
    await execute('sync', ['--file-system', `${copy}.new`]);
    renameSync(`${copy}.new`, copy);
    syncFolder(dirname(copy));
  }

  async putBack(): Promise<void> {
    const { data } = this.#options;
    if (data === null) return;
    const copy = copyOf(data);
    if (existsSync(copy)) {
      await this.#asOwner('rm', ['--recursive', '--force', `${data}.failed`]);
      if (existsSync(data)) renameSync(data, `${data}.failed`);
      renameSync(copy, data);
      syncFolder(dirname(data));
    }
    await this.#asOwner('rm', ['--recursive', '--force', `${data}.failed`]);
  }

  async dropCopy(): Promise<void> {
    const { data } = this.#options;
    if (data === null) return;
    const copy = copyOf(data);
    // Into a name that nothing is put back from: half a copy must not look like one.
    if (existsSync(copy)) {
      await this.#asOwner('rm', ['--recursive', '--force', `${copy}.new`]);
      renameSync(copy, `${copy}.new`);
    }
    await this.#asOwner('rm', ['--recursive', '--force', `${copy}.new`]);
  }

  async dropOthers(...kept: string[]): Promise<void> {
    await dropReleases(join(this.#options.programs, 'versions'), kept);
  }

  /** Which process it is, and how often it was started again. */
  async #process(): Promise<string> {
    return this.#options.systemctl('show', '--property=MainPID,NRestarts,ActiveState', this.#options.unit);
  }

  #asOwner(program: string, parameters: readonly string[]): Promise<string> {
    const [first = program, ...rest] = [...this.#options.asOwner, program];
    return execute(first, [...rest, ...parameters]);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(LOOK_EVERY_MS, resolve);
    });
  }
}

const copyOf = (data: string) => `${data}.before-update`;

/** The port of the hub's API, as its settings have it. */
export function hubPort(settingsFile: string): number {
  const [, port] = /^LOCKERHUB_PORT=(\d+)$/m.exec(readFileSync(settingsFile, 'utf8')) ?? [];
  return Number(port ?? DEFAULT_HUB_PORT);
}
const DEFAULT_HUB_PORT = 8080;

/** Where the agent does, as its settings have it: at its kiosk page, or where it serves none, at its socket. */
export function agentPlace(settingsFile: string): Place {
  const { kiosk, folder } = AgentSettings.parse(parse(readFileSync(settingsFile, 'utf8')));
  return kiosk ?? { socketPath: join(resolve(dirname(settingsFile), folder), AGENT_SOCKET) };
}
const AgentSettings = z.looseObject({
  folder: z.string(),
  kiosk: z.object({ port: z.int() }).optional(),
});
