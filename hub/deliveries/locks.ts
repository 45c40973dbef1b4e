/**
 * What jams say: of a lock, which is taken out of service after so many in a row, or of the power supply behind several
 * locks, which retires none of them. Remembered by entries about the supply, so that a restart counts on.
 */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { closeCases, openCase } from './cases.ts';
import { type Draft, HUB } from './draft.ts';
import { type Door, doorKey, type Grant, sameDoor, supplyKey } from './model.ts';
import { SUPPLY_ROW } from './policy.ts';
import { jamsBeside } from './supply-fold.ts';

/**
 * A lock jammed. What follows is one case at most: for its supply, for the compartment that is taken out of service,
 * or (the answer is true) whatever the caller makes of a single jam.
 */
export function noteJam(draft: Draft, by: Actor, grant: Grant): boolean {
  const { model, env } = draft;
  const { bank, compartment } = grant;
  const supply = env.roster.supplyOf(grant);
  const before = model.supplies.get(supplyKey({ bank, supply }));
  // Its power has failed: nothing is learned about this lock.
  if (before && before.failed !== null) return false;
  if (model.retired.has(doorKey(grant))) return true;
  const jams = 1 + (before?.jams.find((lock) => lock.compartment === compartment)?.jams ?? 0);
  draft.say(by, 'lock.jammed', { bank, compartment, supply, grant: grant.id, jams });
  const row = model.supplies.get(supplyKey({ bank, supply }))?.row ?? [];
  if (row.length >= SUPPLY_ROW) {
    fail(draft, { bank, supply }, row);
    return false;
  }
  if (jams < env.policy.jamsToRetire) return true;
  takeOut(draft, grant, supply, jams);
  return false;
}

/** The supply, not its locks: what they were blamed for is taken back. */
function fail(
  draft: Draft,
  { bank, supply }: { bank: string; supply: string },
  row: readonly number[],
): void {
  for (const compartment of row) {
    const door = { bank, compartment };
    if (draft.model.retired.get(doorKey(door))?.byHub) {
      draft.say(HUB, 'compartment.returned', { ...door, reason: 'the lock power failed, not this lock' });
    }
    const isBlame = (kind: string) => kind === 'jammed' || kind === 'out-of-service';
    closeCases(
      draft,
      HUB,
      (open) => isBlame(open.kind) && isAbout(open, door),
      'The lock power failed, not this lock.',
    );
  }
  const id = draft.env.newId();
  const detail = `doors ${row.join(', ')} did not open one after the other: look at the power supply "${supply}"`;
  draft.say(HUB, 'case.opened', {
    case: id,
    kind: 'lock-power',
    bank,
    compartment: null,
    delivery: null,
    detail: detail.slice(0, 200),
  });
  draft.effect({ type: 'case-opened', case: id, kind: 'lock-power' });
  draft.say(HUB, 'supply.failed', { bank, supply, case: id, compartments: [...row] });
}

function takeOut(draft: Draft, grant: Grant, supply: string, jams: number): void {
  const { bank, compartment, delivery } = grant;
  const door = { bank, compartment };
  draft.say(HUB, 'compartment.retired', { ...door, reason: `jammed ${jams} times in a row` });
  clear(draft, door, supply, 'retired');
  const resolution = 'Taken out of service: see the case about that.';
  closeCases(draft, HUB, (open) => open.kind === 'jammed' && isAbout(open, door), resolution);
  openCase(draft, HUB, 'out-of-service', { door, delivery, detail: `jammed ${jams} times in a row` });
}

function isAbout(open: { bank: string | null; compartment: number | null }, door: Door): boolean {
  const { bank, compartment } = open;
  return bank !== null && compartment !== null && sameDoor({ bank, compartment }, door);
}

/** A lock opened its door: its row of jams is over, and so is any doubt about its supply. */
export function noteGoodOpening(draft: Draft, door: Door): void {
  const { model, env } = draft;
  const { bank, compartment } = door;
  const supply = env.roster.supplyOf(door);
  const before = model.supplies.get(supplyKey({ bank, supply }));
  if (!before) return;
  const { failed } = before;
  if (failed !== null) {
    draft.say(HUB, 'supply.restored', { bank, supply });
    closeCases(draft, HUB, ({ id }) => id === failed, `Door ${compartment} opened: the power is back.`);
    return;
  }
  const hasJammed = before.jams.some((lock) => lock.compartment === compartment);
  if (hasJammed || before.row.length > 0) clear(draft, { bank, compartment }, supply, 'opened');
}

function clear(draft: Draft, door: Door, supply: string, why: 'opened' | 'retired'): void {
  const before = draft.model.supplies.get(supplyKey({ bank: door.bank, supply }));
  const isRowOver = why === 'opened' || before?.row.length === 0;
  const over = isRowOver && (!before || jamsBeside(before, door.compartment).length === 0);
  draft.say(HUB, 'lock.cleared', {
    bank: door.bank,
    compartment: door.compartment,
    supply,
    why,
    over,
  });
}

/** Staff closed a case: if it was about a supply, that is believed again. */
export function afterSupplyCase(draft: Draft, by: Actor, id: string): void {
  for (const { bank, supply, failed } of [...draft.model.supplies.values()]) {
    if (failed === id) draft.say(by, 'supply.restored', { bank, supply });
  }
}

/** Staff put a compartment back into service: what the hub had called them for is done. */
export function afterReturn(draft: Draft, by: Actor, door: Door): void {
  const isDone = (open: Parameters<Parameters<typeof closeCases>[2]>[0]) =>
    open.kind === 'out-of-service' && isAbout(open, door);
  closeCases(draft, by, isDone, 'The compartment is back in service.');
}
