/**
 * A building for the custody test: what is physically where, what the hub believes, and what must never break between
 * the two. People are careless (they walk away, forget to answer, leave doors open) but do not lie about what they see.
 */

import { apply } from '@lockerhub/hub/deliveries/apply.ts';
import type { Command, Effect } from '@lockerhub/hub/deliveries/command.ts';
import {
  doorKey,
  doorOf,
  emptyModel,
  type Model,
  placeKey,
  type Remembered,
  sameDoor,
} from '@lockerhub/hub/deliveries/model.ts';
import { Refusal } from '@lockerhub/hub/deliveries/refusal.ts';
import { isForSameResidents } from '@lockerhub/hub/deliveries/stops.ts';
import { nextDeadlineMs } from '@lockerhub/hub/deliveries/time.ts';
import type { Layout, Zone } from '@lockerhub/protocol/bank/layout.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { expect } from 'vitest';
import { BuildingRig, compartmentsOf, LAYOUTS, PEOPLE, ROSTER } from '../building-rig.ts';
import { ModelBank } from '../model-bank.ts';

/** Only these may lead to an opening (I7). */
export const MAY_OPEN = new Set<Command['type']>([
  'start-visit',
  'add-parcel',
  'other-door',
  'undo',
  'open-again',
  'next-door',
  'staff-open',
]);

/** `crowded`: hardly a door is in service. `roomy`: most parcels go into a package room. */
export type WorldKind = 'ordinary' | 'crowded' | 'roomy';

/** A parcel on a zone of the room that no record has, left there by whoever found it. */
interface Stranger {
  readonly zone: string;
  /** The parcels that were on record for that zone then, and for the building. */
  readonly beside: ReadonlySet<string>;
  readonly before: ReadonlySet<string>;
}

/** The door behind which a roomy world has its room. */
export const ROOM = { bank: 'b', compartment: 3 } as const;
export const ZONES = [
  { zone: 'A1', size: 'S', shelfMm: 400 },
  { zone: 'A2', size: 'M', shelfMm: 900 },
  { zone: 'A3', size: 'L', shelfMm: 1_200 },
  { zone: 'Floor', size: 'XL', shelfMm: 0, oversize: true },
] as const satisfies readonly Zone[];

export class World {
  readonly rig: BuildingRig;
  readonly kind: WorldKind;
  readonly banks = new Map<string, ModelBank>();
  /** Door → the parcels that are physically in it. */
  readonly inside = new Map<string, Set<string>>();
  /** Opens on their way to a bank, and how often each grant was asked to open. */
  opens: Extract<Effect, { type: 'open' }>[] = [];
  readonly asked = new Map<string, number>();
  readonly reached = new Set<string>();
  questions: Extract<Effect, { type: 'ask-outcomes' }>[] = [];
  /** Reports in the log, by the run of the hub that took them. */
  readonly logged = new Map<string, number>();
  /** What no record has, by the case about it. */
  readonly strangers = new Map<string, Stranger>();
  read = 0;
  boots = 0;

  constructor(rig: BuildingRig, kind: WorldKind) {
    this.rig = rig;
    this.kind = kind;
    for (const { bank } of LAYOUTS) {
      this.banks.set(bank, new ModelBank(bank, compartmentsOf(bank), bank !== 'blind'));
    }
  }

  get model(): Model {
    return this.rig.building.model;
  }

  /** A command, refused or not. Anything but a refusal is a fault. */
  async do(command: Command): Promise<boolean> {
    const before = this.rig.effects.length;
    let done = true;
    try {
      await this.rig.do(command);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      done = false;
      this.reached.add(`refused ${error.code}`);
    }
    const effects = this.rig.effects.slice(before);
    if (!MAY_OPEN.has(command.type)) expect(effects.filter(({ type }) => type === 'open')).toEqual([]);
    if (done) this.reached.add(command.type);
    this.takeEffects();
    return done;
  }

