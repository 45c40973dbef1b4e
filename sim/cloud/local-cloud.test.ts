/** The cloud on one machine, as processes: killed piece by piece, and rewound under a hub that has spoken with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudDatabase, disagreements } from '../testing/agreement.ts';
import { type HubRig, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { waitFor } from '../testing/wait-for.ts';
import { LocalCloud } from './local-cloud.ts';
import { codeFor } from './tenants.ts';

const WITHIN_MS = 120_000;

describe('a cloud on one machine', () => {
  let folder: string;
  let cloud: LocalCloud;
  let rig: HubRig;
  let manager: string;
  let building: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-local-cloud-'));
    const clock = systemClock;
    cloud = await LocalCloud.start({ folder, host: '127.0.0.1', clock, random: systemRandom });
    rig = await startHubRig(smallPlan());
    manager = await rig.signIn('manager');
    const tenants = { databaseUrl: cloud.databaseUrl(), clock, random: systemRandom };
    const made = await codeFor(tenants, { slug: 'rig-house', name: 'Rig House', kind: 'first' });
    building = made.building;
    const body = { url: cloud.url, code: made.code };
    expect((await rig.ask('/api/v1/sync/join', { token: manager, body })).status).toBe(204);
  });
  afterAll(async () => {
    await rig.end();
    await cloud.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const database: CloudDatabase = {
    async sql<Row extends object>(text: string, values: readonly unknown[]) {
      const client = new Client({ connectionString: cloud.databaseUrl() });
      await client.connect();
      try {
        return (await client.query<Row>(text, [...values])).rows;
      } finally {
        await client.end();
      }
    },
  };

  async function agree(what: string): Promise<void> {
    await waitFor(
      async () => {
        const { state, entries, rows } = (await rig.ask('/api/v1/sync', { token: manager })).json;
        if (state !== 'live' || entries + rows > 0) throw new Error(`${state}, ${entries} and ${rows} wait`);
        const differences = await disagreements(rig.hub.store, database, building);
        if (differences.length > 0) throw new Error(differences.slice(0, 3).join('; '));
        return true;
      },
      WITHIN_MS,
      `hub and cloud to agree ${what}`,
    );
  }
  const moveIn = (name: string, unitName: string) =>
    rig.ask('/api/v1/residents', { token: manager, body: { unitName, name, language: 'en' } });

  it.each(['gateway', 'shapes', 'postgres'] as const)(
    'comes back after kill -9 of its %s, and agrees',
    async (part) => {
      await agree('before');
      const killed = cloud.kill(part);
      await moveIn(`Tenant beside a dead ${part}`, '9Z');
      await killed;
      await agree(`after ${part} was killed`);
    },
  );

  it('that was rewound gets again what it forgot: entries, rows, and a revocation', async () => {
    await agree('before the backup');
    await cloud.backUp();
    await moveIn('Nobody knows them there', '7Q');
    const courier = rig.made?.couriers[0]?.courier;
    await rig.ask(`/api/v1/couriers/${courier}/revoke`, { token: manager, body: {} });
    await agree('after the backup');
    await cloud.rewind();
    await agree('after it was rewound');
    const [row] = await database.sql<{ revoked: boolean }>('select revoked from couriers where id = $1', [
      courier,
    ]);
    expect(row?.revoked).toBe(true);
    const entries = await rig.hub.store.query("select 1 from log where type = 'cloud.rewound'");
    expect(entries).toHaveLength(1);
  });
});
