/** Carriers as staff see them, and their removal: who drove for one drops off no more. */
import type { CarrierView } from '@lockerhub/protocol/http/carriers.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Building } from '../building/building.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { PeopleChanges } from './people-changes.ts';
import { RowWriter } from './row-writer.ts';

export interface CarriersOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly building: Pick<Building, 'execute' | 'qrOf'>;
  readonly changes: Pick<PeopleChanges, 'inTurn'>;
}

export class Carriers {
  readonly #options: CarriersOptions;

  constructor(options: CarriersOptions) {
    this.#options = options;
  }

  /** All carriers by name, and how many couriers of each may drop off. */
  list(): CarrierView[] {
    const { register } = this.#options;
    const byCarrier = Map.groupBy(register.all('couriers'), ({ carrier }) => carrier);
    return register
      .all('carriers')
      .map(({ id, name }) => ({
        carrier: id,
        name,
        couriers: (byCarrier.get(id) ?? []).filter(({ revoked }) => !revoked).length,
      }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  /**
   * Removes a carrier for good, as an operator does (`sync/consequences.ts`): the codes of its couriers end, and so do visits
   * that they began. Its parcels stay.
   *
   * @throws HubError `not-found`.
   */
  remove(by: Actor, staff: string, carrier: string): Promise<void> {
    const { register, log, changes } = this.#options;
    return changes.inTurn(async () => {
      if (!register.get('carriers', carrier)) {
        throw new HubError('not-found', 'no such carrier; somebody has removed it, or reload the page');
      }
      // First the codes: a hub that dies in between has a carrier that can still be removed, and no code that works on.
      await this.#endCodes(staff, carrier);
      const rows = new RowWriter();
      for (const { id, ...fields } of this.#couriersOf(carrier)) {
        if (!fields.revoked) rows.add('couriers', id, { ...fields, revoked: true }, ['revoked']);
      }
      rows.remove('carriers', carrier);
      await log.record(by, rows.facts, rows.changes);
      // Whoever was being added got a code meanwhile; from here on none is issued (`People.courier`).
      await this.#endCodes(staff, carrier);
    });
  }

  async #endCodes(staff: string, carrier: string): Promise<void> {
    const { building } = this.#options;
    for (const { id } of this.#couriersOf(carrier)) {
      if (building.qrOf(id) !== undefined) {
        await building.execute({ type: 'revoke-code', staff, holder: id });
      }
    }
  }

  #couriersOf(carrier: string) {
    return this.#options.register.all('couriers').filter((courier) => courier.carrier === carrier);
  }
}
