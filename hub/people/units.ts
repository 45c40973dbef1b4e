/** Units as staff see and mend them: another name, or gone where one was never needed. */
import type { UnitView } from '@lockerhub/protocol/http/units.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Store } from '../store/store.ts';
import type { PeopleChanges } from './people-changes.ts';
import { RowWriter } from './row-writer.ts';

export interface UnitsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly store: Pick<Store, 'query'>;
  readonly changes: Pick<PeopleChanges, 'inTurn'>;
}

export class Units {
  readonly #options: UnitsOptions;

  constructor(options: UnitsOptions) {
    this.#options = options;
  }

  /** All units, by name. */
  list(): UnitView[] {
    const { register } = this.#options;
    const byUnit = Map.groupBy(register.all('households'), ({ unit }) => unit);
    const byHousehold = Map.groupBy(register.all('residents'), ({ household }) => household);
    return register
      .all('units')
      .map(({ id, name }) => {
        const homes = (byUnit.get(id) ?? []).map((household) => byHousehold.get(household.id) ?? []);
        const lived = homes.flat().length;
        const living = homes.map((home) => home.filter(({ movedOut }) => !movedOut).length);
        const residents = living.reduce((sum, count) => sum + count, 0);
        return {
          unit: id,
          unitName: name,
          households: living.filter((count) => count > 0).length,
          residents,
          movedOut: lived - residents,
        };
      })
      .sort((a, b) => a.unitName.localeCompare(b.unitName, 'en', { numeric: true }));
  }

  /** Gives a unit another name. @throws HubError `not-found`, `unit-taken`. */
  rename(by: Actor, unit: string, name: string): Promise<void> {
    const { register, log, changes } = this.#options;
    return changes.inTurn(async () => {
      const row = this.#row(unit);
      if (row.name === name) return;
      const same = register.all('units').find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (same && same.id !== unit) {
        throw new HubError(
          'unit-taken',
          `a unit "${same.name}" is there already; move its residents one by one instead`,
          { where: 'body.unitName' },
        );
      }
      const rows = new RowWriter();
      rows.add('units', unit, { name });
      await log.record(by, rows.facts, rows.changes);
    });
  }

  /**
   * Takes a unit away in which nobody lives or lived and for which no parcel ever came: what the log and old
   * deliveries tell of keeps its name.
   *
   * @throws HubError `not-found`, `unit-in-use`.
   */
  remove(by: Actor, unit: string): Promise<void> {
    const { register, log, store, changes } = this.#options;
    return changes.inTurn(async () => {
      this.#row(unit);
      const households = register.all('households').filter((one) => one.unit === unit);
      const ids = new Set(households.map(({ id }) => id));
      const [parcel] = await store.query('select 1 from deliveries where unit = $1::uuid limit 1', [unit]);
      if (parcel || register.all('residents').some(({ household }) => ids.has(household))) {
        throw new HubError(
          'unit-in-use',
          'somebody lives or lived in this unit, or a parcel came for it: it stays; give it another name instead',
        );
      }
      const rows = new RowWriter();
      for (const id of ids) rows.remove('households', id);
      rows.remove('units', unit);
      await log.record(by, rows.facts, rows.changes);
    });
  }

  #row(unit: string): { readonly name: string } {
    const row = this.#options.register.get('units', unit);
    if (!row) throw new HubError('not-found', 'no such unit; reload the page');
    return row;
  }
}
