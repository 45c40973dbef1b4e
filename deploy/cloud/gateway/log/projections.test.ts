/** The projections as the cloud runs them: many buildings in one Postgres, each as if it were alone. */
import { EMPTY_HEAD } from '@lockerhub/protocol/log/entry.ts';
import { PROJECTION_TABLES } from '@lockerhub/protocol/log/projections/project.ts';
import { TALLIES_AT_ZERO } from '@lockerhub/protocol/log/projections/tallies.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { hubTables } from '@lockerhub/sim/conformance/hub-tables.ts';
import { type ProjectedTables, projectionSuite } from '@lockerhub/sim/conformance/projection-suite.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../database/database.ts';
import { insertEntries, readEntry } from './entry-row.ts';
import { fold } from './projected.ts';

let server: Awaited<ReturnType<typeof temporaryPostgres>>;
let cloud: CloudDatabase;

beforeAll(async () => {
  server = await temporaryPostgres();
  cloud = await cloudDatabase(server.postgres, 'cloud');
});
afterAll(async () => {
  await cloud.close();
  await server.remove();
});

/** A building whose neighbour has the very same entries a moment before: what leaked would count twice, or collide. */
projectionSuite(async (): Promise<ProjectedTables> => {
  const buildings = [await cloud.addBuilding(), await cloud.addBuilding()];
  const inEach = async (work: (client: Client) => Promise<unknown>) => {
    for (const building of buildings) await cloud.database.asBuilding(building, work);
  };
  await inEach((client) => client.query(TALLIES_AT_ZERO));
  return {
    append: (entries) =>
      inEach(async (client) => {
        const read = entries.map(readEntry);
        await insertEntries(client, read);
        await fold(client, read);
      }),
    foldAnew: (entries) =>
      inEach(async (client) => {
        for (const table of PROJECTION_TABLES) await client.query(`delete from ${table}`);
        await client.query(TALLIES_AT_ZERO);
        await fold(client, entries.map(readEntry));
      }),
    async rows(table) {
      const [neighbour, own] = await Promise.all(buildings.map((building) => cloud.rows(building, table)));
      expect(neighbour).toEqual(own);
      return own ?? [];
    },
  };
});

it('come out as in each building’s own hub, row by row, while two buildings write in turns', async () => {
  const buildings = await Promise.all(
    [1, 2].map(async (seed) => ({
      id: await cloud.addBuilding(),
      entries: logHistory(new SeededRandom(seed), 700 + 100 * seed, EMPTY_HEAD),
    })),
  );
  for (const { id } of buildings) {
    await cloud.database.asBuilding(id, (client) => client.query(TALLIES_AT_ZERO));
  }
  for (let from = 0; from < 900; from += 60) {
    await Promise.all(
      buildings.map(({ id, entries }) =>
        cloud.database.asBuilding(id, async (client) => {
          const read = entries.slice(from, from + 60).map(readEntry);
          await insertEntries(client, read);
          await fold(client, read);
        }),
      ),
    );
  }
  for (const { id, entries } of buildings) {
    const hub = await hubTables(entries);
    for (const table of ['log', ...PROJECTION_TABLES]) {
      expect(await cloud.rows(id, table)).toEqual(hub[table]);
    }
  }
});
