/** The thin shell around the deliveries: one command after the other, durable before it takes effect. */

import type { EmergencyState } from '@lockerhub/protocol/bank/messages.ts';
import {
  AWAY_HITS_PER_DAY,
  type Guess,
  GuessLimit,
  HUB_HITS_PER_DAY,
  NOTHING_GUESSED,
} from '@lockerhub/protocol/codes/guess-limit.ts';
import { ownerName } from '@lockerhub/protocol/codes/owner-name.ts';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { DeskView, ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { decodePayload, type Payload } from '@lockerhub/protocol/log/payload.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import { CodeBook } from '../codes/code-book.ts';
import { walkView } from '../commissioning/view.ts';
import { apply } from '../deliveries/apply.ts';
import { isCalm } from '../deliveries/calm.ts';
import type { Command, Effect, Reply } from '../deliveries/command.ts';
import { decide } from '../deliveries/decide.ts';
import { type BankDoor, bankDoors } from '../deliveries/doors-view.ts';
import type { Env } from '../deliveries/draft.ts';
import { emptyModel, type Model } from '../deliveries/model.ts';
import { type LivingCodes, livingCodes } from '../deliveries/owners.ts';
import type { Policy } from '../deliveries/policy.ts';
import { Refusal } from '../deliveries/refusal.ts';
import type { Roster } from '../deliveries/roster.ts';
import { nextDeadlineMs } from '../deliveries/time.ts';
import { visitView } from '../deliveries/view.ts';
import { deskView } from '../reconciliation/desk.ts';
import { reconciliationView } from '../reconciliation/view.ts';
import type { Log } from '../store/store.ts';

/** Commands of people that wait at once; one more is refused as `overloaded`. At 1 ms each that is 0.2 s. */
export const MAX_WAITING_PEOPLE = 200;
/** All commands that wait at once. Banks' reports come again when refused, so none is lost. */
export const MAX_WAITING = 2_000;
const OVERLOADED_RETRY_MS = 500;
/** In a long queue the timer is set after each so many commands. */
const TIMER_EACH = 64;
/** After a tick that failed (the store is in trouble) the next one waits. */
const TICK_AGAIN_MS = 1_000;

export interface BuildingOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly roster: Roster;
  /** Read at each command: a change holds from the next one on. */
  readonly policy: () => Policy;
  readonly codeKey: Uint8Array;
  /** Carries out what a command asks of the outside. Called after the commit. */
  readonly perform: (effect: Effect) => void;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  readonly disk: () => 'ok' | 'low';
  /** The number of the hub that speaks for the building in this one's place; null: this one does. */
  readonly fencedBy: () => number | null;
  /** Whether an update waits for a quiet moment. */
  readonly isHeld: () => boolean;
  /** The building's language, for couriers. */
  readonly language: () => string;
  /** IANA's name of the building's zone. */
  readonly timeZone: () => string;
  /** Called when a tick or an effect failed: nobody else hears of it. */
  readonly onFault: (error: unknown) => void;
}

/** Whether a person waits for the answer. Banks' and hub's own commands go on when people are turned away. */
const IS_FROM_PERSON: Record<Command['type'], boolean> = {
  'start-visit': true,
  'add-parcel': true,
  confirm: true,
  'other-door': true,
  undo: true,
  'open-again': true,
  'closed-by-hand': true,
  'did-not-open': true,
  missing: true,
  'next-door': true,
  stay: true,
  'end-visit': true,
  'take-back': true,
  commissioning: true,
  reconcile: true,
  'reconcile-desk': true,
  'staff-open': true,
  retire: true,
  return: true,
  withdraw: true,
  'desk-received': true,
  'handed-out': true,
  match: true,
  'issue-slip': true,
  claim: true,
  'take-case': true,
  'release-case': true,
  'note-case': true,
  'close-case': true,
  'name-delegate': true,
  'prove-code': true,
  'end-delegate': true,
  'forget-resident': true,
  'issue-code': true,
  'revoke-code': true,
  'replace-code': true,
  'declare-key': true,
  'parcel-gone': true,
  'report-door': true,
  'verify-door': true,
  'end-emergency': true,
  'revoke-agent': true,
  'bank-online': false,
  'bank-offline': false,
  'door-seen': false,
  'bank-event': false,
  'head-told': false,
  'records-told': false,
  'open-refused': false,
  'grant-outcome': false,
  'emergency-told': false,
  'lock-wearing': false,
  'log-changed': false,
  'backup-failed': false,
  'backup-made': false,
  'reset-access': true,
  'update-ended': false,
  'cloud-disagrees': false,
  'orphans-came': false,
  'handed-over': false,
  'message-sent': false,
  'message-failed': false,
  'message-void': false,
  'message-receipt': false,
  restarted: false,
  tick: false,
};

