/** What an installer does in a walk. Only `fire` opens, and only the door that was asked for (I7). */
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { SignedMap } from '@lockerhub/protocol/http/commissioning.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Draft } from '../deliveries/draft.ts';
import { type Door, doorKey, type Model, sameDoor } from '../deliveries/model.ts';
import { issueGrant } from '../deliveries/openings.ts';
import { Refusal } from '../deliveries/refusal.ts';
import type { Found, Walk, WalkCommand } from './walk.ts';
import { isMisfire, settle } from './watch.ts';

/** Where the newest signed map of a bank is kept, among the settings. */
export function mapRow(bank: string): string {
  return `commissioning:${bank}`;
}

/** @throws Refusal `not-now`, `compartment-unknown`, `bank-away`, `door-in-use` */
export function walkAct(draft: Draft, { staff, bank, act }: WalkCommand): void {
  const by: Actor = { kind: 'staff', id: staff };
  if (act.step === 'start') {
    start(draft, by, bank, act.door);
    return;
  }
  const walk = draft.model.walks.get(bank);
  if (!walk) throw new Refusal('not-now', 'this bank is not being commissioned; start the walk first');
  switch (act.step) {
    case 'doors-closed':
      doorsClosed(draft, by, walk);
      return;
    case 'fire':
      fire(draft, by, walk, act);
      return;
    case 'answer':
      answer(draft, by, walk, act.popped);
      return;
    case 'skip':
      skip(draft, by, walk, act.door);
      return;
    case 'correct':
      draft.model.firings.delete(bank);
      draft.say(by, 'commissioning.corrected', {
        walk: walk.id,
        bank,
        part: act.part,
        doors: [...act.doors],
      });
      return;
    case 'sign':
      sign(draft, by, walk, act.map, act.found);
      return;
    case 'abandon':
      draft.model.firings.delete(bank);
      draft.say(by, 'commissioning.abandoned', { walk: walk.id, bank });
  }
}

function start(draft: Draft, by: Actor, bank: string, door: number | null): void {
  const layout = draft.env.roster.layouts().find((one) => one.bank === bank);
  const all = layout ? placedCompartments(layout).map(({ number }) => number) : [];
  const doors = door === null ? all : all.filter((number) => number === door);
  if (doors.length === 0) throw new Refusal('compartment-unknown', `no such door in a bank "${bank}"`);
  if (draft.model.walks.has(bank)) {
    throw new Refusal('not-now', 'this bank is being commissioned already; go on with that walk, or end it');
  }
  for (const visit of draft.model.visits.values()) {
    if (visit.bank !== bank) continue;
    throw new Refusal('not-now', 'somebody is using this bank at its kiosk; wait until they are done');
  }
  draft.say(by, 'commissioning.started', { walk: draft.env.newId(), bank, doors });
}

/** The person says that all are closed: a sensor that says otherwise is wired or set the wrong way round. */
function doorsClosed(draft: Draft, by: Actor, walk: Walk): void {
  const { model } = draft;
  mustBeIdle(model, walk);
  if (!model.banks.has(walk.bank))
    throw new Refusal('bank-away', 'the bank does not answer; look at its lines');
  const sayOpen = openDoors(model, walk.bank).filter((number) => walk.doors.includes(number));
  draft.say(by, 'commissioning.doors-closed', { walk: walk.id, bank: walk.bank, sayOpen });
}

/** Doors of a bank whose sensors say open now. */
export function openDoors(model: Model, bank: string): number[] {
  return [...model.doors.values()]
    .filter((door) => door.bank === bank && (door.door === 'open' || door.door === 'forced'))
    .map(({ compartment }) => compartment)
    .sort((a, b) => a - b);
}

/** Open doors that stand in the way of a clear answer: all but those whose sensors are known to say it wrongly. */
export function standingOpen(model: Model, walk: Walk): number[] {
  const lying = walk.found.filter(({ finding }) => finding === 'says-open');
  return openDoors(model, walk.bank).filter(
    (number) => !lying.some(({ compartment }) => compartment === number),
  );
}

/** Whether a delivery is on record in a compartment: it is not opened unless that is confirmed. */
export function isOccupied(model: Model, door: Door): boolean {
  for (const delivery of model.deliveries.values()) if (sameDoor(delivery, door)) return true;
  return false;
}

