/**
 * Follows the hub's own log in the background, from its bytes and hashes: what was written since the last check at each
 * start, all of it once a day. What was changed, is missing or was swapped becomes a case.
 */
import { hash } from 'node:crypto';
import { EMPTY_HEAD, type Head } from '@lockerhub/protocol/log/entry.ts';
import { faultOf, KEPT_COLUMNS, type KeptEntry } from '@lockerhub/protocol/log/kept-entry.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { HubCommand } from '../../deliveries/command.ts';
import type { Log, Store } from '../../store/store.ts';
import {
  type CheckState,
  type Fault,
  type Faults,
  faultsOf,
  NO_FAULTS,
  readCheckState,
  withFault,
  writeCheckState,
} from './check-state.ts';

/** Entries of one statement: 200 took the store 16 ms in the middle on two busy cores, and up to 52; none is to take over 50. */
export const CHECKED_AT_ONCE = 100;
/**
 * And so many bytes of what they say, but for the last. A hundred of the largest took 23 ms at best and up to 232 on busy
 * cores (they are what a building with many residents gets when it joins a cloud); ten of them 4 and 15.
 */
export const BYTES_AT_ONCE = 100_000;
/** Rests for four times as long as a page took, and no shorter than this: ten million entries take some hours. */
const REST_MS = 20;
const REST_SHARE = 4;
/** Somebody is at a door while the log grows: the next page can wait. */
export const BUSY_REST_MS = 1_000;
/** How far it has come is written down so often: a restart goes on from there. */
const KEEP_EVERY_MS = 30_000;
/** Before the first look whether a check is due: a hub that starts has other things to do. */
const FIRST_LOOK_MS = 30_000;
/** Between two looks; a check that failed waits so long for its next try. */
const LOOK_EVERY_MS = 600_000;
/** All of the log so often. */
export const WHOLE_EVERY_MS = 24 * 3_600_000;

/** Somebody else who has seen an entry, and says which hash it had. */
export interface Witness {
  /** As in `entry 7 is not the one that … has seen`. */
  readonly who: string;
  readonly head: Head;
}

export interface LogWatchOptions {
  /** Of `log-check.json`. */
  readonly path: string;
  readonly store: Pick<Store, 'query'>;
  readonly log: Pick<Log, 'head'>;
  /** Banks' agents, the cloud. */
  readonly witnesses: () => Promise<readonly Witness[]>;
  readonly execute: (command: HubCommand) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of the log. */
export interface LogCheckView {
  /** `unchecked`: no check of all of it has ended yet. */
  readonly state: 'unchecked' | 'whole' | 'changed';
  /** Up to here all was well when it was last followed. */
  readonly seq: number;
  /** When the last check of all of it ended, by the hub's clock. */
  readonly wholeAtMs: number | null;
  readonly faults: Faults;
}

/** The hub stops: the next start goes on from what was written down. */
class Stopped extends Error {}

export class LogWatch {
  readonly #options: LogWatchOptions;
  #state: CheckState;
  /** What came since the last process was followed. */
  #isTailDone = false;
  /** When this process last ended a check of all, monotonic. */
  #wholeMs: number | null = null;
  #keptMs = 0;
  #timer: Timer | undefined;
  #working: Promise<void> = Promise.resolve();
  #isBusy = false;
  #isAsked = false;
  #isStopped = false;
  #endRest: () => void = () => {};

  constructor(options: LogWatchOptions) {
    this.#options = options;
    this.#state = readCheckState(options.path, (error) =>
      options.logger.warn(
        { err: error },
        'how far the log was checked is not known; all of it is checked anew',
      ),
    );
  }

  start(): void {
    this.#lookIn(FIRST_LOOK_MS);
  }

