/**
 * What follows from rows that came from the cloud: codes of people who were revoked or are gone die, and of couriers whose
 * carrier was removed; couriers who came get one, once their carrier has come; staff who were disabled keep no address. Told
 * as what should be, so that it may be looked at any time and does nothing twice.
 */
import type { Building } from '../building/building.ts';
import type { Register } from '../log/register.ts';
import { couriersOnDuty, endCodesOfGone } from '../people/gone.ts';
import type { Accounts } from '../sign-in/accounts.ts';

export interface ConsequencesOptions {
  readonly register: Register;
  readonly building: Pick<Building, 'execute' | 'codeOf' | 'model'>;
  readonly accounts: Pick<Accounts, 'forgetAddresses'>;
}

/** By the hub itself: no member of the staff did it. */
const BY_HUB = { staff: '', by: 'hub' } as const;

/** Brings codes and addresses to what the rows say. @throws StoreError */
export async function followRows({ register, building, accounts }: ConsequencesOptions): Promise<void> {
  await endCodesOfGone({ register, building });
  for (const { id } of couriersOnDuty(register)) {
    if (building.codeOf(id) !== undefined || building.model.codes.has(id)) continue;
    await building.execute({ type: 'issue-code', ...BY_HUB, holder: id });
  }
  await accounts.forgetAddresses();
}