/** Commands by which somebody says who they are, by what may be guessed. */
type Shown = Extract<Command, { type: 'start-visit' | 'prove-code' }>;

/** Entries after which other codes identify somebody. */
const CHANGES_CODES = /^(code|delegate|delivery|slip)\./;
const NOBODY = { living: 0, isCarrier: false };

export class Building {
  readonly #options: BuildingOptions;
  readonly #codes: CodeBook;
  readonly #guesses: GuessLimit;
  /** Of phones that are anywhere: whoever guesses there takes nothing from who stands at the lockers. */
  readonly #guessesAway: GuessLimit;
  #model: Model = emptyModel();
  /** Counted anew when an entry may have changed it. */
  #living: LivingCodes | undefined;
  readonly #commands = new Turns();
  #timer: Timer | undefined;
  #isStopped = true;

  constructor(options: BuildingOptions) {
    this.#options = options;
    this.#codes = new CodeBook(options.codeKey);
    this.#guesses = new GuessLimit(options.clock, HUB_HITS_PER_DAY, NOTHING_GUESSED, options.policy);
    this.#guessesAway = new GuessLimit(options.clock, AWAY_HITS_PER_DAY, NOTHING_GUESSED, options.policy);
  }

  /** Reads what lives from the log and resolves what the last run left. Opens nothing. */
  async start(): Promise<void> {
    this.#isStopped = false;
    const nowMs = this.#options.clock.monotonicMs();
    for await (const entry of this.#options.log.living()) {
      const payload = decodePayload(entry.payload);
      // Newer software wrote it: it is kept, and means nothing here.
      if (payload.type === 'unknown') continue;
      apply(this.#model, payload, nowMs);
      this.#codes.apply(payload);
    }
    await this.execute({ type: 'restarted' });
  }

  /** Takes no more commands; resolves when those that were accepted are done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#commands.ended();
    this.#timer?.cancel();
  }

  /**
   * Carries out one command after all that came before it, and answers once it is durable.
   *
   * @throws Refusal with a `RefusalCode`; then nothing changed.
   * @throws StoreError when the log did not take it; then nothing changed here.
   */
  execute<C extends Command>(command: C): Promise<Reply<C>> {
    const most = IS_FROM_PERSON[command.type] ? MAX_WAITING_PEOPLE : MAX_WAITING;
    if (this.#isStopped || this.#commands.waiting >= most) {
      return Promise.reject(
        new Refusal('overloaded', 'the hub has too much to do; try again in a moment', OVERLOADED_RETRY_MS),
      );
    }
    const done = this.#commands.take(() => this.#carryOut(command));
    const finished = () => this.#finished();
    done.then(finished, finished);
    return done;
  }

  /** A visit as it is now, or undefined if it is unknown or long over. */
  visit(id: string): VisitView | undefined {
    return visitView(this.#model, this.#env(), id);
  }

  /** At which terminal a visit is or was; undefined if it is unknown or long over. */
  terminalOf(visit: string): string | undefined {
    return (this.#model.visits.get(visit) ?? this.#model.ended.get(visit)?.visit)?.terminal;
  }

  /** The eight digits that identify a holder; undefined if none were issued, or they were revoked. */
  codeOf(holder: string): string | undefined {
    return this.#codes.digitsOf(holder);
  }

  /** What the QR code of the holder's code holds. */
  qrOf(holder: string): string | undefined {
    return this.#codes.qrOf(holder);
  }

  /** Every door of a bank's layout with what is known of it; empty for a bank without a layout. */
  doors(bank: string): readonly BankDoor[] {
    return bankDoors(this.#model, this.#options.roster, bank);
  }

  /** The compartments of a bank that hold a delivery, whether the bank's layout has them or not. */
  occupied(bank: string): readonly number[] {
    return [...this.#model.deliveries.values()].flatMap(({ bank: at, compartment }) =>
      at === bank && compartment !== null ? [compartment] : [],
    );
  }

  /** The walk that compares records and doors. */
  reconciliation(bank: string): ReconciliationView {
    return reconciliationView(this.#model, bank);
  }

  /** What the desk holds, as the walk compares it. */
  desk(): DeskView {
    const { roster } = this.#options;
    return deskView(this.#model, (unit) => roster.unit(unit)?.name ?? '');
  }

  /** The commissioning walk of a bank; null if there is none. */
  walk(bank: string): CommissioningView['walk'] {
    return walkView(this.#model, bank);
  }

  /** Where an emergency of the bank stands, until staff have ended it; null without one. */
  emergency(bank: string): EmergencyState | null {
    return this.#model.emergencies.get(bank)?.state ?? null;
  }

  get isCalm(): boolean {
    return isCalm(this.#model);
  }

  /** What the deliveries know, for checks in simulations and tests: read it only. */
  get model(): Model {
    return this.#model;
  }

  async #carryOut<C extends Command>(command: C): Promise<Reply<C>> {
    const shown = isShown(command) ? command : undefined;
    const guess = shown && this.#guessOf(shown);
    if (shown && guess) this.#refuseGuesser(guess, this.#limitOf(shown));
    const decision = decide(this.#model, command, this.#env());
    if (decision instanceof Refusal) {
      const isWrong = decision.code === 'code-wrong' || decision.code === 'code-revoked';
      if (shown && guess && isWrong) this.#countWrong(shown);
      throw decision;
    }
    const { payloads, rows } = decision;
    if (payloads.length > 0 || rows.length > 0) await this.#options.log.append({ payloads, rows });
    decision.commit();
    this.#follow(payloads);
    for (const effect of decision.effects) this.#perform(effect);
    return decision.reply();
  }

  /** A fault in carrying out one effect must not keep the others, or the answer, from coming. */
  #perform(effect: Effect): void {
    try {
      this.#options.perform(effect);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  #follow(payloads: readonly Payload[]): void {
    for (const payload of payloads) {
      this.#codes.apply(payload);
      if (CHANGES_CODES.test(payload.type)) this.#living = undefined;
    }
  }

  #finished(): void {
    // What still waits may change the deadlines: the last one sets the timer, and some on the way in a long queue.
    if (this.#commands.waiting % TIMER_EACH === 0) this.#setTimer(0);
  }

  /** One timer for all deadlines. */
  #setTimer(atLeastMs: number): void {
    this.#timer?.cancel();
    const next = nextDeadlineMs(this.#model, this.#env());
    if (next === null || this.#isStopped) return;
    const { clock } = this.#options;
    const delayMs = Math.max(atLeastMs, next - clock.monotonicMs());
    this.#timer = clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    this.execute({ type: 'tick' }).catch((error: unknown) => {
      this.#options.onFault(error);
      this.#setTimer(TICK_AGAIN_MS);
    });
  }

  /** What a typed code risks; undefined for a scanned one, whose tag nobody guesses. */
  #guessOf(shown: Shown): Guess | undefined {
    const { code, owner } = shown;
    if (readCode(code)?.tag != null) return undefined;
    const screen = screenOf(shown);
    const pin = shown.type === 'start-visit' && shown.pin === true;
    this.#living ??= livingCodes(this.#model, this.#options.roster);
    const { all, owners, pins, fobs } = this.#living;
    const kind = pin ? pins : readCode(code) ? null : fobs;
    if (owner === undefined) return { screen, living: kind?.all ?? all, owner: null };
    const name = ownerName(owner);
    // A guess hits codes, PINs or fobs of the owner; their reserve pays for all three.
    const own = kind ? { living: kind.of.get(name) ?? 0, isCarrier: false } : (owners.get(name) ?? NOBODY);
    return { screen, living: all + pins.all + fobs.all, owner: { name, ...own } };
  }

  /** By fresh numbers: rows change without an entry that passes here. */
  #countWrong(shown: Shown): void {
    this.#living = undefined;
    const guess = this.#guessOf(shown);
    if (guess) this.#limitOf(shown).wrong(guess);
  }

  #limitOf({ type }: Shown): GuessLimit {
    return type === 'prove-code' ? this.#guessesAway : this.#guesses;
  }

  #refuseGuesser(guess: Guess, limit: GuessLimit): void {
    const verdict = limit.check(guess);
    if (verdict.is === 'wait') {
      throw new Refusal('too-many-attempts', 'too many wrong codes; scan the QR code, or wait', verdict.ms);
    }
    if (verdict.is === 'owner-needed') {
      throw new Refusal(
        'code-owner-needed',
        'say the unit too (a courier: the carrier), or scan the QR code',
      );
    }
  }

  #env(): Env {
    const { clock, random, roster, policy, clockTrust, disk, fencedBy, isHeld, language, timeZone } =
      this.#options;
    return {
      nowMs: clock.monotonicMs(),
      wallMs: clock.wallMs(),
      newId: () => newId(clock, random),
      roster,
      policy: policy(),
      codes: this.#codes,
      clockTrust: clockTrust(),
      disk: disk(),
      fencedBy: fencedBy(),
      isHeld: isHeld(),
      language: language(),
      timeZone: timeZone(),
    };
  }
}

function isShown(command: Command): command is Shown {
  return command.type === 'start-visit' || command.type === 'prove-code';
}

/** Where it was typed. A phone that stands before a terminal must not stop those at its keys. */
function screenOf(shown: Shown): string {
  if (shown.type === 'prove-code') return shown.address;
  return shown.byPhone ? `phones at ${shown.terminal}` : shown.terminal;
}
