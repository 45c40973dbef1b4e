/**
 * Hub and gateway one version apart, really run: the newer one is this software with a new field, a new table, a new type of
 * entry and a new command (`next-version.ts`). Whichever side is older loses nothing and refuses nothing that was done, and
 * once it is upgraded too both hold the same, field by field.
 */
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalCloud } from '../cloud/local-cloud.ts';
import { codeFor } from '../cloud/tenants.ts';
import { SupervisedProcess } from '../processes/supervised.ts';
import { freePort } from '../testing/free-port.ts';
import { type HubRig, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { type Alteration, type NextVersion, nextVersion } from '../testing/next-version.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';
import { waitFor } from '../testing/wait-for.ts';

const WITHIN_MS = 90_000;
const TEST_MS = 400_000;
const STEPS = join('sim', 'testing', 'next-version-steps.ts');

const ALTERATIONS: readonly Alteration[] = [
  // A field and a table, at both ends.
  {
    file: 'protocol/sync/synced-tables.ts',
    from: `units: { id: 'uuid', fields: { name: 'text' }, switches: [], optional: [],`,
    to: `shelves: { id: 'uuid', fields: { name: 'text' }, switches: [], optional: [], personal: [], writer: 'both' },
  units: { id: 'uuid', fields: { name: 'text', floor: 'bigint' }, switches: [], optional: ['floor'],`,
  },
  {
    file: 'hub/store/pglite/migrations.ts',
    from: `const MIGRATIONS: readonly (readonly string[])[] = [`,
    to: `const NEXT = ['alter table units add column floor bigint', 'create table shelves (id uuid primary key, name text not null)'];
const MIGRATIONS: readonly (readonly string[])[] = [`,
  },
  {
    file: 'hub/store/pglite/migrations.ts',
    from: `];\n\n/** The schema that this software writes. */`,
    to: `  NEXT,\n];\n\n/** The schema that this software writes. */`,
  },
  {
    file: 'hub/log/register.ts',
    from: `    rosterImports: new Map(),`,
    to: `    rosterImports: new Map(),\n    shelves: new Map(),`,
  },
  {
    file: 'deploy/cloud/gateway/schema/migrate.ts',
    from: `  ['alter table heartbeats add column if not exists agents jsonb'],`,
    to: `  ['alter table heartbeats add column if not exists agents jsonb'],
  [
    'alter table units add column if not exists floor bigint',
    ...cloudTable(syncedTable('shelves')),
    'alter table shelves replica identity full',
    ...boundToBuilding('shelves'),
    'grant select, insert, update on shelves to lockerhub_gateway',
    'grant select on shelves to lockerhub_electric',
    'alter publication electric_publication_default add table shelves',
  ],`,
  },
  {
    file: 'deploy/cloud/gateway/schema/migrate.ts',
    from: `import { LIFT_FIELDS, ROWS_DDL } from './rows.ts';`,
    to: `import { cloudTable } from '@lockerhub/protocol/log/projections/table.ts';
import { syncedTable } from '../rows/synced-columns.ts';
import { boundToBuilding } from './row-security.ts';\nimport { LIFT_FIELDS, ROWS_DDL } from './rows.ts';`,
  },
  // A type of entry, and what it is about.
  {
    file: 'protocol/log/payloads/building.ts',
    from: `export const BUILDING_PAYLOADS = {`,
    to: `export const BUILDING_PAYLOADS = {\n  'building.aired': z.object({ room: Slug }),`,
  },
  {
    file: 'protocol/log/subject.ts',
    from: `    case 'command.taken':`,
    to: `    case 'building.aired':\n      return { subject: payload.data.room + '/aired', life: 'goes-on' };\n    case 'command.taken':`,
  },
  {
    file: 'protocol/log/projections/project.ts',
    from: 'export const PROJECTION_VERSION = ',
    to: 'export const PROJECTION_VERSION = 1_000 + ',
  },
];

let next: NextVersion;
let cloud: LocalCloud;
let removeCloud: () => Promise<void>;
const hubs: HubRig[] = [];
const programs: SupervisedProcess[] = [];

beforeAll(async () => {
  const made = await freshStoreFolder();
  removeCloud = made.remove;
  const [clock, random] = [systemClock, systemRandom];
  [next, cloud] = await Promise.all([
    nextVersion(ALTERATIONS),
    LocalCloud.start({ folder: made.folder, host: '127.0.0.1', clock, random }),
  ]);
}, WITHIN_MS);
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  for (const hub of hubs) await hub.end();
  await cloud.stop();
  await next.remove();
  await removeCloud();
});

async function ask<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: cloud.databaseUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** What the cloud has comes to be this. */
const untilThere = (what: string, text: string, values: readonly unknown[], expected: object) =>
  waitFor(
    async () => {
      const [row] = await ask(text, values);
      expect(row).toEqual(expected);
      return true;
    },
    WITHIN_MS,
    what,
  );

/** A hub of this version that has joined the cloud as it is. */
async function joined(slug: string): Promise<{ readonly hub: HubRig; readonly building: string }> {
  const plan = smallPlan();
  const hub = await startHubRig({ ...plan, building: { ...plan.building, building: slug } });
  hubs.push(hub);
  const tenants = { databaseUrl: cloud.databaseUrl(), clock: systemClock, random: systemRandom };
  const { building, code } = await codeFor(tenants, { slug, name: slug, kind: 'first' });
  const token = await hub.signIn('manager');
  await hub.ask('/api/v1/sync/join', { token, body: { url: cloud.url, code } });
  await untilThere(
    `the units of ${slug}`,
    'select count(*)::int as units from units where building = $1',
    [building],
    { units: 2 },
  );
  return { hub, building };
}

