/**
 * Sees what really happens (parcels, doors, current in locks) and holds it against what the design promises. It
 * believes nobody: what was acknowledged is what the hub answered, what opened is what the locks felt.
 */
import type { Effect } from '@lockerhub/hub/deliveries/command.ts';
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { OPEN_WITHIN_MS } from '@lockerhub/protocol/bank/messages.ts';
import { EMPTY_HEAD, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import type { PlcEvent } from '../plc/plc.ts';
import type { VirtualBank } from './virtual/virtual-bank.ts';
import type { World } from './virtual/virtual-building.ts';

/** A pulse may come so long after its grant: until its deadline at the agent, then behind one request on the wire. */
const PULSE_WITHIN_MS = OPEN_WITHIN_MS + 1_500;
/** A door that has been open for so long is known to be open: a few polls and the way to the hub. */
const KNOWN_AFTER_MS = 3_000;
/** The profiles' cap, and one unit of a relay board's timer. */
const CAP_MS = 1_000 + 100;
/** An effect follows its commit at once; the entry is among the last ones. */
const RECENT_ENTRIES = 200;
/** After a fire contact closed: five polls of 250 ms before the agent believes it, and a pulse that was under way. */
const RELEASES_UNTIL_MS = 2_500;
/** A release pulses a door three times at most; a restart in its middle begins anew with what is not open. */
const PULSES_A_RELEASE = 3;
/** What everybody can reach, after the 2010 ADA Standards, 308; the hub's own constant is not believed. */
const REACHABLE_MM = { from: 380, to: 1_220 };
/** Violations told in full; a broken guard breaks everything after it. */
const TOLD = 20;

interface Parcel {
  readonly household: string;
  /** One of those whom it is for. */
  readonly resident: string;
  /** The label names the home: anybody of the household may have it. */
  readonly forHome: boolean;
  /** Where it lies, `bank/door`; null while a person has it. */
  at: string | null;
}

/** Who came: a resident, or somebody whom they named, for one parcel or for all of theirs. */
export interface Collector {
  readonly resident: string;
  readonly named?: string;
}

interface Opening {
  readonly grant: string;
  readonly atMs: number;
  used: boolean;
}

export class Witness {
  readonly violations: string[] = [];
  /** Parcels that got a compartment. */
  deliveries = 0;
  /** Parcels that were put beside others. */
  sharings = 0;
  readonly #world: () => World;
  readonly #parcels = new Map<string, Parcel>();
  readonly #acknowledged = new Set<string>();
  readonly #openings = new Map<string, Opening[]>();
  readonly #openSinceMs = new Map<string, number>();
  readonly #thawedMs = new Map<string, number>();
  readonly #opens = new Set<string>();
  /** Bank → until when its doors may be released in an emergency, and the pulses of each door in it. */
  readonly #releases = new Map<
    string,
    { untilMs: number; pulses: Map<string, number>; pulsesAtMost: number }
  >();
  /** Locks under current. */
  readonly #energisedNow = new Set<string>();

  constructor(world: () => World) {
    this.#world = world;
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  /** Parcels that lie in a bank, with the resident that each is for. */
  waitingAt(bank: string): { readonly delivery: string; readonly resident: string }[] {
    return [...this.#parcels]
      .filter(([, { at }]) => at?.startsWith(`${bank}/`))
      .map(([delivery, { resident }]) => ({ delivery, resident }));
  }

  /** How long a door has stood open; 0 if it is closed. */
  openForMs(bank: string, compartment: number): number {
    const sinceMs = this.#openSinceMs.get(`${bank}/${compartment}`);
    return sinceMs === undefined ? 0 : this.#now() - sinceMs;
  }

  watch(bank: VirtualBank): void {
    bank.plc.observe((event) => this.#happened(bank, event));
  }

  parcelArrived(
    delivery: string,
    { id: resident, household }: { readonly id: string; readonly household: string },
    forHome: boolean,
    isForDesk: boolean,
  ): void {
    if (!isForDesk) this.deliveries += 1;
    this.#parcels.set(delivery, { household, resident, forHome, at: null });
  }

  putIn(delivery: string, bank: string, compartment: number): void {
    const parcel = this.#parcels.get(delivery);
    if (!parcel) return;
    const at = `${bank}/${compartment}`;
    for (const [other, { household }] of this.#contents(at)) {
      this.sharings += 1;
      if (household !== parcel.household) {
        this.#violated('I3', `${at} was given out for ${delivery} while ${other} of strangers lay in it`);
      }
    }
    parcel.at = at;
    this.#checkReach(delivery, parcel, bank, compartment);
  }

  /** Nobody is sent to a door that they said they cannot reach. */
  #checkReach(delivery: string, { resident, forHome }: Parcel, bank: string, compartment: number): void {
    const { roster } = this.#world().people;
    const person = roster.resident(resident);
    // Nobody knew whose it is, where a home is one of several in the unit.
    const isNobodys = forHome && roster.householdsOf(person?.unit ?? '').length > 1;
    if (!person?.accessible || isNobodys) return;
    const { layout } = this.#world().bank(bank).plan;
    const handleMm = placedCompartments(layout).find(({ number }) => number === compartment)?.handleMm ?? 0;
    if (handleMm < REACHABLE_MM.from || handleMm > REACHABLE_MM.to) {
      this.#violated(
        'R2',
        `${delivery} for ${resident} lies behind ${bank}/${compartment}, ${handleMm} mm high`,
      );
    }
  }

  /** For whom a parcel is. */
  addresseeOf(delivery: string): string | undefined {
    return this.#parcels.get(delivery)?.resident;
  }

  isInside(delivery: string): boolean {
    return (this.#parcels.get(delivery)?.at ?? null) !== null;
  }

  /** Where a parcel lies, if it lies in a bank. */
  placeOf(delivery: string): { readonly bank: string; readonly compartment: number } | undefined {
    const [bank, compartment] = this.#parcels.get(delivery)?.at?.split('/') ?? [];
    return bank === undefined ? undefined : { bank, compartment: Number(compartment) };
  }

  /** The parcels that lie in a compartment. */
  contentsOf(bank: string, compartment: number): string[] {
    return this.#contents(`${bank}/${compartment}`).map(([delivery]) => delivery);
  }

  /** True if it was there. */
  takeOut(delivery: string): boolean {
    const parcel = this.#parcels.get(delivery);
    if (!parcel?.at) return false;
    parcel.at = null;
    return true;
  }

  /** Somebody stands before an open door: a resident, or whom they named (then for one parcel, or all of theirs). */
  lookedInto(bank: string, compartment: number, { resident, named }: Collector): void {
    const { roster } = this.#world().people;
    const mine = roster.resident(resident)?.household;
    const at = `${bank}/${compartment}`;
    for (const [other, parcel] of this.#contents(at)) {
      if (parcel.household !== mine) {
        this.#violated('I3', `${at} was opened for ${resident} and shows ${other} of strangers`);
      }
      const isOwn = parcel.forHome || parcel.resident === resident;
      if (!isOwn && roster.resident(parcel.resident)?.onlyMe) {
        this.#violated(
          'R1',
          `${at} was opened for ${resident}, but ${other} is for ${parcel.resident} alone`,
        );
      }
      const isNamedFor = named === undefined || (isOwn && (named === 'all' || named === other));
      if (!isNamedFor)
        this.#violated('R1', `${at} was opened for a delegate of ${resident} and shows ${other}`);
    }
  }

  /** The hub said to a courier that the parcel is deposited. */
  acknowledged(delivery: string): void {
    this.#acknowledged.add(delivery);
  }

  /**
   * Another hub took over with the first `seq` entries. What stood in the others alone is lost with the disk of the one
   * before (I1); the parcels lie where they lie, and somebody must be called to each of them.
   */
  logEndsAt(seq: number): void {
    for (const { payload: text } of this.#world().disk.entries.slice(seq)) {
      const payload = decodePayload(text);
      if (payload.type === 'delivery.deposited') this.#acknowledged.delete(payload.data.delivery);
    }
  }

  /** An effect of the hub, right after its commit. */
  effect(effect: Effect): void {
    if (effect.type !== 'open') return;
    if (this.#opens.has(effect.grant)) this.#violated('I2', `grant ${effect.grant} was sent twice`);
    this.#opens.add(effect.grant);
    // An open that a crash can forget is one that nobody can prove.
    const isLogged = this.#world()
      .disk.entries.slice(-RECENT_ENTRIES)
      .some(({ payload }) => payload.includes(effect.grant));
    if (!isLogged) this.#violated('I1', `grant ${effect.grant} was sent before it was in the log`);
    const at = `${effect.bank}/${effect.compartment}`;
    const now = this.#now();
    const opening = { grant: effect.grant, atMs: now, used: false };
    this.#openings.set(at, [...(this.#openings.get(at) ?? []).slice(-20), opening]);
    if (effect.purpose === 'deposit') this.#checkGivenOut(effect.bank, at, now);
  }

  #checkGivenOut(bank: string, at: string, now: number): void {
    const { plan } = this.#world().bank(bank);
    const openSince = this.#openSinceMs.get(at);
    if (plan.sensed && openSince !== undefined && now - openSince > KNOWN_AFTER_MS) {
      this.#violated(
        'I3',
        `${at} was given out although it has stood open for ${Math.round(now - openSince)} ms`,
      );
    }
  }

  /** What must hold at every quiet moment, and at the end. */
  checkRecords(): void {
    const { disk, hub } = this.#world();
    if (!hub) return;
    const deposited = new Set<string>();
    for (const { payload: text } of disk.entries) {
      const payload = decodePayload(text);
      if (payload.type === 'delivery.deposited') deposited.add(payload.data.delivery);
    }
    for (const delivery of this.#acknowledged) {
      if (!deposited.has(delivery))
        this.#violated('I1', `${delivery} was acknowledged and is not in the log`);
    }
    verifyChain(EMPTY_HEAD, disk.entries);
    this.#checkCustody(hub.building.model);
  }

  /** Every parcel that lies somewhere is on record there, or a case calls somebody. */
  #checkCustody({ deliveries, cases }: NonNullable<World['hub']>['building']['model']): void {
    for (const [id, { at }] of this.#parcels) {
      if (at === null) continue;
      const record = deliveries.get(id);
      const isRecorded = record !== undefined && `${record.bank}/${record.compartment}` === at;
      const isCase = [...cases.values()].some(
        (one) => one.delivery === id || `${one.bank}/${one.compartment}` === at,
      );
      if (!isRecorded && !isCase)
        this.#violated('I1', `${id} lies in ${at}, and neither record nor case says so`);
    }
  }

  /** The fire contact of a bank opened: its doors may be released, one after another. */
  fireContactOpened(bank: string): void {
    const pulses = new Map<string, number>();
    this.#releases.set(bank, { untilMs: Number.POSITIVE_INFINITY, pulses, pulsesAtMost: PULSES_A_RELEASE });
  }

  /** It closed again: nothing is released from then on but what was under way. */
  fireContactClosed(bank: string): void {
    const release = this.#releases.get(bank);
    if (release) release.untilMs = this.#now() + RELEASES_UNTIL_MS;
  }

  /** The agent has had the time to see that it closed: nothing is released any more. */
  releaseOver(bank: string): void {
    this.#releases.delete(bank);
  }

  /** The agent of a bank died in the middle of a release: the next one tries anew what is not open. */
  releaseBeginsAnew(bank: string): void {
    const release = this.#releases.get(bank);
    if (release) release.pulsesAtMost += PULSES_A_RELEASE;
  }

  /** True if an emergency lets the lock be energised now. */
  #isReleased(bank: string, at: string): boolean {
    const release = this.#releases.get(bank);
    if (!release || this.#now() > release.untilMs) return false;
    const pulses = (release.pulses.get(at) ?? 0) + 1;
    release.pulses.set(at, pulses);
    if (pulses > release.pulsesAtMost)
      this.#violated('E4', `${at} was pulsed ${pulses} times in one release`);
    return true;
  }

  /** Each bank hangs on one supply, which carries one lock at a time; self-limiting locks let go by themselves. */
  #checkPower(bank: VirtualBank, at: string): void {
    const others = [...this.#energisedNow].filter((other) => other.startsWith(`${bank.id}/`) && other !== at);
    if (bank.plan.device === 'timed' && others.length > 0) {
      this.#violated('E3', `${at} was energised while ${others.join(', ')} still was`);
    }
    this.#energisedNow.add(at);
  }

  #happened(bank: VirtualBank, event: PlcEvent): void {
    if (event.kind === 'power' && !event.on) this.#powerFailed(bank);
    if (!('door' in event)) return;
    const at = `${bank.id}/${event.door}`;
    switch (event.kind) {
      case 'energised':
        this.#checkPower(bank, at);
        if (!this.#isReleased(bank.id, at)) this.#energised(bank, at);
        break;
      case 'released':
        this.#energisedNow.delete(at);
        if (bank.plan.device === 'timed' && event.energisedMs > CAP_MS) {
          this.#violated('I10', `${at} was under current for ${event.energisedMs} ms`);
        }
        break;
      case 'burnt':
        this.#violated('I10', `the lock of ${at} burned`);
        break;
      case 'opened':
        this.#openSinceMs.set(at, this.#now());
        break;
      case 'closed':
        this.#openSinceMs.delete(at);
        break;
    }
  }

  #powerFailed(bank: VirtualBank): void {
    for (const at of [...this.#energisedNow]) if (at.startsWith(`${bank.id}/`)) this.#energisedNow.delete(at);
  }

  /** A PLC goes on after it stood still: what it was told before, it does now. */
  thawed(bank: string): void {
    this.#thawedMs.set(bank, this.#now());
  }

  #energised(bank: VirtualBank, at: string): void {
    const now = this.#now();
    const openings = this.#openings.get(at) ?? [];
    const opening = openings.findLast(({ used }) => !used);
    if (!opening) {
      const why = openings.length > 0 ? 'a second time for one grant' : 'without any grant';
      this.#violated(openings.length > 0 ? 'I2' : 'I7', `${at} was energised ${why}`);
      return;
    }
    opening.used = true;
    const isLate = now - opening.atMs > PULSE_WITHIN_MS;
    if (isLate && this.#thawedMs.get(bank.id) !== now) {
      this.#violated('I2', `${at} was energised ${Math.round(now - opening.atMs)} ms after its grant`);
    }
  }

  #contents(at: string): [string, Parcel][] {
    return [...this.#parcels].filter(([, parcel]) => parcel.at === at);
  }

  #now(): number {
    return this.#world().clock.monotonicMs();
  }

  #violated(invariant: string, what: string): void {
    if (this.violations.length < TOLD) {
      this.violations.push(`${invariant} at ${Math.round(this.#now())} ms: ${what}`);
    }
  }
}
