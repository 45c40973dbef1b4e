/** The cloud's database as its gateway finds it, with buildings in it, for tests. */
import { lockBuilding, readBuilding } from '@lockerhub/deploy/cloud/gateway/buildings/building.ts';
import { createBuilding, createOrganisation } from '@lockerhub/deploy/cloud/gateway/buildings/register.ts';
import { Database } from '@lockerhub/deploy/cloud/gateway/database/database.ts';
import { type Taken, takeEntries } from '@lockerhub/deploy/cloud/gateway/log/take-entries.ts';
import { migrate } from '@lockerhub/deploy/cloud/gateway/schema/migrate.ts';
import { GATEWAY_ROLE } from '@lockerhub/deploy/cloud/gateway/schema/roles.ts';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { PushEntries } from '@lockerhub/protocol/sync/hub-messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import type { LocalPostgres } from '../postgres/local-postgres.ts';

const PASSWORD = 'of-the-test';

export interface CloudDatabase {
  /** As the gateway connects: a role that owns nothing, bound by row level security. */
  readonly database: Database;
  /** A building that no hub has pushed to yet; its id. */
  addBuilding(): Promise<string>;
  /** Takes a push as the gateway does once it knows the hub: in one transaction, under the building's lock. */
  push(building: string, push: PushEntries): Promise<Taken>;
  /** Where a building's log ends, as an answer to its hub says it. */
  head(building: string): Promise<Head>;
  /** All rows of a building in a table, in one order, without the column `building`. */
  rows(building: string, table: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** As the owner, past all row level security: what somebody does by hand, and what a test looks at. */
  sql<Row>(statement: string, parameters?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Makes a database of that name, with the schema of this software. */
export async function cloudDatabase(postgres: LocalPostgres, name: string): Promise<CloudDatabase> {
  const url = await postgres.createDatabase(name);
  await asOwner(url, (owner) => migrate(owner, { gateway: PASSWORD }));
  const gatewayUrl = new URL(url);
  gatewayUrl.username = GATEWAY_ROLE;
  gatewayUrl.password = '';
  const database = new Database({
    url: gatewayUrl.href,
    password: PASSWORD,
    // A connection that broke is met again by the call that uses the next one.
    onIdleError: () => {},
  });
  const sql: CloudDatabase['sql'] = (statement, parameters = []) =>
    asOwner(url, async (owner) => (await owner.query(statement, [...parameters])).rows);
  const organisation = newId(systemClock, systemRandom);
  await asOwner(url, (owner) => createOrganisation(owner, { id: organisation, name: 'Test', madeAtMs: 0 }));
  return {
    database,
    sql,
    async addBuilding() {
      const id = newId(systemClock, systemRandom);
      const building = { id, organisation, name: 'Linden Court', slug: null, madeAtMs: 0 };
      await asOwner(url, (owner) => createBuilding(owner, building));
      return id;
    },
    push: (building, push) =>
      database.asBuilding(building, async (client) => {
        const locked = await lockBuilding(client, building);
        return takeEntries(client, locked.building, push, systemClock.wallMs());
      }),
    head: (building) =>
      database.transaction(async (client) => (await readBuilding(client, building)).building.head),
    rows: (building, table) =>
      database.asBuilding(building, async (client) => {
        const { rows } = await client.query<Record<string, unknown>>(`select * from ${table}`);
        return rows
          .map(({ building: _, ...row }) => row)
          .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      }),
    close: () => database.stop(),
  };
}

async function asOwner<Result>(url: string, work: (owner: Client) => Promise<Result>): Promise<Result> {
  const owner = new Client({ connectionString: url });
  owner.on('error', () => {
    // A connection that breaks fails the statement; beside one it is of no interest.
  });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
