/**
 * What follows from rows that came from the cloud: codes of people who were revoked or are gone die, and of couriers whose
 * carrier was removed; couriers who came get one, once their carrier has come; staff who were disabled keep no address. Told
 * as what should be, so that it may be looked at any time and does nothing twice.
 */
import type { Building } from '../building/building.ts';
import type { Register } from '../log/register.ts';
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
  const couriers = register
    .all('couriers')
    .filter(({ revoked, carrier }) => !revoked && register.get('carriers', carrier) !== undefined);
  const mayHold = new Set([
    ...couriers.map(({ id }) => id),
    ...register.all('residents').map(({ id }) => id),
  ]);
  for (const holder of [...building.model.codes.entries()].map(([id]) => id)) {
    if (mayHold.has(holder) || building.codeOf(holder) === undefined) continue;
    await building.execute({ type: 'revoke-code', ...BY_HUB, holder });
  }
  for (const { id } of couriers) {
    if (building.codeOf(id) !== undefined || building.model.codes.has(id)) continue;
    await building.execute({ type: 'issue-code', ...BY_HUB, holder: id });
  }
  await accounts.forgetAddresses();
}
