import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudRig } from '../../../../sim/testing/cloud-rig.ts';
import { migrate, requireSchema, SCHEMA_VERSION } from './migrate.ts';
import { ELECTRIC_ROLE, GATEWAY_ROLE } from './roles.ts';
import { requireRowSecurity } from './row-security.ts';

/** Of the rig. */
const DATABASE = 'lockerhub';

describe('the schema', () => {
  let rig: CloudRig;
  beforeAll(async () => {
    rig = await CloudRig.start();
  });
  afterAll(() => rig.end());

  async function connected<Result>(
    database: string,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const client = new Client({ connectionString: rig.postgres.url(database) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  it('is made once by many at the same time', async () => {
    await rig.postgres.createDatabase('crowd');
    await Promise.all([1, 2, 3, 4].map(() => connected('crowd', (client) => migrate(client))));
    const steps = await rig.postgres.sql('select step from schema_steps order by step', 'crowd');
    expect(steps).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, index) => ({ step: index + 1 })));
  });

  it('is refused to older software, and asked for by newer', async () => {
    await rig.postgres.createDatabase('versions');
    await connected('versions', async (client) => {
      await expect(requireSchema(client)).rejects.toMatchObject({ code: 'schema-older' });
      await migrate(client);
      await requireSchema(client);
      await client.query('insert into schema_steps (step, at) values ($1, now())', [SCHEMA_VERSION + 1]);
      await expect(migrate(client)).rejects.toMatchObject({ code: 'schema-newer' });
      await requireSchema(client);
    });
  });

  it('gives new columns what hubs of newer software had sent for them', async () => {
    await rig.postgres.createDatabase('older');
    await connected('older', async (client) => {
      await migrate(client);
      // As one of schema 3 was: without what later steps make.
      await client.query(`alter table residents drop column external_id; drop table log_checks;
        delete from schema_steps where step > 3`);
      const stamps = { fields: {}, switches: {}, removed: null, erased: null };
      const unknown = { externalId: 'of a list', movedOutAt: 'no number', tomorrow: 1 };
      await client.query('insert into residents (building, id, stamps) values ($1, $1, $2)', [
        '00000000-0000-4000-8000-000000000001',
        JSON.stringify({ ...stamps, unknown }),
      ]);
      await migrate(client);
      const { rows } = await client.query('select external_id, moved_out_at, stamps from residents');
      const { externalId, ...rest } = unknown;
      expect(rows).toEqual([
        { external_id: externalId, moved_out_at: null, stamps: { ...stamps, unknown: rest } },
      ]);
    });
  });

  it('runs the gateway as a role that row level security binds, and that owns nothing', async () => {
    const roles = await rig.sql(
      `select rolname as role, rolsuper or rolcreaterole or rolcreatedb as strong, rolbypassrls as bypasses,
       rolreplication as replicates from pg_roles where rolname like 'lockerhub_%' order by rolname`,
    );
    expect(roles).toEqual([
      { role: ELECTRIC_ROLE, strong: false, bypasses: true, replicates: true },
      { role: GATEWAY_ROLE, strong: false, bypasses: false, replicates: false },
    ]);
    await connected(DATABASE, async (client) => {
      await expect(requireRowSecurity(client)).rejects.toMatchObject({ code: 'config-invalid' });
      await client.query(`set role ${GATEWAY_ROLE}`);
      await requireRowSecurity(client);
    });
    const owned = await rig.sql(
      `select relname from pg_class join pg_roles on pg_roles.oid = relowner where rolname like 'lockerhub_%'`,
    );
    expect(owned).toEqual([]);
  });
});
