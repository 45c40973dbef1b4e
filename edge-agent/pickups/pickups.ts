/**
 * Pickups with the hub dead: knows when the agent is alone, lets residents in by the hub's list, and hands over what
 * was done once the hub is back. Every door opens through the bank as any other grant does.
 */
import { createHash } from 'node:crypto';
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { type CompartmentReport, type OpenRefusal, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import type { PickupList, Release, SignedList, TakenOver } from '@lockerhub/protocol/bank/pickup-list.ts';
import type { MessageOf } from '@lockerhub/protocol/bank/topics.ts';
import type { KioskView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { Ledger } from '../ledger/ledger.ts';
import type { GrantRecord } from '../ledger/ledger-record.ts';
import { ABSENCE, type AbsenceEvent, type AbsenceState, ALONE_AFTER_MS } from './absence.ts';
import { HeldList } from './held-list.ts';
import type { KeptText } from './kept-text.ts';
import { PickupRefusal } from './pickup-refusal.ts';
import { type OwnOpening, Visits } from './visits.ts';

const TICK_MS = 500;
/** Releases on their way to the hub at once; the rest follows as these are taken over. */
const HANDED_AT_ONCE = 20;
/** A release that was not taken over is handed over again after this long. */
const HAND_OVER_AGAIN_MS = 5_000;

/** What an agent needs to release parcels by itself. */
export interface PickupSetting {
  readonly kept: KeptText;
  readonly building: string;
  readonly layout: Layout;
}

export interface PickupsOptions extends PickupSetting {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly open: (opening: OwnOpening) => Promise<OpenRefusal | null>;
  readonly doors: () => readonly Pick<CompartmentReport, 'compartment' | 'sensed'>[];
  /** The doors are being released, or were and the input still says so. */
  readonly isEmergency: () => boolean;
  /** That is so, or the hub has not all of it in its log: a list that it sends now knows nothing of it. */
  readonly isEmergencyUntold: () => boolean;
  /** The session that is up, or null. */
  readonly session: () => number | null;
  readonly say: <Name extends 'listHeld' | 'handOver'>(name: Name, message: MessageOf<Name>) => void;
}

export class Pickups {
  readonly #options: PickupsOptions;
  readonly #held: HeldList;
  readonly #visits: Visits;
  readonly #listeners = new Set<(visit: string) => void>();
  #state: AbsenceState = 'with-hub';
  #heardMs: number;
  /** When the hub's pages answered last; null: nobody asks them, for there is no kiosk. */
  #pagesMs: number | null = null;
  #timer: Timer | undefined;
  #heldSaidIn: number | null = null;
  /** Releases that were handed over, by number: when. */
  readonly #handed = new Map<number, number>();
  #series: string | null = null;

  constructor(options: PickupsOptions) {
    this.#options = options;
    const { clock, random, ledger, kept, building, layout, log, doors } = options;
    this.#heardMs = clock.monotonicMs();
    this.#held = new HeldList({
      kept,
      clock,
      building,
      bank: layout.bank,
      epoch: () => ledger.epoch,
      onFailure: (error) =>
        log.error({ err: error }, 'the pickup list cannot be kept: not used until it can'),
    });
    this.#visits = new Visits({
      clock,
      random,
      ledger,
      layout,
      held: this.#held,
      open: (opening) => this.#open(opening),
      isSensed: (compartment) => doors().find((door) => door.compartment === compartment)?.sensed ?? true,
      whyNoVisit: () => this.#whyNoVisit(),
      onChanged: (visit) => this.#tell(visit),
    });
  }

  start(): void {
    this.#held.start();
    this.#tick();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#held.stop();
  }

  /** Whether the agent answers its kiosk itself: it is alone, or somebody still stands at a door. */
  get isAnswering(): boolean {
    return this.#state !== 'with-hub';
  }

  get visits(): Visits {
    return this.#visits;
  }

  /** From now on the hub counts as there only while its pages answer, too (`pagesAnswered`). */
  expectPages(): void {
    this.#pagesMs = this.#options.clock.monotonicMs();
  }

  /** The hub's pages answer. */
  pagesAnswered(): void {
    this.#pagesMs = this.#options.clock.monotonicMs();
  }

  /** The hub's heart beat. */
  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    if (this.#isHubThere) this.#step('heard');
    this.#sayHeld(false);
    this.#settle();
  }

  /** A list from the hub: kept if it is newer and truly the hub's. */
  take(list: SignedList): void {
    const refused = this.#held.take(list);
    if (refused) this.#options.log.warn({ reason: refused }, 'a pickup list was not taken');
    else if (this.#options.isEmergencyUntold()) this.noteEmergency();
    this.#sayHeld(true);
  }

  /** Doors are being released in an emergency: by no list held until now can anybody know what is behind them. */
  noteEmergency(): void {
    this.#options.ledger.noteUnwalked(this.#held.newest);
  }

  /** The hub has another agent for this bank, or none: nothing is let out by the list any more. */
  forget(): void {
    if (this.#held.newest === 0) return;
    this.#options.log.warn('the hub admits this agent no more: its pickup list is deleted');
    this.#held.forget();
  }

  /** The hub has releases in its log. */
  takenOver({ series, number }: TakenOver): void {
    this.#options.ledger.noteTakenOver(series, number);
    for (const handed of this.#handed.keys()) if (handed <= number) this.#handed.delete(handed);
    this.#settle();
  }

  doorChanged(compartment: number): void {
    this.#visits.doorChanged(compartment);
  }

  /** Calls `act` for each change of a visit, until the answer is called. */
  onChanged(act: (visit: string) => void): () => void {
    this.#listeners.add(act);
    return () => this.#listeners.delete(act);
  }

  /** The paired terminal with that token, and the list that says so. @throws PickupRefusal */
  terminal(token: string | undefined): { readonly terminal: string; readonly list: PickupList } {
    const list = this.#held.usable;
    if (!list) throw new PickupRefusal('hub-away', 'the hub is away, and its pickup list here is too old');
    const hash = token && createHash('sha256').update(token).digest('hex');
    const known = list.terminals.find(({ tokenHash }) => tokenHash === hash);
    if (!known) throw new PickupRefusal('hub-away', 'pair this screen once the hub is back');
    return { terminal: known.terminal, list };
  }

  /** What a screen shows while the hub is away. */
  view(token: string | undefined): KioskView {
    const { terminal, list } = this.terminal(token);
    const { layout } = this.#options;
    return {
      terminal,
      building: list.buildingName,
      bank: layout.bank,
      language: list.language,
      clock: 'trusted',
      layouts: [layout],
      idleMs: list.policy.idleMs,
      warnMs: list.policy.warnMs,
      hub: 'away',
      emergency: this.#options.isEmergency() || this.#isUnwalked(list),
      // Bringing parcels waits until the hub is back.
      desk: false,
      // Who has which PIN the list does not say: it would be a secret for good on each agent.
      pins: false,
    };
  }

  #isUnwalked({ version }: PickupList): boolean {
    const { doors, ledger } = this.#options;
    return doors().some(({ compartment }) => ledger.isUnwalked(compartment, version));
  }

  async #open(opening: OwnOpening): Promise<OpenRefusal | null> {
    const { ledger, open, log, clock, random } = this.#options;
    try {
      this.#series = await ledger.series(() => newId(clock, random));
    } catch {
      // The ledger has told its failure itself.
      return 'ledger-failed';
    }
    const refused = await open(opening);
    const { grant, compartment } = opening;
    if (refused) log.warn({ grant, compartment, reason: refused }, 'did not open while the hub is away');
    return refused;
  }

  #whyNoVisit(): PickupRefusal | null {
    if (this.#state === 'alone' && this.#held.usable) return null;
    return new PickupRefusal('hub-away', 'the hub is just coming back; try again in a moment');
  }

  get #isHubThere(): boolean {
    const sinceMs = this.#options.clock.monotonicMs() - ALONE_AFTER_MS;
    return this.#heardMs > sinceMs && (this.#pagesMs === null || this.#pagesMs > sinceMs);
  }

  #tick(): void {
    if (!this.#isHubThere) this.#step('silent');
    this.#visits.tick();
    this.#settle();
    this.#timer = this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  #step(event: AbsenceEvent): void {
    const before = this.#state;
    this.#state = ABSENCE[before][event];
    if (before !== this.#state)
      this.#options.log.info({ from: before, to: this.#state }, 'who answers the kiosk');
  }

  /** Hands over what nobody is adding to any more; once all is taken over the hub answers again. */
  #settle(): void {
    const session = this.#options.session();
    if (session === null || this.#state === 'alone' || this.#visits.underWay) return;
    const outstanding = this.#options.ledger.outstanding();
    if (outstanding.length === 0) this.#step('settled');
    else void this.#handOver(session, outstanding.slice(0, HANDED_AT_ONCE));
  }

  async #handOver(session: number, grants: readonly GrantRecord[]): Promise<void> {
    const { ledger, clock, random, say } = this.#options;
    this.#series ??= await ledger.series(() => newId(clock, random));
    const nowMs = clock.monotonicMs();
    for (const grant of grants) {
      const number = grant.released?.number ?? 0;
      if (nowMs - (this.#handed.get(number) ?? Number.NEGATIVE_INFINITY) < HAND_OVER_AGAIN_MS) continue;
      const release = releaseOf(this.#series, grant);
      this.#handed.set(number, nowMs);
      if (release) say('handOver', { v: VERSION, session, release });
    }
  }

  /** Tells which list is held: in each session once, and after each list. */
  #sayHeld(again: boolean): void {
    const session = this.#options.session();
    if (session === null || (!again && this.#heldSaidIn === session)) return;
    if (this.#heldSaidIn !== session) this.#handed.clear();
    this.#heldSaidIn = session;
    this.#options.say('listHeld', { v: VERSION, session, version: this.#held.newest });
  }

  #tell(visit: string): void {
    for (const listener of this.#listeners) listener(visit);
  }
}

function releaseOf(series: string, grant: GrantRecord): Release | null {
  const { released, delivery, compartment, outcome, closed, attested } = grant;
  if (!released || delivery === null || compartment === null) return null;
  return { series, ...released, grant: grant.grant, delivery, compartment, outcome, closed, attested };
}
