/** Hands at an open door. */
import { doorKey, doorOf } from '@lockerhub/hub/deliveries/model.ts';
import { atOneOpening } from '@lockerhub/hub/deliveries/stops.ts';
import type { ModelBank } from '../model-bank.ts';
import type { Pick } from './act.ts';
import type { World } from './world.ts';

/** What the person at an open door does with the parcels, before it closes. */
export function handsAt(world: World, bank: ModelBank, compartment: number, pick: Pick): void {
  const door = bank.doors.get(compartment);
  const parcels = world.contents({ bank: bank.bank, compartment });
  if (door?.state === 'forced') {
    if (pick([true, false])) parcels.clear();
    return;
  }
  const grant = door?.grant ? world.model.grants.get(door.grant) : undefined;
  const delivery = grant?.delivery ? world.model.deliveries.get(grant.delivery) : undefined;
  const own = delivery && doorOf(delivery);
  if (!grant || !delivery || !own || doorKey(own) !== doorKey(grant)) return;
  const isLatest = delivery.grant === grant.id;
  // In a room people leave what is not theirs, as they are told to.
  if (grant.purpose === 'pickup' && delivery.zone !== null) {
    const visit = grant.visit === null ? undefined : world.model.visits.get(grant.visit);
    const theirs = atOneOpening(world.model, world.rig.roster, delivery, visit);
    for (const { id } of theirs) parcels.delete(id);
  } else if (grant.purpose === 'pickup') parcels.clear();
  else if (delivery.state === 'assigned' && isLatest) {
    if (pick([true, true, true, false])) parcels.add(delivery.id);
    else parcels.delete(delivery.id);
  } else if (delivery.state === 'deposited' && pick([true, false])) parcels.delete(delivery.id);
}
