/**
 * Takes what is personal out of rows, for good: here, and in the cloud, where erasure beats whatever was changed
 * meanwhile. The log holds ids only and is not touched.
 */
import { EMPTY_ROW, mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { nextStamp } from '@lockerhub/protocol/log/stamp.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Building } from '../building/building.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { ResidentFobs } from '../people/fobs.ts';
import type { ResidentPins } from '../people/pins.ts';
import type { LabelPhotos } from '../photos/label-photos.ts';
import { asWritten } from '../store/merging.ts';
import type { Store } from '../store/store.ts';
import { readRows } from '../sync/local-rows.ts';

export interface ErasureOptions {
  readonly store: Pick<Store, 'query'>;
  readonly log: BuildingLog;
  readonly register: Register;
  readonly building: Pick<Building, 'execute'>;
  readonly pins: Pick<ResidentPins, 'end'>;
  readonly fobs: Pick<ResidentFobs, 'endAll'>;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  readonly photos: Pick<LabelPhotos, 'deliveries' | 'remove'>;
  /** Who this hub is in stamps. */
  readonly node: string;
}

export class Erasure {
  readonly #options: ErasureOptions;

  constructor(options: ErasureOptions) {
    this.#options = options;
  }

  /**
   * Erases a resident: name, contacts, wishes, PIN and fob go, their code and delegates end. Doing it again does no harm.
   *
   * @throws HubError `not-found`, `clock-untrusted`
   * @throws Refusal `not-now` while a parcel waits for them
   */
  async resident(by: Actor, resident: string): Promise<void> {
    const { register, building, pins, fobs, clockTrust, log } = this.#options;
    if (!register.get('residents', resident))
      throw new HubError('not-found', 'no such resident; reload the page');
    if (clockTrust() === 'untrusted') {
      throw new HubError(
        'clock-untrusted',
        'nothing is erased while the clock is not trusted; mend it first',
      );
    }
    await building.execute({ type: 'forget-resident', by, resident });
    await pins.end(by, resident);
    await fobs.endAll(by, resident);
    await this.#photosOf(resident);
    await this.rows('residents', [resident], (merged) =>
      log.record(
        by,
        [{ type: 'row.changed', data: { table: 'residents', row: resident, fields: ['erased'] } }],
        [],
        {
          merged,
        },
      ),
    );
  }

  /** Of labels of parcels that turned out to be theirs, in whichever unit they lived then, or their home's where nobody else is left. */
  async #photosOf(resident: string): Promise<void> {
    const { store, photos } = this.#options;
    const theirs = await store.query<{ delivery: string }>(
      `select delivery from deliveries where delivery = any($1::uuid[])
        and (resident = $2::uuid or (resident is null and household = $3::uuid))`,
      [await photos.deliveries(), resident, this.#homeOfTheirsAlone(resident)],
    );
    for (const { delivery } of theirs) await photos.remove(delivery);
  }

  #homeOfTheirsAlone(resident: string): string | null {
    const { register } = this.#options;
    const home = register.get('residents', resident)?.household ?? null;
    const isShared = register
      .all('residents')
      .some(({ id, household, movedOut }) => id !== resident && household === home && !movedOut);
    return isShared ? null : home;
  }

  /** Erases rows of one table that are there; `write` appends what came of the merge. */
  async rows(
    table: 'residents' | 'parcels',
    ids: readonly string[],
    write: (merged: NonNullable<Parameters<BuildingLog['append']>[0]['merged']>) => Promise<unknown>,
  ): Promise<void> {
    const { store, clock, node } = this.#options;
    const { personal } = SYNCED_TABLES[table];
    const found = await readRows(store, table, ids);
    const rows = [...found.values()].map(({ id, row, version }) => {
      const erased = nextStamp(row.erased, clock.wallMs(), node);
      const merged = mergeRows(row, { ...EMPTY_ROW, erased }, personal);
      return asWritten(table, { id, row: merged, version, unsent: true });
    });
    if (rows.length > 0) await write([{ table, rows }]);
  }
}
