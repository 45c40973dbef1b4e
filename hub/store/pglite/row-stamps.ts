/**
 * Who changed each field of a row when, beside the rows themselves: what a merge with the cloud needs. A trigger writes it
 * with every row, whoever changes that; so no change can forget its stamp. Removed rows leave theirs behind.
 */
import type { PGlite } from '@electric-sql/pglite';
import type { Slug } from '@lockerhub/protocol/ids.ts';
import { type Statement, statement, storable } from '@lockerhub/protocol/log/projections/statement.ts';
import { COUNT_LIMIT, type FieldStamp } from '@lockerhub/protocol/log/stamp.ts';
import { liftsOf } from '@lockerhub/protocol/sync/lift-fields.ts';
import {
  columnOf,
  SYNCED_TABLE_NAMES,
  SYNCED_TABLES,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Mark, MergedRows, SentRow } from '../store.ts';

/**
 * What `lockerhub.stamp` is while rows are written whose merge is already done. The trigger does not fire then: called for
 * each row only to return, it took a third of what a row costs.
 */
const MERGED = 'merged';

/** A change is later than what it changes, whatever the clock says: as `nextStamp` of protocol/log/stamp.ts. */
const LATER_STAMP = `create function later_stamp(known jsonb, stamp jsonb) returns jsonb language sql immutable as $body$
  select case
    when known is null or (stamp->>'atMs')::bigint > (known->>'atMs')::bigint then stamp
    when (known->>'count')::int < ${COUNT_LIMIT} then
      stamp || jsonb_build_object('atMs', known->'atMs', 'count', (known->>'count')::int + 1)
    else stamp || jsonb_build_object('atMs', (known->>'atMs')::bigint + 1, 'count', 0)
  end $body$`;

/** A field that was never written is not written by a change of others; one that is has its value in its column. */
const STAMP_ROW = `create or replace function stamp_row() returns trigger language plpgsql as $body$
declare
  setting text := coalesce(current_setting('lockerhub.stamp', true), '');
  stamp jsonb;
  fields jsonb := tg_argv[0]::jsonb;
  switches jsonb := tg_argv[1]::jsonb;
  spread text := tg_argv[2];
  before jsonb := '{}';
  after jsonb := '{}';
  known jsonb;
  kept jsonb;
  name text;
  field text;
  switch jsonb;
begin
  if setting = '' then raise exception 'a row of % was written without a stamp', tg_table_name; end if;
  stamp := setting::jsonb;
  if tg_op <> 'INSERT' then before := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then after := to_jsonb(new); end if;
  select stamps into known from row_stamps
    where table_name = tg_table_name and row_id = coalesce(after->>'id', before->>'id');
  known := coalesce(known, '{"fields":{},"switches":{},"removed":null,"erased":null,"unknown":{}}');
  if known->'removed' <> 'null' then
    raise exception 'row % of % was removed, which is for good', after->>'id', tg_table_name;
  end if;
  kept := known;
  if tg_op = 'DELETE' then
    kept := jsonb_build_object('fields', '{}'::jsonb, 'switches', '{}'::jsonb, 'removed', stamp,
      'erased', known->'erased', 'unknown', '{}'::jsonb);
  elsif spread <> '' then
    for field in select jsonb_object_keys(coalesce(before->spread, '{}') || (after->spread)) loop
      if before->spread->field is distinct from after->spread->field or not kept->'fields' ? field then
        kept := jsonb_set(kept, array['fields', field], later_stamp(kept->'fields'->field, stamp));
      end if;
    end loop;
  else
    for name, field in select * from jsonb_each_text(fields) loop
      if before->name is distinct from after->name
        or (not kept->'fields' ? field and (tg_op = 'INSERT' or after->name <> 'null')) then
        kept := jsonb_set(kept, array['fields', field], later_stamp(kept->'fields'->field, stamp));
        kept := kept #- array['unknown', field];
      end if;
    end loop;
    for name, field in select * from jsonb_each_text(switches) loop
      continue when case when (after->>name)::boolean
        then (before->>name)::boolean and kept->'switches' ? field
        else not coalesce((before->>name)::boolean, false) end;
      switch := coalesce(kept->'switches'->field, '{"on":{},"off":{}}');
      if (after->>name)::boolean then
        switch := jsonb_set(switch, array['on', stamp->>'node'],
          later_stamp(switch->'on'->(stamp->>'node'), stamp));
      else
        switch := jsonb_set(switch, '{off}', switch->'on');
      end if;
      kept := jsonb_set(kept, array['switches', field], switch);
    end loop;
  end if;
  if kept <> known then
    insert into row_stamps (table_name, row_id, stamps, version, unsent)
      values (tg_table_name, coalesce(after->>'id', before->>'id'), kept, nextval('row_versions'), true)
      on conflict (table_name, row_id) do update
      set stamps = excluded.stamps, version = excluded.version, unsent = true;
  end if;
  return null;
end $body$`;

