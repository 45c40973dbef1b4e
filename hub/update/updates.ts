/**
 * Updates of this hub, as far as the hub has a say: a release comes in, somebody wants it, and the updater beside the hub
 * (root's, `deploy/update/SPEC.md`) is asked. Whether a release is good, and what runs, is the updater's alone.
 */
import { join } from 'node:path';
import type { BeginUpdate, UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import type { Actor, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import { COMMAND_EXPIRES_MS, type OfferedRelease } from '@lockerhub/protocol/sync/commands.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { idOf, newId, type Random } from '@lockerhub/protocol/time/random.ts';
import {
  CheckedRelease,
  LastUpdate,
  STATE,
  type UpdateFault,
  UpdateJournal,
} from '@lockerhub/protocol/update/files.ts';
import type { Logger } from 'pino';
import type { HubCommand } from '../deliveries/command.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Store } from '../store/store.ts';
import { SOFTWARE } from '../version.ts';
import { decide } from './decide.ts';
import { Fetching } from './fetching.ts';
import { Inbox, type Order, readFileAs } from './inbox.ts';

/** How often it is looked at what the updater says: pages show it. */
const LOOK_EVERY_MS = 2_000;
/** How long the updater waits for a quiet moment: a courier's round. */
const CALM_WITHIN_MS = 15 * 60_000;
/** An hour is chosen for the coming days. */
const MOST_AHEAD_MS = 7 * 24 * 3_600_000;

/** Where hub and updater meet. */
export interface UpdateFolders {
  /** The hub writes there. */
  readonly inbox: string;
  /** The updater writes there. */
  readonly state: string;
}

export interface UpdatesOptions {
  /** Undefined: there is no updater beside this hub. */
  readonly folders: UpdateFolders | undefined;
  /** On trial nothing is written down: it may be put back. */
  readonly isTrial: boolean;
  readonly log: BuildingLog;
  readonly store: Pick<Store, 'query' | 'disk'>;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  readonly random: Random;
  /** A piece of a release that the cloud offers. @throws CloudFault */
  readonly fetchPiece: (sha256: string, at: number, most: number) => Promise<Uint8Array>;
  /** Writes down how one ended; managers are told of what was not kept. */
  readonly execute: (command: Extract<HubCommand, { readonly type: 'update-ended' }>) => Promise<unknown>;
  readonly logger: Logger;
}

/** How long an order of the cloud is good: as its command. */
const FETCH_WITHIN_MS = COMMAND_EXPIRES_MS;

const HUB: Actor = { kind: 'hub' };

export class Updates {
  readonly #options: UpdatesOptions;
  readonly #inbox: Inbox;
  readonly #fetching: Fetching;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Since when a word of the updater is waited for, by the monotonic clock. */
  #unseenSinceMs: number | null = null;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options.folders?.inbox ?? '');
    this.#fetching = new Fetching({ ...options, inbox: this.#inbox });
  }

  start(): void {
    if (this.#options.folders && !this.#options.isTrial) this.#lookLater(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  /** How things stand. */
  async view(): Promise<Omit<UpdatesView, 'agents'>> {
    if (!this.#options.folders) {
      const none = { file: null, wanted: null, running: null, last: null };
      return { isPossible: false, software: SOFTWARE, ...none };
    }
    const [file, plan, open] = [await this.#inbox.file(), await this.#inbox.plan(), await this.#open()];
    const isFetched = (await this.#inbox.order()) !== null;
    const [journal, checked, last] = await this.#said();
    const { file: of = null, ...found } = checked ?? {};
    return {
      isPossible: true,
      software: SOFTWARE,
      file: file && {
        ...file,
        checked: of === file.file ? { release: null, fault: null, ...found } : null,
      },
      wanted:
        open === null || journal || last?.update === open
          ? null
          : { update: open, at: plan?.atMs ?? null, isFetched },
      running: journal && { phase: journal.phase, to: journal.to },
      last,
    };
  }

  /** A release of this size is to come, in the place of one that lies there. @throws HubError */
  async expect(bytes: number): Promise<void> {
    await this.#requireIdle();
    if (this.#options.store.disk() === 'low')
      throw new HubError('update-no-room', 'the hub’s disk is nearly full; make room first');
    await this.#inbox.expect(newId(this.#options.clock, this.#options.random), bytes);
  }

  /** A piece of it. One that does not follow what is there changes nothing: the view says where to go on. @throws HubError */
  async receive(file: string, at: number, piece: Uint8Array): Promise<void> {
    await this.#requireIdle();
    const there = await this.#inbox.file();
    if (there?.file !== file)
      throw new HubError('not-found', 'this file is no longer expected; choose it again');
    if (at !== there.received || piece.length === 0 || at + piece.length > there.bytes) return;
    await this.#inbox.append(at, piece);
    if (at + piece.length === there.bytes) await this.#inbox.ask({ act: 'check', file });
  }

  /** Somebody wants the release that lies there. @throws HubError `update-unfit`, `update-running` */
  async begin({ file, at, mayBeOlder }: BeginUpdate, by: Actor): Promise<void> {
    await this.#requireIdle();
    const { clock, clockTrust, log, random } = this.#options;
    const [, checked] = await this.#said();
    const isFit = checked?.fault === null || (checked?.fault.code === 'release-older' && mayBeOlder);
    if (checked?.file !== file || !checked.release || !isFit)
      throw new HubError('update-unfit', checked?.fault?.message ?? 'this release was not looked at yet');
    const nowMs = clock.wallMs();
    if (at !== null && (clockTrust() === 'untrusted' || at < nowMs || at > nowMs + MOST_AHEAD_MS))
      throw new HubError(
        'update-unfit',
        'the hour has to be within the coming week, by a clock that is right',
      );
    const update = newId(clock, random);
    const { version, commit } = checked.release;
    await log.record(by, [{ type: 'update.asked', data: { update, version, commit, at } }]);
    if (at === null) await this.#ask(update, file, mayBeOlder);
    else await this.#inbox.setPlan({ update, file, mayBeOlder, atMs: at });
  }

  /**
   * An operator in the cloud wants this release here: it is fetched in the background, looked at, and begun.
   *
   * @throws HubError `update-unfit`, `update-running`, `update-no-room`
   */
  async fetch({ version, files }: OfferedRelease, operator: string): Promise<void> {
    await this.#requireIdle();
    const { clock, random, log } = this.#options;
    const own = files.find(({ machine }) => machine === process.arch);
    if (!own) throw new HubError('update-unfit', `the cloud has ${version} for other machines than this one`);
    if (SOFTWARE === `lockerhub ${version}`) throw new HubError('update-unfit', `${version} runs already`);
    const [update, file] = [newId(clock, random), newId(clock, random)];
    const { sha256, bytes } = own;
    await this.#inbox.expect(file, bytes);
    const by: Actor = { kind: 'operator', id: operator };
    await log.record(by, [{ type: 'update.asked', data: { update, version, commit: null, at: null } }]);
    const untilMs = clock.wallMs() + FETCH_WITHIN_MS;
    await this.#inbox.setOrder({ update, file, version, sha256, bytes, untilMs });
  }

  /** It no longer waits for its hour, or to be fetched. @throws HubError `update-running`: it has begun */
  async callOff(by: Actor): Promise<void> {
    const plan = (await this.#inbox.plan()) ?? (await this.#inbox.order());
    if (!plan) throw new HubError('update-running', 'no update waits');
    await this.#inbox.dropPlan();
    await this.#inbox.dropOrder();
    await this.#end(by, plan.update, 'called-off');
  }

  async #ask(update: string, file: string, mayBeOlder: boolean): Promise<void> {
    await this.#inbox.ask({ act: 'update', update, file, mayBeOlder, calmWithinMs: CALM_WITHIN_MS });
    this.#options.logger.info({ update }, 'the updater was asked');
  }

  async #requireIdle(): Promise<void> {
    if (!this.#options.folders)
      throw new HubError('update-unfit', 'there is no updater beside this hub: install it by install.sh');
    const [journal] = await this.#said();
    if (journal || (await this.#open()) !== null)
      throw new HubError('update-running', 'an update is under way or waits for its hour');
  }

  #lookLater(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#looking = this.#look()
        .catch((error: unknown) =>
          this.#options.logger.error({ err: error }, 'how an update stands can’t be seen'),
        )
        .finally(() => this.#lookLater(LOOK_EVERY_MS));
    });
  }

  async #look(): Promise<void> {
    const { clock, clockTrust } = this.#options;
    const [journal, checked, last] = await this.#said();
    const [open, plan, isAsked] = [await this.#open(), await this.#inbox.plan(), await this.#inbox.isAsked()];
    const order = await this.#inbox.order();
    const file = await this.#inbox.file();
    const isUnchecked = file !== null && file.received === file.bytes && checked?.file !== file.file;
    const waits = !plan && !order && !isAsked && !journal && (open !== null || isUnchecked);
    this.#unseenSinceMs = waits ? (this.#unseenSinceMs ?? clock.monotonicMs()) : null;
    const act = decide({
      ...{ open, plan, order, isAsked },
      isRunning: journal !== null,
      last: last?.update ?? null,
      isLastKnown: last?.update ? await this.#isEnded(last.update) : true,
      wallMs: clock.wallMs(),
      clock: clockTrust(),
      unseenMs: this.#unseenSinceMs === null ? null : clock.monotonicMs() - this.#unseenSinceMs,
    });
    if (act === 'check' && file) await this.#inbox.ask({ act: 'check', file: file.file });
    if (act === 'note-end' && last?.update) await this.#noteEnd(last, last.update);
    if (act === 'forget-plan') await this.#inbox.dropPlan();
    const late = plan ?? order;
    if (act === 'miss' && late) {
      await this.#inbox.dropPlan();
      await this.#inbox.dropOrder();
      await this.#end(HUB, late.update, 'missed');
    }
    if (act === 'forget-order') await this.#inbox.dropOrder();
    if (act === 'fetch' && order) await this.#fetchOn(order, checked);
    if (act === 'begin' && plan) {
      await this.#ask(plan.update, plan.file, plan.mayBeOlder);
      await this.#inbox.dropPlan();
    }
    if (act === 'lose' && open !== null) await this.#end(HUB, open, 'not-kept', 'cut-short');
  }

  async #fetchOn(order: Order, checked: CheckedRelease | null): Promise<void> {
    const found = await this.#fetching.goOn(order, checked);
    if (found === null) return;
    if (found === 'good') await this.#ask(order.update, order.file, false);
    else await this.#end(HUB, order.update, 'not-kept', found);
    await this.#inbox.dropOrder();
  }

  async #noteEnd({ isKept, release, code }: LastUpdate, update: string): Promise<void> {
    const outcome = isKept ? 'kept' : 'not-kept';
    if (isKept) await this.#inbox.drop();
    await this.#say(HUB, { update, release, outcome, code });
  }

  async #end(
    by: Actor,
    update: string,
    outcome: 'called-off' | 'missed' | 'not-kept',
    code: UpdateFault | null = null,
  ): Promise<void> {
    await this.#say(by, { update, release: null, outcome, code });
  }

  async #say(by: Actor, ended: PayloadOf<'update.ended'>): Promise<void> {
    await this.#options.execute({ type: 'update-ended', by, ended });
  }

  /** What the updater says. */
  async #said(): Promise<[UpdateJournal | null, CheckedRelease | null, LastUpdate | null]> {
    const state = this.#options.folders?.state ?? '';
    return [
      await readFileAs(join(state, STATE.journal), UpdateJournal),
      await readFileAs(join(state, STATE.checked), CheckedRelease),
      withId(await readFileAs(join(state, STATE.last), LastUpdate)),
    ];
  }

  /** An update that was asked for and has not ended, as the log has it. */
  async #open(): Promise<string | null> {
    const [row] = await this.#options.store.query<{ subject: string }>(
      `select living.subject from living join log on log.seq = living.since where log.type = 'update.asked'`,
    );
    return row?.subject ?? null;
  }

  async #isEnded(update: string): Promise<boolean> {
    const found = await this.#options.store.query(
      `select 1 from log where subject = $1 and type = 'update.ended'`,
      [update],
    );
    return found.length > 0;
  }
}

/** One that began without an id, at the console of a release before, ends in the log too: its own words are its name. */
function withId(last: LastUpdate | null): LastUpdate | null {
  return last && { ...last, update: last.update ?? idOf(`update ${last.release} ${last.endedAtMs}`) };
}
