/** A walk as the installer's page shows it. */
import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { Model } from '../deliveries/model.ts';
import { isOccupied, standingOpen, unsettledDoors } from './acts.ts';

/** The walk of a bank, or null if there is none. */
export function walkView(model: Model, bank: string): CommissioningView['walk'] {
  const walk = model.walks.get(bank);
  if (!walk) return null;
  const firing = model.firings.get(bank);
  const tried = new Set(walk.found.map(({ compartment }) => compartment));
  return {
    walk: walk.id,
    state: walk.state === 'walking' ? 'walking' : 'checking',
    doors: [...walk.doors],
    found: walk.found.map((found) => ({ ...found, changed: [...found.changed] })),
    firing: firing
      ? {
          door: firing.compartment,
          end: firing.end,
          changed: [...firing.changed],
          answered: firing.popped !== undefined,
        }
      : null,
    next: walk.doors.find((door) => !tried.has(door)) ?? null,
    open: standingOpen(model, walk),
    occupied: walk.doors.filter((compartment) => isOccupied(model, { bank, compartment })),
    unsettled: unsettledDoors(model, walk),
  };
}
