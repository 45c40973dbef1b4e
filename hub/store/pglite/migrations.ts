/**
 * The store's schema, as numbered steps. A step that has shipped is never changed; each runs in one transaction with
 * the number it leads to. The projections are not migrated: they are folded anew from the log (see `rebuild.ts`).
 */
import type { PGlite } from '@electric-sql/pglite';
import { LOG_DEFINITION } from '@lockerhub/protocol/log/projections/project.ts';
import { StoreError } from '../store-error.ts';
import { ROW_STAMPS_DDL, stampTables } from './row-stamps.ts';

const MIGRATIONS: readonly (readonly string[])[] = [
  [
    ...LOG_DEFINITION,
    'create table units (id uuid primary key, name text not null)',
    'create table households (id uuid primary key, unit uuid not null)',
    'create index households_by_unit on households (unit)',
    `create table residents (
      id uuid primary key, household uuid not null, name text not null, language text not null, email text
    )`,
    'create index residents_by_household on residents (household)',
    'create table carriers (id uuid primary key, name text not null)',
    'create table couriers (id uuid primary key, carrier uuid not null, name text, revoked boolean not null)',
    `create table staff (
      id uuid primary key, login text not null unique, name text not null, role text not null,
      password_hash text not null, disabled boolean not null
    )`,
    'create table staff_sessions (id text primary key, staff uuid not null, started_at bigint not null)',
    `create table banks (
      id text primary key, layout jsonb not null, file text not null, reach text not null,
      credential_hash text not null
    )`,
    `create table terminals (
      id uuid primary key, name text not null, bank text, token_hash text not null unique,
      paired_at bigint not null, revoked boolean not null
    )`,
    'create table parcels (id uuid primary key, tracking text)',
    // For look-ups by the first characters of a tracking number, whatever the collation.
    'create index parcels_by_tracking on parcels (tracking text_pattern_ops) where tracking is not null',
    'create table settings (id text primary key, value jsonb not null)',
  ],
  [
    `create table agents (
      id uuid primary key, bank text not null, state text not null, name text, public_key text, certificate text,
      invited_at bigint not null, joined_at bigint, strangers bigint not null
    )`,
  ],
  ['create table listings (id uuid primary key, holders jsonb not null)'],
  ['alter table agents add column next_certificate text'],
  ROW_STAMPS_DDL,
  [
    `alter table residents add column accessible boolean, add column only_me boolean, add column pin_hash text,
      add column fob_hash text, add column moved_out boolean not null default false, add column moved_out_at bigint`,
  ],
  ['alter table residents add column contacts jsonb', 'alter table residents add column away jsonb'],
  [
    'alter table residents add column external_id text',
    `create table roster_imports (
      id uuid primary key, state text not null, at bigint not null, staff text, columns jsonb not null,
      pieces bigint not null, applied bigint not null, counts jsonb not null, kept bigint not null
    )`,
    'create table roster_pieces (id text primary key, roster_import uuid not null, changes jsonb not null)',
  ],
  // Who read which code, for when they leave; the log itself has no index by type.
  [`create index log_reveals on log ((data->>'staff'), seq) where type = 'message.revealed'`],
  [
    'alter table couriers add column hours jsonb',
    // Who used which code when.
    `create index log_courier_visits on log ((data->>'holder'), seq)
      where type = 'visit.started' and data->>'kind' = 'courier'`,
  ],
  ['alter table staff add column email text, add column language text'],
];

/** The schema that this software writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the store to this software's schema.
 *
 * @throws StoreError `schema-newer` if newer software has written it.
 */
export async function migrate(db: PGlite): Promise<void> {
  await db.exec('create table if not exists store (name text primary key, value bigint not null)');
  const version = (await readNumber(db, 'schema')) ?? 0;
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      'schema-newer',
      `store: its schema is ${version}, this software knows ${SCHEMA_VERSION}; start the newer software again`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await db.transaction(async (transaction) => {
      for (const statement of statements) await transaction.exec(statement);
      await transaction.query(WRITE_NUMBER, ['schema', index + 1]);
    });
  }
  // Made from the tables' present fields, so after all steps, and again when a step has added a field.
  await db.transaction(stampTables);
}

/** Writes one of the numbers that the store keeps about itself. */
export const WRITE_NUMBER =
  'insert into store (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value';

/** One of the numbers that the store keeps about itself. */
export async function readNumber(db: PGlite, name: string): Promise<number | undefined> {
  const { rows } = await db.query<{ value: number }>('select value from store where name = $1', [name]);
  return rows[0]?.value;
}
