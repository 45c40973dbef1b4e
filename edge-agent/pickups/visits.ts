/** Residents' visits at this bank's terminals while the hub is away. In memory: a restart ends them, the ledger stays. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { describePlace } from '@lockerhub/protocol/bank/layout.ts';
import type { OpenRefusal } from '@lockerhub/protocol/bank/messages.ts';
import type { PickupList } from '@lockerhub/protocol/bank/pickup-list.ts';
import type { Verdict } from '@lockerhub/protocol/codes/guess-limit.ts';
import { ownerName } from '@lockerhub/protocol/codes/owner-name.ts';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { StartVisit, StopView, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { z } from 'zod';
import type { Ledger } from '../ledger/ledger.ts';
import type { CompartmentRecord } from '../ledger/ledger-record.ts';
import type { HeldList } from './held-list.ts';
import { PickupRefusal } from './pickup-refusal.ts';
import { listedHash } from './sealed-list.ts';
import { MAY, type PickupAct, type Standing, standingOf } from './standing.ts';

/** Visits that are over and whose last view a screen may still ask for; the oldest is forgotten first. */
const MAX_ENDED = 20;

type Listed = PickupList['deliveries'][number];

/** A door that the agent itself lets open. */
export interface OwnOpening {
  readonly grant: string;
  readonly delivery: string;
  readonly compartment: number;
  readonly released: { readonly holder: string; readonly terminal: string; readonly list: number };
  /** Asked again right before the ledger's `begun`: why it may not be given any more. */
  readonly refusal: () => OpenRefusal | null;
  /** The ledger holds it: a screen may say so. */
  readonly onBegun: () => void;
}

export interface VisitsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly held: HeldList;
  readonly layout: Layout;
  /** Opens a door as any grant does; null when it is begun, and its end is in the ledger later. */
  readonly open: (opening: OwnOpening) => Promise<OpenRefusal | null>;
  readonly isSensed: (compartment: number) => boolean;
  /** Null when the agent may answer; else why not. */
  readonly whyNoVisit: () => PickupRefusal | null;
  readonly onChanged: (visit: string) => void;
}

interface Visit {
  readonly id: string;
  readonly terminal: string;
  readonly holder: PickupList['holders'][number];
  readonly deliveries: readonly Listed[];
  readonly list: PickupList;
  touchedMs: number;
  ended: 'done' | 'timeout' | 'cancelled' | null;
}

export class Visits {
  readonly #options: VisitsOptions;
  readonly #visits = new Map<string, Visit>();

  constructor(options: VisitsOptions) {
    this.#options = options;
  }

