/**
 * Hub and cloud change the same rows, each by its real code, while everything between them goes wrong and both clocks lie: in
 * the end they hold the same. Each run is drawn from a seed; time is virtual.
 */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { disagreements } from '@lockerhub/sim/testing/agreement.ts';
import { type CloudDatabase, cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import { NearCloud } from '@lockerhub/sim/testing/near-cloud.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../config/logging.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { openStore } from '../store/pglite/open.ts';
import type { RowChange, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { Sync } from './sync.ts';

const START_MS = Date.UTC(2026, 0, 5);
const IN_2031_MS = Date.UTC(2031, 0, 1);
const STEPS = 60;
const FAULTY_SHARE = 0.5;
const STEP_UP_TO_MS = 20_000;
const WITHIN_MS = 60_000;
const NAMES = ['Ada', 'Ben', 'Cleo'] as const;

let server: Awaited<ReturnType<typeof temporaryPostgres>>;
let cloud: CloudDatabase;
let building: string;
let store: Store;
let log: BuildingLog;
let remove: () => Promise<void>;
/** What the hub believes. */
let hubMs = START_MS;
const clock = new VirtualClock(START_MS);
const instance = newId(systemClock, systemRandom);

beforeAll(async () => {
  server = await temporaryPostgres();
  cloud = await cloudDatabase(server.postgres, 'cloud');
  building = await cloud.addBuilding();
  const made = await freshStoreFolder();
  remove = made.remove;
  const unexpected = (error: Error) => {
    throw error;
  };
  const hubClock = { ...systemClock, wallMs: () => hubMs };
  store = await openStore({
    folder: made.folder,
    epoch: 1,
    node: 'h-1',
    clock: hubClock,
    random: systemRandom,
    onBroken: unexpected,
    onWarning: unexpected,
    freeBytes: async () => 1e12,
  });
  const register = await Register.load(store);
  log = new BuildingLog({ log: store, register, clock: hubClock, clockTrust: () => 'untrusted' });
});
afterAll(async () => {
  await store.close();
  await remove();
  await cloud.close();
  await server.remove();
});

function startSync(near: NearCloud, random: SeededRandom): Sync {
  const sync = new Sync({
    push: near,
    shapes: near,
    store,
    log,
    instance,
    epoch: 1,
    condition: async () => ({ wallMs: hubMs, clock: 'untrusted', disk: 'ok', software: 'test', schema: 1 }),
    envelope: () => ({ envelope: null, envelopeHash: null }),
    certificate: () => undefined,
    isFenced: false,
    onRefused: (what, fault) => {
      throw new Error(`${what} was refused: ${fault.message}`);
    },
    heartbeatEveryMs: 30_000,
    clock,
    random,
    logger: createLogger('silent'),
    onArrived: () => {},
    onOther: async () => {},
    onState: () => {},
  });
  sync.start();
  return sync;
}

/** The rows that both work at. */
interface Rows {
  readonly carrier: string;
  readonly couriers: readonly string[];
  readonly units: readonly string[];
}

function hubChange(random: SeededRandom, { carrier, couriers, units }: Rows): RowChange {
  if (random.oneIn(3)) return { table: 'units', row: { id: random.pick(units), name: random.pick(NAMES) } };
  if (random.oneIn(12)) return { table: 'units', remove: random.pick(units) };
  const name = random.pick([...NAMES, null]);
  const hours = random.pick([null, { days: [1, 5], fromHour: 7, untilHour: 20 }]);
  return {
    table: 'couriers',
    row: { id: random.pick(couriers), carrier, name, hours, revoked: random.oneIn(3) },
  };
}

/** What the other side removed for good cannot be changed here. */
async function changeAtHub(change: RowChange): Promise<void> {
  try {
    await log.append({ payloads: [], rows: [change] });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'write-refused') throw error;
  }
}

async function changeInCloud(near: NearCloud, random: SeededRandom, rows: Rows): Promise<void> {
  const isUnit = random.oneIn(3);
  const changes = isUnit
    ? random.pick([{ fields: { name: random.pick(NAMES) } }, { removed: true as const }])
    : random.pick([
        { fields: { name: random.pick(NAMES) } },
        { switches: { revoked: random.oneIn(2) } },
        ...(random.oneIn(6) ? [{ erased: true as const }] : []),
      ]);
  const [table, id] = isUnit
    ? (['units', random.pick(rows.units)] as const)
    : (['couriers', random.pick(rows.couriers)] as const);
  await near.edit(table, id, changes).catch((error: { code?: string }) => {
    if (error.code !== 'not-found') throw error;
  });
}

it.each(Array.from({ length: 6 }, (_, index) => index + 1))(
  'hub and cloud agree in the end, seed %i',
  async (seed) => {
    const random = new SeededRandom(seed);
    const near = new NearCloud(cloud, building, clock, random.fork());
    near.faulty = FAULTY_SHARE;
    const ids = (count: number) => Array.from({ length: count }, () => newId(systemClock, random));
    const rows: Rows = { carrier: ids(1)[0] ?? '', couriers: ids(3), units: ids(2) };
    let sync = startSync(near, random.fork());
    for (let step = 0; step < STEPS; step += 1) {
      const truthMs = clock.wallMs();
      hubMs = random.pick([truthMs, truthMs, truthMs + 4 * 60_000, 0, IN_2031_MS + step]);
      if (random.oneIn(2)) await changeAtHub(hubChange(random, rows));
      if (random.oneIn(2)) await changeInCloud(near, random, rows);
      if (random.oneIn(15)) {
        await sync.stop();
        sync = startSync(near, random.fork());
      }
      await clock.advance(random.between(0, STEP_UP_TO_MS));
    }
    near.faulty = 0;
    await waitFor(
      async () => {
        await clock.advance(STEP_UP_TO_MS);
        const { state, entries, rows: waiting } = await sync.view();
        if (state !== 'live' || entries + waiting > 0)
          throw new Error(`${state}, ${entries}, ${waiting} wait`);
        const found = await disagreements(store, cloud, building);
        if (found.length > 0) throw new Error(found.slice(0, 2).join('; '));
        return true;
      },
      WITHIN_MS,
      `hub and cloud to agree after ${JSON.stringify(near.tally)}`,
    );
    await near.settled();
    await sync.stop();
    expect(await disagreements(store, cloud, building)).toEqual([]);
    expect(Object.keys(near.tally).length).toBeGreaterThan(4);
  },
);