function fire(draft: Draft, by: Actor, walk: Walk, asked: { door: number; evenIfOccupied: boolean }): void {
  const { model } = draft;
  const door = { bank: walk.bank, compartment: asked.door };
  if (walk.state !== 'walking') throw new Refusal('not-now', 'first say that all doors are closed');
  mustBeOf(walk, asked.door);
  mustBeIdle(model, walk);
  if (isOccupied(model, door) && !asked.evenIfOccupied) {
    throw new Refusal(
      'not-now',
      `a parcel is in compartment ${asked.door}; skip it, or confirm that it may open`,
    );
  }
  const open = standingOpen(model, walk);
  if (open.length > 0) {
    throw new Refusal(
      'not-now',
      `close door ${open.join(', ')} first: only a change of its sensor proves anything`,
    );
  }
  const grant = issueGrant(draft, by, { purpose: 'commissioning', door, delivery: null, visit: null });
  model.firings.set(walk.bank, { ...door, grant, end: null, changed: [], popped: undefined });
}

function answer(draft: Draft, by: Actor, walk: Walk, popped: number | null): void {
  const { model, env } = draft;
  const firing = model.firings.get(walk.bank);
  if (!firing || (firing.end !== null && isMisfire(firing.end))) {
    throw new Refusal('not-now', 'no door was fired since the hub started; fire it again');
  }
  const layout = env.roster.layouts().find((one) => one.bank === walk.bank);
  const isKnown = layout && placedCompartments(layout).some(({ number }) => number === popped);
  if (popped !== null && !isKnown) {
    throw new Refusal('compartment-unknown', `the layout has no door ${popped}; read its label again`);
  }
  model.firings.set(walk.bank, { ...firing, popped });
  settle(draft, by, walk.bank);
}

function mustBeOf(walk: Walk, door: number): void {
  if (!walk.doors.includes(door)) {
    throw new Refusal('compartment-unknown', `door ${door} is not part of this walk`);
  }
}

/** A fired door waits for its answer; only what was not pulsed at all may be fired anew. */
function mustBeIdle(model: Model, { bank }: Walk): void {
  const firing = model.firings.get(bank);
  if (!firing || (firing.end !== null && isMisfire(firing.end))) return;
  throw new Refusal('not-now', `door ${firing.compartment} was fired; say first which door popped`);
}

/** A door that was not tried may be left out. What was found at one that was is not to be covered up by it. */
function skip(draft: Draft, by: Actor, walk: Walk, compartment: number): void {
  mustBeOf(walk, compartment);
  mustBeIdle(draft.model, walk);
  if (walk.found.some((one) => one.compartment === compartment)) {
    throw new Refusal('not-now', `door ${compartment} was tried already; mend it, or take it out of service`);
  }
  const { id, bank } = walk;
  const nothing = { grant: null, popped: null, changed: [] };
  draft.say(by, 'commissioning.door', { walk: id, bank, compartment, finding: 'skipped', ...nothing });
}

/** Doors that keep a walk from being signed: neither right nor skipped, unless they are out of service. */
export function unsettledDoors(model: Model, walk: Walk): number[] {
  return walk.doors.filter((compartment) => {
    if (model.retired.has(doorKey({ bank: walk.bank, compartment }))) return false;
    const found = walk.found.find((one) => one.compartment === compartment);
    return found?.finding !== 'right' && found?.finding !== 'skipped';
  });
}

function sign(draft: Draft, by: Actor, walk: Walk, map: SignedMap, found: readonly Found[]): void {
  mustBeIdle(draft.model, walk);
  const unsettled = unsettledDoors(draft.model, walk);
  if (unsettled.length > 0) {
    const which = unsettled.slice(0, 10).join(', ');
    throw new Refusal('not-now', `not settled yet: door ${which}; try them, or take them out of service`);
  }
  if (JSON.stringify(found) !== JSON.stringify(walk.found)) {
    throw new Refusal('not-now', 'the walk has gone on meanwhile; look at it and sign again');
  }
  draft.say(by, 'commissioning.signed', { walk: walk.id, bank: walk.bank, hash: map.hash });
  draft.rows.push({ table: 'settings', row: { id: mapRow(walk.bank), value: map } });
}