/** What a row without a stamp is given when stamps come into use: any change from anywhere is later. */
const BEGINNING: FieldStamp = { atMs: 0, count: 0, node: 'beginning' };

/**
 * `version` grows with each change of a row's stamps; `unsent`: the cloud has not taken this version yet. `sync_marks`:
 * how far each direction has come.
 */
export const ROW_STAMPS_DDL: readonly string[] = [
  'create sequence row_versions',
  `create table row_stamps (
    table_name text not null, row_id text not null, stamps jsonb not null, version bigint not null,
    unsent boolean not null, primary key (table_name, row_id)
  )`,
  'create index row_stamps_unsent on row_stamps (version) where unsent',
  'create index row_stamps_by_version on row_stamps (version)',
  'create table sync_marks (name text primary key, value text not null)',
  LATER_STAMP,
  `create function require_versions(given jsonb) returns void language plpgsql as $body$
  declare
    stale text;
  begin
    select g.table_name || ' ' || g.row_id into stale
      from jsonb_to_recordset(given) as g(table_name text, row_id text, version bigint)
      left join row_stamps s on s.table_name = g.table_name and s.row_id = g.row_id
      where s.version is distinct from g.version limit 1;
    if found then raise exception 'row % was changed meanwhile', stale; end if;
  end $body$`,
];

const TRIGGERS = `select c.relname as name, pg_get_triggerdef(t.oid) as definition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'stamp'`;

/**
 * Gives each synced table the trigger that stamps its present fields; one that has it already is left alone. Where fields
 * are new, their columns get the values that came before them.
 */
export async function stampTables(db: Pick<PGlite, 'query' | 'exec'>): Promise<void> {
  await db.exec(STAMP_ROW);
  const { rows } = await db.query<{ name: string; definition: string }>(TRIGGERS);
  const known = new Map(rows.map(({ name, definition }) => [name, definition]));
  for (const name of SYNCED_TABLE_NAMES) {
    const given = triggerArguments(name);
    const definition = known.get(name);
    if (definition?.includes(`stamp_row(${given})`) && definition.includes(`'${MERGED}'`)) continue;
    if (definition !== undefined) await db.exec(`drop trigger stamp on ${name}`);
    await db.exec(`create trigger stamp after insert or update or delete on ${name}
      for each row when (current_setting('lockerhub.stamp', true) is distinct from '${MERGED}')
      execute function stamp_row(${given})`);
    if (definition !== undefined) {
      await liftFields(db, name);
      continue;
    }
    // Rows of an older store have no stamps yet: this changes nothing in them, and the trigger stamps what has none.
    await db.exec(`select set_config('lockerhub.stamp', '${JSON.stringify(BEGINNING)}', true)`);
    await db.exec(`update ${name} set id = id`);
  }
}

/** As a merge writes rows: their stamps are what they were. */
async function liftFields(
  db: Pick<PGlite, 'exec'>,
  name: (typeof SYNCED_TABLE_NAMES)[number],
): Promise<void> {
  await db.exec(`select set_config('lockerhub.stamp', '${MERGED}', true)`);
  for (const { field, column, waits, value } of liftsOf(name, 's.stamps')) {
    await db.exec(`with lifted as (
        update ${name} t set ${column} = ${value} from row_stamps s
          where s.table_name = '${name}' and s.row_id = t.id::text and ${waits} returning t.id::text as id)
      update row_stamps s set stamps = s.stamps #- '{unknown,${field}}' from lifted
        where s.table_name = '${name}' and s.row_id = lifted.id`);
  }
}

function triggerArguments(name: (typeof SYNCED_TABLE_NAMES)[number]): string {
  const { fields, switches, spread } = SYNCED_TABLES[name];
  const columns = (names: readonly string[]) =>
    JSON.stringify(Object.fromEntries(names.map((field) => [columnOf(field), field])));
  const given = [columns(Object.keys(fields)), columns(switches), spread ?? ''];
  return given.map((text) => `'${text}'`).join(', ');
}

const SET_STAMP = `select set_config('lockerhub.stamp', $1, true)`;

/** Says to the trigger who writes the next rows of this transaction, and when by the wall clock. */
export function underStamp(wallMs: number, node: Slug): Statement {
  const stamp: FieldStamp = { atMs: Math.max(0, Math.floor(wallMs)), count: 0, node };
  return statement(SET_STAMP, JSON.stringify(stamp));
}

const REQUIRE_VERSIONS = 'select require_versions($1::jsonb)';
const ADD_STAMPS = `insert into row_stamps (table_name, row_id, stamps, version, unsent)
  select $1, r.row_id, r.stamps, nextval('row_versions'), r.unsent
    from jsonb_to_recordset($2::jsonb) as r(row_id text, stamps jsonb, unsent boolean)`;
