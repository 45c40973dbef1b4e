/** What banks tell while a door of a walk is fired: it feeds the walk. Opens nothing. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { GrantEnd } from '@lockerhub/protocol/log/payloads/openings.ts';
import type { Draft } from '../deliveries/draft.ts';
import { type Door, doorKey, sameDoor } from '../deliveries/model.ts';
import { judge } from './evidence.ts';

/** Ends that say that the lock was surely or perhaps not pulsed: there is nothing to judge, it is fired again. */
const NOT_FIRED: ReadonlySet<GrantEnd> = new Set(['refused', 'expired', 'burned', 'unknown']);

/** Whether a fired grant's end leaves nothing to judge. */
export function isMisfire(end: GrantEnd): boolean {
  return NOT_FIRED.has(end);
}

/** A sensor went to open. One with a grant of its own (a pickup beside the walk) proves nothing. */
export function noteChanged(draft: Draft, door: Door): void {
  const { model } = draft;
  const firing = model.firings.get(door.bank);
  if (!firing || firing.changed.includes(door.compartment)) return;
  for (const grant of model.grants.values()) {
    const isOver = grant.end !== null && grant.state !== 'open';
    if (grant.id !== firing.grant && sameDoor(grant, door) && !isOver) return;
  }
  model.firings.set(door.bank, { ...firing, changed: [...firing.changed, door.compartment] });
}

/** A grant ended; if it is the fired one, the walk may have its evidence. */
export function noteGrantEnd(draft: Draft, by: Actor, bank: string, grant: string, end: GrantEnd): void {
  const firing = draft.model.firings.get(bank);
  if (firing?.grant !== grant) return;
  const opened = end === 'opened' && !firing.changed.includes(firing.compartment);
  const changed = opened ? [...firing.changed, firing.compartment] : firing.changed;
  draft.model.firings.set(bank, { ...firing, end, changed });
  settle(draft, by, bank);
}

/** Judges the fired door once a person has answered and the agent has stopped watching it. */
export function settle(draft: Draft, by: Actor, bank: string): void {
  const { model } = draft;
  const firing = model.firings.get(bank);
  const walk = model.walks.get(bank);
  if (!firing || !walk || firing.end === null || firing.popped === undefined) return;
  model.firings.delete(bank);
  if (isMisfire(firing.end)) return;
  const { compartment, grant, popped, changed } = firing;
  const sensed = popped !== null && (model.doors.get(doorKey({ bank, compartment: popped }))?.sensed ?? true);
  const finding = judge({ fired: compartment, popped, changed, sensed });
  draft.say(by, 'commissioning.door', {
    walk: walk.id,
    bank,
    compartment,
    grant,
    popped,
    changed: [...changed],
    finding,
  });
}