/** The hub of the next version, as a program on the folder of one that was stopped. */
async function startNext(folder: string): Promise<SupervisedProcess> {
  const port = await freePort();
  const words = ['--data', folder, '--port', String(port), '--mqtt-port', '0', '--mqtts-port', '0'];
  const program = new SupervisedProcess(
    {
      name: 'hub',
      command: [join(next.root, 'hub', 'main.ts'), ...words],
      folder,
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    },
    systemClock,
  );
  programs.push(program);
  await program.start();
  return program;
}

/** Both of the next version hold the same; looked at with the hub stopped, again and again until it has got there. */
async function untilSame(hub: SupervisedProcess, folder: string, building: string, expected: object) {
  await waitFor(
    async () => {
      await hub.stop();
      const found = await next.run(STEPS, ['compare', folder, cloud.databaseUrl(), building]);
      if (JSON.stringify(found).includes('"differences":[]')) return expect(found).toEqual(expected) ?? true;
      await hub.start();
      throw new Error(JSON.stringify(found).slice(0, 500));
    },
    WITHIN_MS,
    'hub and cloud to agree',
  );
}

it('loses nothing of a newer hub in an older cloud, nor of a newer cloud in an older hub', {
  timeout: TEST_MS,
}, async () => {
  const older = await joined('older-hub');
  const newer = await joined('newer-hub');

  // A newer hub before an older cloud.
  await newer.hub.stop();
  const wrote = (await next.run(STEPS, ['hub-writes', newer.hub.folder])) as { unit: string; shelf: string };
  let hub = await startNext(newer.hub.folder);
  await untilThere(
    'the field that it does not know',
    `select stamps->'unknown'->'floor' as floor from units where id = $1`,
    [wrote.unit],
    { floor: 3 },
  );
  await untilThere(
    'the entry that it does not know',
    `select type, data from log where building = $1 and type = 'building.aired'`,
    [newer.building],
    { type: 'building.aired', data: null },
  );
  expect(await ask('select * from quarantine')).toEqual([]);

  // The cloud is upgraded: the hub brings the table that was refused.
  await cloud.upgrade(next.root);
  await hub.stop();
  hub = await startNext(newer.hub.folder);
  await untilThere('the new table', 'select name from shelves where id = $1', [wrote.shelf], { name: 'Top' });
  const units = [{ id: wrote.unit, name: expect.any(String), floor: 3 }, expect.anything()];
  const shelves = [{ id: wrote.shelf, name: 'Top' }];
  await untilSame(hub, newer.hub.folder, newer.building, {
    differences: [],
    units: { hub: units, cloud: units },
    shelves: { hub: shelves, cloud: shelves },
    entries: [{ subject: 'hall/aired', data: { room: 'hall' } }],
  });

  // The other hub is the older one now.
  const [unit] = await older.hub.hub.store.query<{ id: string }>('select id from units order by id limit 1');
  const { url, passwordFile } = cloud.gatewayAccess();
  const words = [url, passwordFile, older.building, unit?.id ?? ''];
  const edited = (await next.run(STEPS, ['operator-writes', ...words])) as { shelf: string };
  const command = newId(systemClock, systemRandom);
  await ask(
    `insert into commands (building, command, epoch, argument, operator, issued_at, expires_at)
      values ($1, $2, 1, '{"kind":"air-building","room":"hall"}', $2, $3, $4)`,
    [older.building, command, systemClock.wallMs(), systemClock.wallMs() + WITHIN_MS],
  );
  await untilThere(
    'an answer to the command',
    `select data->>'outcome' as outcome from log where building = $1 and type = 'command.ended'`,
    [older.building],
    { outcome: 'refused' },
  );
  await waitFor(
    async () => {
      const [row] = await older.hub.hub.store.query<{ floor: number }>(
        `select stamps->'unknown'->'floor' as floor from row_stamps where row_id = $1`,
        [unit?.id ?? ''],
      );
      return row?.floor === 7;
    },
    WITHIN_MS,
    'the field in the older hub',
  );
  const renamed = { id: unit?.id ?? '', name: 'Renamed' };
  await older.hub.hub.store.append({ payloads: [], rows: [{ table: 'units', row: renamed }] });
  await older.hub.stop();
  hub = await startNext(older.hub.folder);
  await untilThere('the new name', 'select name from units where id = $1', [renamed.id], { name: 'Renamed' });
  await untilThere(
    'the new table to arrive in the hub',
    `select data->>'table' as table from log where building = $1 and data->>'table' = 'shelves'`,
    [older.building],
    { table: 'shelves' },
  );
  const all = [{ ...renamed, floor: 7 }, expect.anything()];
  const bottom = [{ id: edited.shelf, name: 'Bottom' }];
  await untilSame(hub, older.hub.folder, older.building, {
    differences: [],
    units: { hub: all, cloud: all },
    shelves: { hub: bottom, cloud: bottom },
    entries: [],
  });
});