  takeEffects(): void {
    for (const effect of this.rig.effects.splice(0)) {
      if (effect.type === 'open') {
        const times = (this.asked.get(effect.grant) ?? 0) + 1;
        expect(times, 'I2: one open a grant').toBe(1);
        this.asked.set(effect.grant, times);
        this.opens.push(effect);
      }
      if (effect.type === 'ask-outcomes') this.questions.push(effect);
      if (effect.type === 'acknowledge') this.checkAcknowledged(effect);
    }
  }

  /** An acknowledgement says that all reports up to that number are in the log. */
  checkAcknowledged({ bank, session, number }: Extract<Effect, { type: 'acknowledge' }>): void {
    this.readReports();
    for (const report of this.bank(bank).unacknowledged) {
      if (report.session !== session || report.number > number) continue;
      expect(this.logged.has(`${bank}/${session}/${report.number}`), 'C8: acknowledged is logged').toBe(true);
    }
    this.bank(bank).acknowledge(session, number);
  }

  readReports(): void {
    for (; this.read < this.rig.disk.entries.length; this.read += 1) {
      const payload = decodePayload(this.rig.disk.entries[this.read]?.payload ?? '');
      if (payload.type !== 'door.reported' || payload.data.number === 0) continue;
      const { bank, session, number } = payload.data;
      const name = `${bank}/${session}/${number}`;
      expect(this.logged.get(name), 'C8: a report is taken once a run').not.toBe(this.boots);
      this.logged.set(name, this.boots);
    }
  }

  bank(bank: string): ModelBank {
    const found = this.banks.get(bank);
    if (!found) throw new Error(`no bank ${bank}`);
    return found;
  }

  contents(door: { bank: string; compartment: number }): Set<string> {
    const key = doorKey(door);
    const parcels = this.inside.get(key) ?? new Set<string>();
    this.inside.set(key, parcels);
    return parcels;
  }

  isInside(delivery: string): boolean {
    return [...this.inside.values()].some((parcels) => parcels.has(delivery));
  }

  async arrive(bank: ModelBank, count: number): Promise<void> {
    for (let taken = 0; taken < count; taken += 1) {
      const message = bank.wire.shift();
      if (!message) return;
      await this.do(message);
    }
  }

  check(): void {
    const { model } = this;
    this.readReports();
    this.checkSharing();
    this.checkStrangers();
    const live = [...model.grants.values()].filter(({ end }) => end === null).map(doorKey);
    expect(new Set(live).size, 'I2: one live grant a door').toBe(live.length);
    for (const [door, parcels] of this.inside) {
      for (const parcel of parcels) {
        const delivery = model.deliveries.get(parcel);
        const at = delivery && doorOf(delivery);
        expect(at && doorKey(at), `parcel ${parcel} lies in ${door}`).toBe(door);
      }
    }
    for (const bank of this.banks.values()) {
      for (const [grant, times] of bank.pulses) expect(times, `I2: pulses of ${grant}`).toBe(1);
    }
    // The wall clock is set at will here; what it makes due is done at the next look (reminding.ts).
    const next = nextDeadlineMs(model, { ...this.rig.when, clockTrust: 'untrusted', wallMs: 0 });
    if (next !== null)
      expect(next, 'a deadline that is past is done').toBeGreaterThan(this.rig.clock.monotonicMs());
    expect(this.rig.faults).toEqual([]);
    for (const delivery of model.deliveries.values()) {
      this.reached.add(`delivery ${delivery.state}`);
      if (!doorOf(delivery)) this.reached.add(`at desk ${delivery.state}`);
      if (delivery.zone !== null) this.reached.add(`in a room ${delivery.state}`);
    }
    for (const grant of model.grants.values()) this.reached.add(`grant ${grant.state}`);
    for (const open of model.cases.values()) this.reached.add(`case ${open.kind}`);
  }

