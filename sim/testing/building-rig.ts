/** A whole building around the deliveries, without wires: a virtual clock, a log in memory, hands at the doors. */

import { Building } from '@lockerhub/hub/building/building.ts';
import type { Command, Effect, Reply } from '@lockerhub/hub/deliveries/command.ts';
import { withNewcomer } from '@lockerhub/hub/deliveries/newcomer.ts';
import type { Policy } from '@lockerhub/hub/deliveries/policy.ts';
import type { WhenEnv } from '@lockerhub/hub/deliveries/reminding.ts';
import type { Roster } from '@lockerhub/hub/deliveries/roster.ts';
import { beginEpoch } from '@lockerhub/hub/epoch/begin-epoch.ts';
import { MemoryDisk, MemoryLog } from '@lockerhub/hub/store/memory.ts';
import type { Rows } from '@lockerhub/hub/store/rows.ts';
import type { Layout, Size } from '@lockerhub/protocol/bank/layout.ts';
import type { BankEventKind } from '@lockerhub/protocol/bank/messages.ts';
import { STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import {
  decodePayload,
  type Payload,
  type PayloadOf,
  type PayloadType,
} from '@lockerhub/protocol/log/payload.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';

/** Some day in 2026, ms since 1970. */
const START_MS = 1_780_000_000_000;

/** Ids are real UUIDs, made once, so that tests can name people. */
const ids = new SeededRandom(7);
const id = () => newId(new VirtualClock(0), ids);

export const PEOPLE = {
  /** One household of two. */
  pair: { unit: id(), household: id(), residents: [id(), id()] },
  /** Two households in one unit. */
  mateA: { unit: id(), household: id(), resident: id() },
  mateB: { household: id(), resident: id() },
  single: { unit: id(), household: id(), resident: id() },
  /** A household in which nobody is left. */
  empty: { unit: id(), household: id() },
  courier: id(),
  otherCourier: id(),
  carrier: id(),
  staff: id(),
} as const;

export const TERMINALS = { a: id(), b: id(), blind: id(), lobby: id() } as const;

function column(from: number, sizes: readonly Size[]): Layout['columns'][number] {
  return { widthMm: 400, cells: sizes.map((size, at) => ({ number: from + at, size, heightMm: 200 })) };
}

function layout(bank: string, ...columns: readonly (readonly Size[])[]): Layout {
  let from = 1;
  const placed = columns.map((sizes) => {
    const made = column(from, sizes);
    from += sizes.length;
    return made;
  });
  return { bank, name: `Bank ${bank}`, depthMm: 500, bottomMm: 100, columns: placed };
}

/** Two banks with sensors, and one without any. */
export const LAYOUTS: readonly Layout[] = [
  layout('a', ['S', 'S', 'M'], ['M', 'L', 'XL']),
  layout('b', ['S', 'M', 'L']),
  layout('blind', ['S', 'M']),
];

const HOUSEHOLDS = [
  { id: PEOPLE.pair.household, unit: PEOPLE.pair.unit, residents: PEOPLE.pair.residents },
  { id: PEOPLE.mateA.household, unit: PEOPLE.mateA.unit, residents: [PEOPLE.mateA.resident] },
  { id: PEOPLE.mateB.household, unit: PEOPLE.mateA.unit, residents: [PEOPLE.mateB.resident] },
  { id: PEOPLE.single.household, unit: PEOPLE.single.unit, residents: [PEOPLE.single.resident] },
  { id: PEOPLE.empty.household, unit: PEOPLE.empty.unit, residents: [] },
];

const BANK_OF: Record<string, string | null> = {
  [TERMINALS.a]: 'a',
  [TERMINALS.b]: 'b',
  [TERMINALS.blind]: 'blind',
  [TERMINALS.lobby]: null,
};

/** Who is away, for a test that says so (and clears it). */
export const AWAY = new Map<string, { from: string; until: string }>();

const NO_WISHES = { accessible: false, onlyMe: false, reachable: true, lacksChannel: false };

export const ROSTER: Roster = {
  unit: (unit) => {
    const at = HOUSEHOLDS.findIndex((household) => household.unit === unit);
    return at < 0 ? undefined : { id: unit, name: `Unit ${at + 1}` };
  },
  householdsOf: (unit) => HOUSEHOLDS.filter((household) => household.unit === unit),
  resident: (resident) => {
    const home = HOUSEHOLDS.find(({ residents }) => (residents as readonly string[]).includes(resident));
    return (
      home && {
        id: resident,
        household: home.id,
        unit: home.unit,
        language: 'en',
        ...NO_WISHES,
        away: AWAY.get(resident) ?? null,
      }
    );
  },
  residentsOf: (household) => HOUSEHOLDS.find((home) => home.id === household)?.residents ?? [],
  everybodyOf: (household) => HOUSEHOLDS.find((home) => home.id === household)?.residents ?? [],
  pins: () => [],
  fobs: () => [],
  managersTold: () => [],
  courierIds: () => [PEOPLE.courier, PEOPLE.otherCourier],
  courier: (courier) => {
    const isCourier = courier === PEOPLE.courier || courier === PEOPLE.otherCourier;
    if (!isCourier) return undefined;
    return { id: courier, carrier: PEOPLE.carrier, carrierName: 'Swift Parcels', hours: null };
  },
  terminal: (terminal) =>
    terminal in BANK_OF ? { id: terminal, bank: BANK_OF[terminal] ?? null } : undefined,
  canTell: (contacts) => contacts.length > 0,
  layouts: () => LAYOUTS,
  keepsOwnRecords: () => true,
  supplyOf: ({ bank }) => `line/${bank}`,
};

export const CODE_KEY = new Uint8Array(32).fill(5);

export interface RigOptions {
  readonly policy?: Partial<Policy>;
  readonly seed?: number;
  /** Other people than `PEOPLE`. */
  readonly roster?: Roster;
}

/** A building, and what a test does to it from outside. `kill` and `start` stand for a kill -9 and a restart. */
export class BuildingRig {
  readonly clock = new VirtualClock(START_MS);
  readonly random: SeededRandom;
  disk = new MemoryDisk();
  epoch = 1;
  readonly policy: Policy;
  timeZone = 'UTC';
  /** Residents who want their own parcels for themselves alone, and those who need reachable doors. */
  readonly onlyMe = new Set<string>();
  readonly accessible = new Set<string>();
  /** Residents who cannot be told. */
  readonly unreachable = new Set<string>();
  /** Managers who can be told by mail. */
  managersTold: readonly string[] = [];
  readonly roster: Roster;
  readonly effects: Effect[] = [];
  readonly faults: unknown[] = [];
  clockTrust: 'trusted' | 'untrusted' = 'trusted';
  diskState: 'ok' | 'low' = 'ok';
  fencedBy: number | null = null;
  isHeld = false;
  building!: Building;
  /** The sessions of the banks, and how many reports each sent. */
  readonly sessions = new Map<string, { session: number; number: number }>();

  private constructor({ policy, seed, roster }: RigOptions) {
    const base = roster ?? ROSTER;
    const people = () => withSettled(base, this.disk);
    this.roster = {
      ...base,
      managersTold: () => this.managersTold,
      householdsOf: (unit) => people().householdsOf(unit),
      residentsOf: (household) => people().residentsOf(household),
      everybodyOf: (household) => people().everybodyOf(household),
      resident: (id) => {
        const known = people().resident(id);
        return (
          known && {
            ...known,
            onlyMe: this.onlyMe.has(id),
            accessible: this.accessible.has(id),
            reachable: known.reachable && !this.unreachable.has(id),
          }
        );
      },
    };
    this.policy = { ...STANDARD_POLICY, ...policy };
    this.random = new SeededRandom(seed ?? 1);
  }

  static async start(options: RigOptions = {}): Promise<BuildingRig> {
    const rig = new BuildingRig(options);
    await rig.boot();
    return rig;
  }

  /** A new process on the same disk; the banks are not heard of yet. */
  async boot(): Promise<void> {
    const { clock, random, policy } = this;
    this.building = new Building({
      clock,
      random,
      log: new MemoryLog({ epoch: this.epoch, random, disk: this.disk }),
      roster: this.roster,
      policy: () => policy,
      codeKey: CODE_KEY,
      perform: (effect) => this.effects.push(effect),
      clockTrust: () => this.clockTrust,
      disk: () => this.diskState,
      fencedBy: () => this.fencedBy,
      isHeld: () => this.isHeld,
      language: () => 'en',
      timeZone: () => this.timeZone,
      onFault: (error) => this.faults.push(error),
    });
    await this.building.start();
  }

  /** Another hub takes the building over, with the first `seq` entries of its log. */
  async replace(seq: number): Promise<void> {
    await this.kill();
    const { clock, random } = this;
    const disk = new MemoryDisk();
    for (const entry of this.disk.entries.slice(0, seq)) disk.add(entry, 'all');
    this.disk = disk;
    this.epoch += 1;
    await beginEpoch({
      log: new MemoryLog({ epoch: this.epoch, random, disk }),
      clock,
      began: { number: this.epoch, instance: newId(clock, random), reason: 'replaced' },
      lastEpoch: disk.entries.at(-1)?.epoch ?? null,
      layouts: LAYOUTS,
    });
    await this.boot();
  }

  /** The process dies: nothing of it acts any more; what was performed and not yet taken by a bank is lost. */
  async kill(): Promise<void> {
    await this.building.stop();
    this.effects.length = 0;
  }

  do<C extends Command>(command: C): Promise<Reply<C>> {
    return this.building.execute(command);
  }

  /** A bank comes (again) with a new session and reports all its doors as they are. */
  async online(
    bank: string,
    doors: (compartment: number) => 'closed' | 'open' = () => 'closed',
  ): Promise<void> {
    const session = (this.sessions.get(bank)?.session ?? 0) + 1;
    this.sessions.set(bank, { session, number: 0 });
    await this.do({ type: 'bank-online', bank, session });
    for (const compartment of compartmentsOf(bank)) await this.seen(bank, compartment, doors(compartment));
  }

  async allOnline(): Promise<void> {
    for (const { bank } of LAYOUTS) await this.online(bank);
  }

  async seen(
    bank: string,
    compartment: number,
    door: 'closed' | 'open' | 'jammed' | 'unknown' | 'unavailable' | 'forced' | 'opening',
  ): Promise<void> {
    const session = this.sessions.get(bank)?.session ?? 0;
    const sensed = bank !== 'blind';
    const seen = sensed || door === 'unavailable' || door === 'unknown' ? door : 'unsensed';
    await this.do({ type: 'door-seen', bank, session, compartment, door: seen, sensed });
  }

  /** A bank reports something that happened at a door now. */
  async report(
    bank: string,
    compartment: number,
    kind: BankEventKind,
    grant: string | null,
  ): Promise<{ session: number; number: number }> {
    const at = this.sessions.get(bank);
    if (!at) throw new Error(`${bank} is not online`);
    at.number += 1;
    const { session, number } = at;
    await this.do({
      type: 'bank-event',
      bank,
      session,
      number,
      kind,
      compartment,
      grant,
      ageMs: 0,
      latencyMs: kind === 'opened' ? 40 : null,
    });
    return { session, number };
  }

  /** What a deadline depends on, as it is now. */
  get when(): WhenEnv {
    const { clock, clockTrust, timeZone, policy } = this;
    return {
      nowMs: clock.monotonicMs(),
      wallMs: clock.wallMs(),
      clockTrust,
      timeZone,
      roster: this.roster,
      policy,
    };
  }

  /** The opens that were asked for and not taken yet, oldest first. */
  takeOpens(): Extract<Effect, { type: 'open' }>[] {
    const opens = this.effects.filter((effect) => effect.type === 'open');
    this.effects.length = 0;
    return opens;
  }

  /** The one open that was asked for. */
  takeOpen(): Extract<Effect, { type: 'open' }> {
    const [open, ...others] = this.takeOpens();
    if (!open || others.length > 0) throw new Error(`expected one open, got ${open ? others.length + 1 : 0}`);
    return open;
  }

  async opens({
    bank,
    compartment,
    grant,
  }: {
    bank: string;
    compartment: number;
    grant: string;
  }): Promise<void> {
    await this.report(bank, compartment, 'opened', grant);
    await this.seen(bank, compartment, 'open');
  }

  async closes({
    bank,
    compartment,
    grant,
  }: {
    bank: string;
    compartment: number;
    grant: string;
  }): Promise<void> {
    await this.report(bank, compartment, 'closed', grant);
    await this.seen(bank, compartment, 'closed');
  }

  /** A courier's code, as staff give it. */
  async courierCode(courier: string = PEOPLE.courier): Promise<string> {
    return (await this.do({ type: 'issue-code', staff: PEOPLE.staff, holder: courier })).code;
  }

  /** A whole drop-off: code, parcel, door, confirmation, end. Returns the delivery. */
  async dropOff(
    to: { unit: string; resident: string | null },
    size: Size = 'S',
    terminal: string = TERMINALS.a,
  ): Promise<string> {
    const code = this.building.codeOf(PEOPLE.courier) ?? (await this.courierCode());
    const { visit } = await this.do({ type: 'start-visit', terminal, code });
    await this.do({ type: 'add-parcel', terminal, visit, ...to, size, tracking: null });
    const open = this.takeOpen();
    await this.opens(open);
    await this.closes(open);
    const delivery = open.delivery ?? '';
    await this.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    await this.do({ type: 'end-visit', terminal, visit });
    return delivery;
  }

  /** A courier's whole visit at the bank without sensors, with one parcel, told to its resident. */
  async dropOffBlind(to: { unit: string }): Promise<string> {
    const terminal = TERMINALS.blind;
    const code = this.building.codeOf(PEOPLE.courier) ?? (await this.courierCode());
    const { visit } = await this.do({ type: 'start-visit', terminal, code });
    const parcel = { unit: to.unit, resident: null, size: 'S', tracking: null } as const;
    await this.do({ type: 'add-parcel', terminal, visit, ...parcel });
    const open = this.takeOpen();
    const delivery = open.delivery ?? '';
    await this.report('blind', open.compartment, 'pulsed', open.grant);
    await this.do({ type: 'closed-by-hand', terminal, visit, delivery });
    await this.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    await this.do({ type: 'end-visit', terminal, visit });
    await this.tell();
    return delivery;
  }

  /** Lets the undo time pass, so that residents are told. */
  async tell(): Promise<void> {
    await this.clock.advance(this.policy.undoMs + 1);
  }

  /** All that the log says, oldest first. */
  payloads(): Payload[] {
    return this.disk.entries.map((entry) => decodePayload(entry.payload) as Payload);
  }

  /** The entries of one type, oldest first. */
  entries<Type extends PayloadType>(type: Type): PayloadOf<Type>[] {
    const ofType = this.payloads().filter((payload) => payload.type === type);
    return ofType.map(({ data }) => data as PayloadOf<Type>);
  }
}

/** With those whose rows the core wrote: by a claim somebody becomes a resident. */
function withSettled(base: Roster, { rows }: MemoryDisk): Roster {
  const residents = (rows.get('residents') ?? new Map()) as ReadonlyMap<string, Rows['residents']>;
  const households = (rows.get('households') ?? new Map()) as ReadonlyMap<string, Rows['households']>;
  return [...residents.values()].reduce((roster, { id, household, language, contacts }) => {
    const [known] = base.everybodyOf(household);
    const unit = households.get(household)?.unit ?? base.resident(known ?? '')?.unit ?? '';
    const reachable = (contacts ?? []).length > 0;
    return withNewcomer(roster, { id, household, unit, language, away: null, ...NO_WISHES, reachable });
  }, base);
}

export function compartmentsOf(bank: string): number[] {
  const found = LAYOUTS.find((one) => one.bank === bank);
  return (found?.columns ?? []).flatMap(({ cells }) =>
    cells.flatMap((cell) => ('number' in cell ? [cell.number] : [])),
  );
}