const KEEP_STAMPS = `${ADD_STAMPS}
  on conflict (table_name, row_id) do update
  set stamps = excluded.stamps, version = excluded.version, unsent = excluded.unsent`;
const MARK = `insert into sync_marks (name, value) values ($1, $2)
  on conflict (name) do update set value = excluded.value`;
const UNMARK = 'delete from sync_marks where name = $1';
const SENT = `update row_stamps s set unsent = false
  from jsonb_to_recordset($1::jsonb) as r(table_name text, row_id text, version bigint)
  where s.table_name = r.table_name and s.row_id = r.row_id and s.version = r.version`;

/**
 * Writes rows as a merge made them, if nobody changed them since they were read: rows that were not there must still not
 * be there, others must have the version that they had.
 *
 * The statements fail if somebody did: then the whole batch is to be made anew.
 */
export function mergedStatements(merged: MergedRows): Statement[] {
  const known = merged.rows.filter(({ version }) => version !== null);
  const versions = known.map(({ id, version }) => ({ table_name: merged.table, row_id: id, version }));
  return [
    ...(known.length > 0 ? [statement(REQUIRE_VERSIONS, asJson(versions))] : []),
    ...unchangedStatements(merged),
  ];
}

/** As `mergedStatements`, for rows that nobody can have changed since they were read. */
export function unchangedStatements({ table, rows }: MergedRows): Statement[] {
  const known = rows.filter(({ version }) => version !== null);
  return [
    statement(SET_STAMP, MERGED),
    ...newStatements(
      table,
      rows.filter(({ version }) => version === null),
    ),
    ...knownStatements(table, known),
  ];
}

/** Inserts, which fail for a row that is there. */
function newStatements(table: SyncedTableName, rows: MergedRows['rows']): Statement[] {
  if (rows.length === 0) return [];
  const shown = shownOf(table, rows);
  return [
    ...(shown.length > 0 ? [statement(insertAll(table), asJson(shown))] : []),
    statement(ADD_STAMPS, table, stampsOf(rows)),
  ];
}

function knownStatements(table: SyncedTableName, rows: MergedRows['rows']): Statement[] {
  if (rows.length === 0) return [];
  const shown = shownOf(table, rows);
  const hidden = rows.filter(({ values }) => values === null).map((row) => row.id);
  return [
    ...(shown.length > 0 ? [statement(upsertAll(table), asJson(shown))] : []),
    ...(hidden.length > 0 ? [statement(deleteAll(table, SYNCED_TABLES[table].id), asJson(hidden))] : []),
    statement(KEEP_STAMPS, table, stampsOf(rows)),
  ];
}

/** Rows as records of their table, those that it shows. A column that a record lacks is null: Postgres reads less. */
function shownOf(table: SyncedTableName, rows: MergedRows['rows']): object[] {
  const columns = fieldsOf(table).map((field) => [field, columnOf(field)] as const);
  return rows.flatMap(({ id, values }) => {
    if (values === null) return [];
    const record: Record<string, unknown> = { id };
    for (const [field, column] of columns) {
      const value = values[field] ?? null;
      if (value !== null) record[column] = value;
    }
    return [record];
  });
}

function stampsOf(rows: MergedRows['rows']): string {
  return asJson(rows.map(({ id, stamps, unsent }) => ({ row_id: id, stamps, unsent })));
}

/** Takes rows out of the outbox, unless they were changed since. */
export function sentStatement(sent: readonly SentRow[]): Statement {
  return statement(
    SENT,
    asJson(sent.map(({ table, id, version }) => ({ table_name: table, row_id: id, version }))),
  );
}

/** Notes how far something has come, or that it is over. */
export function markStatement({ name, value }: Mark): Statement {
  return value === null ? statement(UNMARK, name) : statement(MARK, name, value);
}

function insertAll(table: SyncedTableName): string {
  const names = ['id', ...fieldsOf(table).map(columnOf)].join(', ');
  return `insert into ${table} (${names})
    select ${names} from jsonb_populate_recordset(null::${table}, $1::jsonb)`;
}

function upsertAll(table: SyncedTableName): string {
  const changes = fieldsOf(table)
    .map(columnOf)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');
  return `${insertAll(table)}
    on conflict (id) do update set ${changes}`;
}

function fieldsOf(table: SyncedTableName): string[] {
  const { fields, switches } = SYNCED_TABLES[table];
  return [...Object.keys(fields), ...switches];
}

function deleteAll(table: string, id: 'uuid' | 'text'): string {
  return `delete from ${table} where id = any (select jsonb_array_elements_text($1::jsonb)::${id})`;
}

/** JSON whose texts Postgres can store. Few texts are others, and going through all of them costs three times as much. */
function asJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!UNSTORABLE.test(json)) return json;
  return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? storable(part) : part));
}

/** How JSON writes a NUL or half of a surrogate pair (or a backslash before such letters, which does no harm here). */
const UNSTORABLE = /\\u(0000|d[89a-f])/;
