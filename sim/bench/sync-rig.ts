/** A cloud with one building of many residents, and stores of hubs to bring them into, for the benches of sync. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import type { Store } from '@lockerhub/hub/store/store.ts';
import { nextStamp } from '@lockerhub/protocol/log/stamp.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { CloudHub } from '../testing/cloud-hub.ts';
import { CloudWorld } from '../testing/cloud-world.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';

/** Who made the gateway's stamps (deploy/cloud/gateway/rows/restamps.ts). */
const NODE = 'cloud';

export interface SyncRig {
  readonly world: CloudWorld;
  readonly token: string;
  /** Changes the residents' names, as an operator would, in one statement; returns when that is committed. */
  rename(resident: string, name: string): Promise<void>;
  readonly residents: readonly string[];
  end(): Promise<void>;
}

/** Stamps of a resident's fields. */
const FIELDS = ['household', 'name', 'language', 'email'] as const;

/** Starts a cloud, lets a hub enrol, and fills the building. */
export async function startSyncRig(count: number): Promise<SyncRig> {
  const world = await CloudWorld.start();
  const building = await world.rig.building();
  const hub = await CloudHub.make(world.url, 'bench-house');
  await hub.enrol(await world.rig.code(building));
  const residents = Array.from({ length: count }, () => randomUUID());
  let last = nextStamp(null, systemClock.wallMs(), NODE);
  const stamps = () => {
    const fields = Object.fromEntries(FIELDS.map((field) => [field, last]));
    return JSON.stringify({ fields, switches: {}, removed: null, erased: null, unknown: {} });
  };
  await world.rig.sql(
    `insert into residents (building, id, household, name, language, email, stamps)
     select $1, id, gen_random_uuid(), 'Resident ' || n, 'en', 'resident' || n || '@example.org', $3::jsonb
     from unnest($2::uuid[]) with ordinality as made (id, n)`,
    [building, residents, stamps()],
  );
  return {
    world,
    token: hub.token ?? '',
    residents,
    async rename(resident, name) {
      last = nextStamp(last, systemClock.wallMs(), NODE);
      await world.rig.sql(
        'update residents set name = $3, stamps = $4::jsonb where building = $1 and id = $2',
        [building, resident, name, stamps()],
      );
    },
    end: () => world.end(),
  };
}

/** An empty store, durable as a hub's is. */
export async function freshStore(): Promise<{ readonly store: Store; end(): Promise<void> }> {
  const { folder } = await freshStoreFolder();
  const store = await openStore({
    folder,
    epoch: 1,
    node: 'benchhub',
    clock: systemClock,
    random: systemRandom,
    onBroken: (error) => {
      throw error;
    },
    onWarning: (warning) => console.error(warning),
  });
  return {
    store,
    async end() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