  /** I3: behind one door, or on one zone of a room, lie parcels for the very same people, or one. */
  private checkSharing(): void {
    const byDoor = Map.groupBy(this.model.deliveries.values(), (delivery) => {
      const door = doorOf(delivery);
      return door ? placeKey({ ...door, zone: delivery.zone }) : null;
    });
    for (const [door, [first, ...others]] of byDoor) {
      if (door === null || !first || others.length === 0) continue;
      this.reached.add('shared');
      for (const other of others) {
        expect(other.household, `I3: one household in ${door}`).toBe(first.household);
        expect(isForSameResidents(other, first, this.rig.roster), `I3: for the same people in ${door}`).toBe(
          true,
        );
      }
      expect(first.household, `I3: nobody's parcel is alone in ${door}`).not.toBe(null);
    }
  }

  /** I3: to what lies on a zone without a record nothing is added; the room's other zones are given out. */
  private checkStrangers(): void {
    const inRoom = [...this.model.deliveries.values()].filter(
      (delivery) => delivery.zone !== null && sameDoor(delivery, ROOM),
    );
    for (const { zone, beside, before } of this.strangers.values()) {
      const added = inRoom.filter((delivery) => delivery.zone === zone && !beside.has(delivery.id));
      expect(added, `I3: nothing is put beside what lies on zone ${zone}`).toEqual([]);
      if (inRoom.some(({ id }) => !before.has(id))) this.reached.add('in a room beside a stranger');
    }
  }

  /** A restart now would know exactly what this process knows. */
  checkFold(): void {
    const folded = emptyModel();
    const living = [...this.rig.disk.living.values()].flat().sort((a, b) => a.seq - b.seq);
    for (const entry of living) {
      const payload = decodePayload(entry.payload);
      if (payload.type !== 'unknown') apply(folded, payload, 0);
    }
    expect(remembered(folded)).toEqual(remembered(this.model));
  }
}

function remembered(model: Model): Record<keyof Remembered, unknown> {
  const { visits, deliveries, grants, retired, cases, messages, codes, slips } = model;
  const tables = { visits, deliveries, grants, retired, cases, messages, codes, slips };
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, Object.fromEntries(table.entries())]),
  ) as Record<keyof Remembered, unknown>;
}

/** All that is left in service: large doors, which parcels have to share; or a small one and the room. */
const LEFT: Record<WorldKind, ReadonlySet<string> | null> = {
  ordinary: null,
  crowded: new Set(['a/5', 'a/6', 'b/3']),
  roomy: new Set(['a/1', 'b/3']),
};

const ROOMY: readonly Layout[] = LAYOUTS.map((layout) =>
  layout.bank === ROOM.bank
    ? {
        ...layout,
        columns: layout.columns.map(({ cells, ...column }) => ({
          ...column,
          cells: cells.map((cell) =>
            'number' in cell && cell.number === ROOM.compartment ? { ...cell, zones: [...ZONES] } : cell,
          ),
        })),
      }
    : layout,
);

async function crowd(world: World, left: ReadonlySet<string>): Promise<void> {
  const staff = PEOPLE.staff;
  for (const { bank } of LAYOUTS) {
    for (const compartment of compartmentsOf(bank)) {
      if (left.has(doorKey({ bank, compartment }))) continue;
      await world.do({ type: 'retire', staff, bank, compartment, reason: 'a broken hinge' });
    }
  }
}

export async function newWorld(kind: WorldKind): Promise<World> {
  const roster = kind === 'roomy' ? { ...ROSTER, layouts: () => ROOMY } : ROSTER;
  const world = new World(await BuildingRig.start({ roster }), kind);
  world.rig.unreachable.add(PEOPLE.single.resident);
  const left = LEFT[kind];
  if (left) await crowd(world, left);
  await world.rig.courierCode(PEOPLE.courier);
  await world.rig.courierCode(PEOPLE.otherCourier);
  for (const bank of world.banks.values()) bank.connect();
  for (const bank of world.banks.values()) await world.arrive(bank, 50);
  return world;
}