  #lookIn(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => this.#begin());
  }

  /** Somebody wants to know: all of it is checked now, or once the check that is under way has ended. */
  ask(): void {
    this.#isAsked = true;
    if (this.#isBusy || this.#isStopped) return;
    this.#timer?.cancel();
    this.#begin();
  }

  /** Ends after the page that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#endRest();
    await this.#working;
  }

  view(): LogCheckView {
    const { checked, last } = this.#state;
    const faults = faultsOf(this.#state);
    const sound = last === null ? 'unchecked' : 'whole';
    return {
      state: faults.count > 0 ? 'changed' : sound,
      seq: checked.seq,
      wholeAtMs: last?.atMs ?? null,
      faults,
    };
  }

  #begin(): void {
    this.#isBusy = true;
    this.#working = this.#look().then(() => {
      this.#isBusy = false;
      this.#lookIn(this.#isAsked ? 0 : LOOK_EVERY_MS);
    });
  }

  /** Does the check that is due, if one is. */
  async #look(): Promise<void> {
    const { logger } = this.#options;
    try {
      const { last } = this.#state;
      if (last === null || this.#isWholeDue()) await this.#checkAll();
      else if (!this.#isTailDone) await this.#checkNew(last);
    } catch (error) {
      if (!(error instanceof Stopped))
        logger.warn({ err: error }, 'the log could not be checked; trying again');
    }
  }

  /** A wall clock that says less than it did tells nothing: then it is due. So it is at a start with a fault that is known. */
  #isWholeDue(): boolean {
    const { sweep, last } = this.#state;
    if (this.#isAsked || sweep !== null || last === null) return true;
    const { clock } = this.#options;
    if (this.#wholeMs !== null) return clock.monotonicMs() - this.#wholeMs >= WHOLE_EVERY_MS;
    const agoMs = clock.wallMs() - last.atMs;
    return last.faults.count > 0 || agoMs < 0 || agoMs >= WHOLE_EVERY_MS;
  }

  async #checkAll(): Promise<void> {
    const { clock, logger } = this.#options;
    if (this.#state.sweep === null) this.#isAsked = false;
    const begun = this.#state.sweep ?? { at: EMPTY_HEAD, faults: await this.#askWitnesses() };
    const { head, faults } = await this.#follow(begun.at, begun.faults, (at, found) => {
      this.#state = { ...this.#state, sweep: { at, faults: found } };
    });
    const atMs = Math.floor(clock.wallMs());
    this.#state = { checked: this.#soundUpTo(head, faults), sweep: null, last: { atMs, faults } };
    this.#wholeMs = clock.monotonicMs();
    this.#isTailDone = true;
    await this.#keep();
    logger.info({ seq: head.seq, faults: faults.count }, 'the log was checked');
  }

  async #checkNew(last: NonNullable<CheckState['last']>): Promise<void> {
    const { checked } = this.#state;
    const end = await this.#follow(checked, await this.#askWitnesses(), (head, faults) => {
      this.#state = { ...this.#state, checked: this.#soundUpTo(head, faults), last: { ...last, faults } };
    });
    this.#state = {
      ...this.#state,
      checked: this.#soundUpTo(end.head, end.faults),
      last: { ...last, faults: end.faults },
    };
    this.#isTailDone = true;
    await this.#keep();
  }

  /** What stood there when all was well still bears witness when it is not. */
  #soundUpTo(head: Head, faults: Faults): Head {
    return faults.count === 0 ? head : this.#state.checked;
  }

  /** Follows the chain from `from` to its present end; goes on behind a fault, so that a second one is found as well. */
  async #follow(
    from: Head,
    before: Faults,
    onPage: (head: Head, faults: Faults) => void,
  ): Promise<{ readonly head: Head; readonly faults: Faults }> {
    const { log, clock } = this.#options;
    const end = log.head();
    let head = from;
    let faults = before;
    while (head.seq < end.seq) {
      const beganMs = clock.monotonicMs();
      const page = await this.#pageAfter(head.seq);
      const first = faults.count;
      for (const kept of page) {
        const detail = faultOf(head, kept, systemSha256);
        if (detail !== null) faults = withFault(faults, { seq: head.seq + 1, detail });
        head = { seq: kept.seq, hash: kept.hash };
      }
      if (page.length === 0) {
        const detail = `the log ends at entry ${head.seq}, and reached ${end.seq}`;
        faults = withFault(faults, { seq: head.seq + 1, detail });
        head = end;
      }
      if (faults.count > first) await this.#tell(faults);
      onPage(head, faults);
      await this.#rest(clock.monotonicMs() - beganMs, log.head().seq > end.seq);
    }
    return { head, faults };
  }

  /** What others have seen of the log, and this hub itself when it last checked: a chain that was written anew is sound in itself. */
  async #askWitnesses(): Promise<Faults> {
    const { witnesses } = this.#options;
    const own: Witness = { who: 'this hub has checked', head: this.#state.checked };
    let faults = NO_FAULTS;
    for (const { who, head } of [own, ...(await witnesses())]) {
      const detail = await this.#contradicts(who, head);
      if (detail !== null) faults = withFault(faults, { seq: head.seq, detail });
    }
    if (faults.count > 0) await this.#tell(faults);
    return faults;
  }

  async #contradicts(who: string, { seq, hash: seen }: Head): Promise<string | null> {
    if (seq === 0) return null;
    const [entry] = await this.#options.store.query<{ hash: string }>('select hash from log where seq = $1', [
      seq,
    ]);
    if (!entry) return `entry ${seq}, which ${who}, is missing`;
    return entry.hash === seen ? null : `entry ${seq} is not the one that ${who}`;
  }

  #pageAfter(seq: number): Promise<readonly KeptEntry[]> {
    return this.#options.store.query<KeptEntry>(
      // The size of a text is known without reading it.
      `select ${KEPT_COLUMNS} from (
          select *, sum(octet_length(payload)) over (order by seq) - octet_length(payload) as before
            from (select * from log where seq > $1 order by seq limit $2) page
        ) sized where before < $3 order by seq`,
      [seq, CHECKED_AT_ONCE, BYTES_AT_ONCE],
    );
  }

  async #rest(tookMs: number, isBusy: boolean): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonicMs() - this.#keptMs >= KEEP_EVERY_MS) await this.#keep();
    if (!this.#isStopped) {
      const restMs = isBusy ? BUSY_REST_MS : Math.max(REST_MS, REST_SHARE * tookMs);
      await new Promise<void>((resolve) => {
        const timer = clock.after(restMs, resolve);
        this.#endRest = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    if (!this.#isStopped) return;
    await this.#keep();
    throw new Stopped();
  }

  async #keep(): Promise<void> {
    await writeCheckState(this.#options.path, this.#state);
    this.#keptMs = this.#options.clock.monotonicMs();
  }

  async #tell({ count, first }: Faults): Promise<void> {
    const { execute, logger } = this.#options;
    logger.error({ count, first }, 'the log is not as it was written');
    if (first === null) return;
    await execute({ type: 'log-changed', detail: saying(count, first) });
  }
}

/** OpenSSL's takes half the time of the one that runs anywhere. */
const systemSha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');

function saying(count: number, { detail }: Fault): string {
  return count === 1 ? detail : `${detail}; and ${count - 1} more`;
}