  /** Somebody is at a door, or may be. */
  get underWay(): boolean {
    return [...this.#visits.values()].some(({ ended }) => ended === null);
  }

  /**
   * @throws PickupRefusal `not-listed`, `too-many-attempts`, `code-owner-needed`, or why the agent may not answer
   */
  async start(terminal: string, list: PickupList, typed: StartVisit): Promise<VisitView> {
    const { held, clock, random, whyNoVisit } = this.#options;
    const refused = whyNoVisit();
    if (refused) throw refused;
    if (typed.pin) throw new PickupRefusal('hub-away', 'a PIN has to wait until the hub is back');
    const code = readCode(typed.code);
    const isTyped = code === undefined || code.tag === null;
    const guess = { screen: terminal, owner: typed.owner };
    if (isTyped) refuseGuesser(held.check(guess, list));
    const hash = code && listedHash(list.codeKey, code);
    const at = list.holders.findIndex(
      ({ digits, qr, unitName }) =>
        (hash === digits || hash === qr) &&
        (typed.owner === undefined || ownerName(typed.owner) === ownerName(unitName)),
    );
    const holder = list.holders[at];
    if (!holder) {
      if (isTyped) held.wrong(guess, list);
      throw new PickupRefusal('not-listed', 'no parcel here waits for this code while the hub is away');
    }
    this.#endAt(terminal, 'cancelled');
    const id = newId(clock, random);
    const deliveries = list.deliveries.filter(({ holders }) => holders.includes(at));
    const touchedMs = clock.monotonicMs();
    this.#visits.set(id, {
      id,
      terminal,
      holder,
      deliveries,
      list,
      touchedMs,
      ended: null,
    });
    this.#forgetOldest();
    await this.#openNext(this.#at(terminal, id));
    return this.view(terminal, id);
  }

  /** @throws PickupRefusal `not-found` */
  view(terminal: string, id: string): VisitView {
    return this.#viewOf(this.#at(terminal, id));
  }

  /** The next door that waits. @throws PickupRefusal `not-found`, `visit-ended`, `not-now` */
  async next(terminal: string, id: string): Promise<VisitView> {
    const visit = this.#open(terminal, id);
    if (!(await this.#openNext(visit)))
      throw new PickupRefusal('not-now', 'no further door can be opened now');
    return this.#viewOf(visit);
  }

  /** What a person does at one door. */
  async act(terminal: string, id: string, delivery: string, act: PickupAct): Promise<VisitView> {
    const visit = this.#open(terminal, id);
    const listed = visit.deliveries.find((one) => one.delivery === delivery);
    if (!listed) throw new PickupRefusal('not-found', 'this visit has no such parcel; begin a new one');
    const standing = this.#standing(visit, listed);
    if (!MAY[standing.step][act]) {
      throw new PickupRefusal('not-now', `this cannot be done while the door is at "${standing.step}"`);
    }
    if (act === 'open') await this.#release(visit, listed);
    else if (standing.grant) await this.#options.ledger.noteAttested(standing.grant.grant, act);
    this.#options.onChanged(visit.id);
    return this.#viewOf(visit);
  }

  stay(terminal: string, id: string): VisitView {
    return this.#viewOf(this.#open(terminal, id));
  }

  end(terminal: string, id: string): VisitView {
    const visit = this.#at(terminal, id);
    if (visit.ended === null) this.#end(visit, 'done');
    return this.#viewOf(visit);
  }

  /** Ends those whose time is over. */
  tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const visit of this.#visits.values()) {
      if (visit.ended === null && nowMs >= this.#endsAtMs(visit)) this.#end(visit, 'timeout');
    }
  }

  /** A door changed. */
  doorChanged(compartment: number): void {
    for (const visit of this.#visits.values()) {
      if (visit.ended !== null) continue;
      if (!visit.deliveries.some((listed) => listed.compartment === compartment)) continue;
      visit.touchedMs = this.#options.clock.monotonicMs();
      this.#options.onChanged(visit.id);
    }
  }

  #at(terminal: string, id: string): Visit {
    const visit = this.#visits.get(id);
    if (visit?.terminal === terminal) return visit;
    throw new PickupRefusal('not-found', 'this terminal has no such visit (any more); begin a new one');
  }

  #open(terminal: string, id: string): Visit {
    const visit = this.#at(terminal, id);
    if (visit.ended !== null) throw new PickupRefusal('visit-ended', 'this visit is over; begin a new one');
    visit.touchedMs = this.#options.clock.monotonicMs();
    return visit;
  }

  async #openNext(visit: Visit): Promise<boolean> {
    for (const listed of visit.deliveries) {
      if (this.#standing(visit, listed).step !== 'waiting' || this.#whyNoGrant(visit, listed)) continue;
      await this.#release(visit, listed);
      return true;
    }
    return false;
  }

  /** Resolves once the ledger holds the grant, or it was refused. @throws PickupRefusal why no grant is given */
  async #release(visit: Visit, { delivery, compartment, zone }: Listed): Promise<void> {
    const { clock, random, open, onChanged } = this.#options;
    const listed = { delivery, compartment, zone };
    const why = this.#whyNoGrant(visit, listed);
    if (why) throw why;
    const grant = newId(clock, random);
    const begun = Promise.withResolvers<void>();
    const over = open({
      grant,
      delivery,
      compartment,
      released: { holder: visit.holder.holder, terminal: visit.terminal, list: visit.list.version },
      // While this one waited for power, the hub may have come back, or the parcel been released otherwise.
      refusal: () => (this.#whyNoGrant(visit, listed, grant) ? 'busy' : null),
      onBegun: begun.resolve,
    }).then(() => onChanged(visit.id));
    await Promise.race([begun.promise, over]);
  }

  #whyNoGrant(
    visit: Visit,
    listed: Pick<Listed, 'delivery' | 'compartment' | 'zone'>,
    mine: string | null = null,
  ): PickupRefusal | null {
    const { ledger, whyNoVisit, isSensed } = this.#options;
    if (visit.ended !== null) return new PickupRefusal('visit-ended', 'this visit is over; begin a new one');
    const grants = ledger.grantsOf(listed.delivery).filter(({ grant }) => grant !== mine);
    const known = {
      grants,
      place: ledger.grant(mine ?? '') ? undefined : this.#recordOf(listed),
      sensed: isSensed(listed.compartment),
      unwalked: ledger.isUnwalked(listed.compartment, visit.list.version),
    };
    const { refusal } = standingOf(listed.delivery, known, visit.list.policy.retries);
    if (refusal) return new PickupRefusal(refusal, 'this door cannot be opened now; ask the staff');
    const busy = visit.deliveries.find((other) => {
      if (other.delivery === listed.delivery) return false;
      return ['opening', 'open', 'attest'].includes(this.#standing(visit, other).step);
    });
    if (busy) return new PickupRefusal('not-now', `first finish at door ${busy.compartment}`);
    // The hub is back: whoever stands here may finish at the door, and no further grant is given.
    return whyNoVisit();
  }

  /** What the ledger has of a place. A room's door is opened for one parcel after another: its last says nothing of others. */
  #recordOf({ compartment, zone }: Pick<Listed, 'compartment' | 'zone'>): CompartmentRecord | undefined {
    const record = this.#options.ledger.compartment(compartment);
    return record && zone !== undefined ? { ...record, delivery: null } : record;
  }

  #standing(
    visit: Visit,
    { delivery, compartment, zone }: Pick<Listed, 'delivery' | 'compartment' | 'zone'>,
  ): Standing {
    const { ledger, isSensed } = this.#options;
    const known = {
      grants: ledger.grantsOf(delivery),
      place: this.#recordOf({ compartment, zone }),
      sensed: isSensed(compartment),
      unwalked: ledger.isUnwalked(compartment, visit.list.version),
    };
    return standingOf(delivery, known, visit.list.policy.retries);
  }

  #endsAtMs(visit: Visit): number {
    const { idleMs, warnMs, openAlarmMs } = visit.list.policy;
    const open = this.#openDoors(visit);
    return visit.touchedMs + (open ? Math.max(openAlarmMs, idleMs + warnMs) : idleMs + warnMs);
  }

  #openDoors(visit: Visit): boolean {
    return visit.deliveries.some((listed) => this.#standing(visit, listed).step === 'open');
  }

  #endAt(terminal: string, reason: 'cancelled'): void {
    for (const visit of this.#visits.values()) {
      if (visit.terminal === terminal && visit.ended === null) this.#end(visit, reason);
    }
  }

  #end(visit: Visit, reason: NonNullable<Visit['ended']>): void {
    visit.ended = reason;
    this.#options.onChanged(visit.id);
  }

  #forgetOldest(): void {
    const ended = [...this.#visits.values()].filter((visit) => visit.ended !== null);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#visits.delete(id);
  }

  #viewOf(visit: Visit): VisitView {
    const isOpen = visit.ended === null;
    const endsInMs = this.#endsAtMs(visit) - this.#options.clock.monotonicMs();
    return {
      visit: visit.id,
      kind: 'resident',
      state: isOpen ? 'open' : 'ended',
      endReason: visit.ended,
      who: visit.holder.unitName,
      language: visit.holder.language,
      free: [],
      stops: visit.deliveries.map((listed) => this.#stopOf(visit, listed)),
      endsInMs: isOpen && !this.#openDoors(visit) ? Math.max(0, endsInMs) : null,
      newcomer: false,
      ownCode: null,
    };
  }

  #stopOf(visit: Visit, listed: Listed): z.infer<typeof StopView> {
    const { layout, isSensed } = this.#options;
    const { compartment, zone, delivery, size } = listed;
    // A room is opened once for each of its zones: what was taken by which opening is then beyond doubt.
    const together = visit.deliveries.filter(
      (other) => other.compartment === compartment && other.zone === zone,
    );
    const { step, attemptsLeft } = this.#standing(visit, listed);
    const words = describePlace(layout, compartment);
    const mayOpen = visit.ended === null && MAY[step].open && this.#whyNoGrant(visit, listed) === null;
    return {
      delivery,
      unitName: visit.holder.unitName,
      size,
      step,
      place: words
        ? {
            bank: layout.bank,
            bankName: layout.name,
            compartment,
            zone: zone ?? null,
            columnFromLeft: words.columnFromLeft,
            columns: words.columns,
            band: words.band,
          }
        : null,
      atDesk: false,
      together: together.length,
      zones: together.flatMap((other) => other.zone ?? []),
      takenBack: null,
      sensed: isSensed(compartment),
      openTooLong: step === 'open' && this.#openTooLong(visit),
      attemptsLeft,
      canOpen: mayOpen,
      canOtherDoor: false,
      canUndo: false,
      canReportMissing: false,
      missing: false,
      answerInMs: null,
    };
  }

  #openTooLong({ touchedMs, list }: Visit): boolean {
    return this.#options.clock.monotonicMs() >= touchedMs + list.policy.openNoticeMs;
  }
}

/** @throws PickupRefusal `too-many-attempts`, `code-owner-needed` */
function refuseGuesser(verdict: Verdict): void {
  if (verdict.is === 'wait') {
    throw new PickupRefusal(
      'too-many-attempts',
      'too many wrong codes; scan the QR code, or wait',
      verdict.ms,
    );
  }
  if (verdict.is === 'owner-needed') {
    throw new PickupRefusal('code-owner-needed', 'say the unit too, or scan the QR code');
  }
}
