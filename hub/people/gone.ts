/**
 * What follows from people who are gone, wherever it was said: a code that their row no longer lets them have. Told as what
 * should be, so that it may be looked at any time: a hub that is killed between a row and a code leaves none that works on.
 */
import type { Building } from '../building/building.ts';
import type { Register } from '../log/register.ts';

export interface GoneOptions {
  readonly register: Register;
  readonly building: Pick<Building, 'execute' | 'codeOf' | 'model'>;
}

/** By the hub itself: no member of the staff did it. */
const BY_HUB = { staff: '', by: 'hub' } as const;

/** Couriers who may hold a code: of a carrier that was removed, or has not come yet, nobody does. */
export function couriersOnDuty(register: Register) {
  return register
    .all('couriers')
    .filter(({ revoked, carrier }) => !revoked && register.get('carriers', carrier) !== undefined);
}

/** Ends the codes of couriers and residents who are gone; delegates and slips have no row and end by themselves. @throws StoreError */
export async function endCodesOfGone({ register, building }: GoneOptions): Promise<void> {
  const { codes, delegates, slips } = building.model;
  const mayHold = new Set([...couriersOnDuty(register), ...register.all('residents')].map(({ id }) => id));
  for (const holder of [...codes.entries()].map(([id]) => id)) {
    if (mayHold.has(holder) || delegates.has(holder) || slips.has(holder)) continue;
    if (building.codeOf(holder) === undefined) continue;
    await building.execute({ type: 'revoke-code', ...BY_HUB, holder });
  }
}
