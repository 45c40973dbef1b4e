/** Backups of the whole hub: made by `schedule.ts`, looked into at once, kept by `retention.ts`. See SPEC.md. */
import { rm } from 'node:fs/promises';
import type { BackupReason, BackupsView } from '@lockerhub/protocol/http/backup.ts';
import type { RecoveryView } from '@lockerhub/protocol/http/recovery.ts';
import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { HubCommand } from '../deliveries/command.ts';
import type { Policy } from '../deliveries/policy.ts';
import { HubError } from '../error.ts';
import { type BackupStep, reasonOf } from './backup-fault.ts';
import { backupsIn, type Made } from './backups-in.ts';
import { type MakeBackupOptions, makeBackup, type NewlyMade } from './make-backup.ts';
import { placeOf } from './place.ts';
import { judged } from './retention.ts';
import { isDue } from './schedule.ts';

/** How often it is looked whether one is due. */
const LOOK_EVERY_MS = 10 * 60_000;
/** After a failure, such as a stick that was pulled out; and whatever the clock says, never more often by itself. */
const AGAIN_AFTER_MS = 60 * 60_000;

export interface BackupsOptions extends MakeBackupOptions {
  /** By whose clocks the policy's hour is meant: IANA's name. */
  readonly timeZone: () => string;
  readonly policy: () => Pick<
    Policy,
    'backupEvery' | 'backupHour' | 'backupDays' | 'backupWeeks' | 'backupMonths'
  >;
  /** An update is under way, or this hub is on trial: what it is may be put back. */
  readonly isHeld: () => boolean;
  /** Which recovery key there is now. */
  readonly recoveryKey: () => RecoveryView['current'];
  /** Opens the case that one could not be made and has managers told, and closes it once one was. */
  readonly execute: (
    command: Extract<HubCommand, { type: 'backup-failed' | 'backup-made' }>,
  ) => Promise<unknown>;
  readonly log: Logger;
}

interface Failure {
  readonly atMs: number;
  readonly reason: BackupReason;
  readonly message: string;
}

export class Backups {
  readonly #options: BackupsOptions;
  #timer: Timer | undefined;
  #making: Promise<NewlyMade> | undefined;
  #step: { readonly step: BackupStep; readonly bytes: number } | null = null;
  #failure: Failure | null = null;
  /** When the last one was made or failed, monotonic. */
  #triedAtMs: number | undefined;
  #stopped = false;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.folder !== undefined) this.#lookLater();
  }

  /** Waits for one that is being made: a copy cut short is thrown away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#making?.catch(() => {
      // Said and kept by `make`.
    });
  }

  /** What there is, newest first, and what the policy makes of it. */
  async view(): Promise<BackupsView> {
    const { folder, dataFolder, recoveryKey } = this.#options;
    const key = recoveryKey();
    const { backups, unreadable } = folder === undefined ? NONE : await backupsIn(folder);
    const own = this.#judged(backups);
    return {
      folder: folder ?? null,
      place: folder === undefined ? null : await placeOf(folder, dataFolder),
      making: this.#making !== undefined,
      progress: this.#step && { ...this.#step, ofBytes: own[0]?.bytes ?? null },
      failure: this.#failure && {
        at: this.#failure.atMs,
        reason: this.#failure.reason,
        message: this.#failure.message,
      },
      backups: own.map(({ file, madeAtMs, bytes, seq, keptAs, keyGeneration }) => ({
        file,
        madeAt: madeAtMs,
        bytes,
        seq,
        keptAs,
        isOfFormerKey: key !== null && keyGeneration !== null && keyGeneration !== key.generation,
      })),
      unreadable: [...unreadable],
      isKeyPrinted: key?.confirmed === true,
    };
  }

  /**
   * Makes one now and looks into it; one that is being made already is waited for.
   *
   * @throws HubError `backup-failed` (no folder, no recovery key, no room), `backup-broken` (it does not open)
   */
  make(): Promise<NewlyMade> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
      this.#step = null;
    });
    return this.#making;
  }

  async #make(): Promise<NewlyMade> {
    const { clock, log } = this.#options;
    try {
      const made = await makeBackup(this.#options, (step, bytes) => {
        this.#step = { step, bytes };
      });
      await this.#forgetOld(made.file);
      this.#failure = null;
      log.info({ file: made.file, bytes: made.bytes, seq: made.seq }, 'a backup was made and opens');
      await this.#tell({ type: 'backup-made' });
      return made;
    } catch (cause) {
      const error =
        cause instanceof HubError
          ? cause
          : new HubError('backup-failed', `no backup: ${String(cause)}`, { cause });
      const reason = reasonOf(cause, this.#step?.step ?? 'writing');
      this.#failure = { atMs: clock.wallMs(), reason, message: error.message };
      log.error({ err: error, reason }, 'no backup was made');
      await this.#tell({ type: 'backup-failed', reason });
      throw error;
    } finally {
      this.#triedAtMs = clock.monotonicMs();
    }
  }

  /** What became of the backup stands, whether or not staff could be told. */
  async #tell(command: Parameters<BackupsOptions['execute']>[0]): Promise<void> {
    const { execute, log } = this.#options;
    await execute(command).catch((error: unknown) =>
      log.error({ err: error }, 'the case about backups could not be written'),
    );
  }

  /** Those of this building, with what the policy keeps them as. */
  #judged(backups: readonly Made[]) {
    const { building, policy } = this.#options;
    const { backupDays: days, backupWeeks: weeks, backupMonths: months } = policy();
    return judged(
      backups.filter((each) => each.building === building()),
      { days, weeks, months },
    );
  }

  /** One that can't be removed is no reason to call the new one none: it is tried again after the next. */
  async #forgetOld(newest: string): Promise<void> {
    const { folder, log } = this.#options;
    if (folder === undefined) return;
    const { backups, unreadable } = await backupsIn(folder);
    if (unreadable.length > 0) log.warn({ unreadable }, 'these files are called backups and are none');
    for (const { file, keptAs } of this.#judged(backups)) {
      // Made by a hub that another one has followed, it sorts behind all of that one's in the same folder.
      if (keptAs !== 'goes' || file === newest) continue;
      await rm(file).catch((error: unknown) => log.warn({ err: error, file }, 'this backup was to go'));
    }
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.after(LOOK_EVERY_MS, () => void this.#makeIfDue());
  }

  async #makeIfDue(): Promise<void> {
    try {
      if (await this.#isDue()) await this.make();
    } catch {
      // Said and kept by `make`; tried again in a while.
    }
    if (!this.#stopped) this.#lookLater();
  }

  async #isDue(): Promise<boolean> {
    const { folder, clock, sealed, policy, timeZone, building, isHeld } = this.#options;
    if (folder === undefined || sealed() === null || isHeld()) return false;
    if (this.#triedAtMs !== undefined && clock.monotonicMs() - this.#triedAtMs < AGAIN_AFTER_MS) return false;
    const { backups } = await backupsIn(folder);
    const newest = backups.find((each) => each.building === building());
    const { backupEvery: every, backupHour: hour } = policy();
    return isDue(newest?.madeAtMs, clock.wallMs(), { every, hour, timeZone: timeZone() });
  }
}

const NONE = { backups: [], unreadable: [] };
