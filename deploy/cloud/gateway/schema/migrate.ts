/**
 * The cloud's schema, as numbered steps. A step that was released is never changed; each runs in one transaction with the
 * number that it leads to. Gateways of the version before run beside the new schema while a cloud is upgraded: a step
 * adds, and what it would take away goes a version later.
 */
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { BUILDINGS_DDL } from './buildings.ts';
import { LOG_DDL } from './log.ts';
import { LOG_CHECKS_DDL } from './log-checks.ts';
import { OPERATORS_DDL } from './operators.ts';
import { PUBLISHED_DDL } from './published.ts';
import { ensureRoles, GATEWAY_ROLE, type RolePasswords } from './roles.ts';
import { LIFT_FIELDS, ROWS_DDL } from './rows.ts';

const STEPS: readonly (readonly string[])[] = [
  [...BUILDINGS_DDL, ...LOG_DDL, ...ROWS_DDL, ...OPERATORS_DDL, ...PUBLISHED_DDL],
  // A database that is new has them by the step before.
  [
    `alter table residents add column if not exists accessible boolean, add column if not exists only_me boolean,
      add column if not exists pin_hash text, add column if not exists fob_hash text,
      add column if not exists moved_out boolean, add column if not exists moved_out_at bigint`,
  ],
  [
    'alter table residents add column if not exists contacts jsonb',
    'alter table residents add column if not exists away jsonb',
    'alter table messages add column if not exists without text',
  ],
  ['alter table residents add column if not exists external_id text'],
  LOG_CHECKS_DDL,
  ['alter table cases add column if not exists taken_by text'],
  ['alter table couriers add column if not exists hours jsonb'],
  [
    'alter table deliveries add column if not exists over_since bigint',
    `create index if not exists deliveries_untimed on deliveries (building, seq)
      where ended_at is not null and over_since is null`,
  ],
  ['alter table staff add column if not exists email text, add column if not exists language text'],
  ['alter table heartbeats add column if not exists agents jsonb'],
];

/** The schema that this software works with. */
export const SCHEMA_VERSION = STEPS.length;
/** Of the advisory lock under which one process at a time migrates: any number, the same in all versions. */
const LOCK = 7_205_759;

/**
 * Brings the database to this software's schema, as its owner, and makes the roles of gateway and Electric.
 *
 * @param client connected as the database's owner, who may make roles
 * @throws GatewayError `schema-newer` if newer software has migrated it already
 */
export async function migrate(client: Client, passwords: RolePasswords = {}): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    await ensureRoles(client, passwords);
    await client.query(
      `create table if not exists schema_steps (step integer primary key, at timestamptz not null)`,
    );
    await client.query(`grant select on schema_steps to ${GATEWAY_ROLE}`);
    const done = await readVersion(client);
    if (done > SCHEMA_VERSION) throw newer(done);
    for (const [index, statements] of STEPS.entries()) {
      // The last one has made all columns: what waited for them comes with it, or not at all.
      const lifts = index + 1 === SCHEMA_VERSION ? LIFT_FIELDS : [];
      if (index >= done) await runStep(client, index + 1, [...statements, ...lifts]);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
  }
}

/**
 * For a gateway that starts: whether the database has what it needs.
 *
 * @throws GatewayError `schema-older` if `migrate` has to run first. A newer schema is fine: steps only add.
 */
export async function requireSchema(client: Client): Promise<void> {
  const found = await client.query<{ there: string | null }>(`select to_regclass('schema_steps') as there`);
  const version = found.rows[0]?.there ? await readVersion(client) : 0;
  if (version >= SCHEMA_VERSION) return;
  throw new GatewayError(
    'schema-older',
    `the database has schema ${version}, this gateway needs ${SCHEMA_VERSION}: run "migrate" first`,
  );
}

async function readVersion(client: Client): Promise<number> {
  const { rows } = await client.query<{ step: number | null }>('select max(step) as step from schema_steps');
  return rows[0]?.step ?? 0;
}

async function runStep(client: Client, step: number, statements: readonly string[]): Promise<void> {
  await client.query('begin');
  try {
    for (const statement of statements) await client.query(statement);
    await client.query('insert into schema_steps (step, at) values ($1, now())', [step]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function newer(found: number): GatewayError {
  return new GatewayError(
    'schema-newer',
    `the database has schema ${found}, this software knows ${SCHEMA_VERSION}: use the newer software`,
  );
}
