import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { migrate } from './migrations.ts';

const STAMP = `select set_config('lockerhub.stamp', '{"atMs":7,"count":0,"node":"n"}', false)`;
const ROW = '018f0000-0000-7000-8000-000000000001';

describe('an older store', () => {
  it('stamps the fields that a step added, gives them what came before them, and keeps the stamps that it had', async () => {
    const db = new PGlite();
    await migrate(db);
    // As a store of schema 5 was: without what later steps make, and with a trigger that knows none of it.
    await db.exec(`alter table residents drop column pin_hash, drop column fob_hash, drop column accessible,
      drop column only_me, drop column moved_out, drop column moved_out_at, drop column contacts, drop column away,
      drop column external_id;
      drop table roster_imports, roster_pieces;
      drop index log_reveals, log_courier_visits;
      alter table couriers drop column hours;
      alter table staff drop column email, drop column language;
      drop trigger stamp on residents;
      create trigger stamp after insert or update or delete on residents for each row execute function stamp_row(
        '{"household":"household","name":"name","language":"language","email":"email"}', '{}', '');
      update store set value = 5 where name = 'schema';
      ${STAMP};
      insert into residents (id, household, name, language) values ('${ROW}', '${ROW}', 'A', 'en');
      update row_stamps set stamps = jsonb_set(jsonb_set(stamps,
        '{unknown}', '{"fobHash":"a fob","movedOutAt":12,"accessible":"no boolean","tomorrow":1}'),
        '{fields,fobHash}', '{"atMs":9,"count":0,"node":"cloud"}')`);
    await migrate(db);
    const lifted = await db.query('select fob_hash, moved_out_at, accessible from residents');
    expect(lifted.rows).toEqual([{ fob_hash: 'a fob', moved_out_at: 12, accessible: null }]);
    await db.exec(`${STAMP}; update residents set accessible = false`);
    await db.exec(`${STAMP}; update residents set pin_hash = 'x', moved_out = true`);
    const { rows } = await db.query<{ stamps: { fields: object; switches: object; unknown: object } }>(
      'select stamps from row_stamps',
    );
    expect(rows[0]?.stamps).toMatchObject({
      fields: { name: { atMs: 7 }, pinHash: { atMs: 7 } },
      switches: { movedOut: { on: { n: { atMs: 7 } } } },
    });
    expect(rows[0]?.stamps.fields).toMatchObject({ fobHash: { atMs: 9 }, accessible: { atMs: 7 } });
    // What another change did not touch was not written: whoever did write it, elsewhere, has the last word.
    expect(rows[0]?.stamps.fields).not.toHaveProperty('contacts');
    // A value in a column is not beside the stamps as well, where it would win over later ones.
    expect(rows[0]?.stamps.unknown).toEqual({ tomorrow: 1 });
    await db.close();
  });
});
