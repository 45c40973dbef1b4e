import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../postgres/local-postgres.ts';
import { freePort } from '../testing/free-port.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type ShapeServer, type ShapeServerOptions, startShapeServer } from './shape-server.ts';
import { Mirror, type MirrorParams, ShapeServerProcess } from './testing.ts';

const DEADLINE_MS = 30_000;
const KILLS = 6;

describe("Electric's own client, against the stand-in", () => {
  let rig: Awaited<ReturnType<typeof temporaryPostgres>>;
  let databaseUrl: string;
  let databases = 0;
  let database: string;
  let storageFolder: string;
  let server: ShapeServer | undefined;
  const mirrors: Mirror[] = [];

  beforeAll(async () => {
    rig = await temporaryPostgres({ settings: { max_slot_wal_keep_size: '64MB' } });
  });

  afterAll(() => rig.remove());

  beforeEach(async () => {
    database = `client_${++databases}`;
    databaseUrl = await rig.postgres.createDatabase(database);
    storageFolder = await mkdtemp(join(tmpdir(), 'lockerhub-shapes-'));
    await sql('CREATE TABLE residents (id int PRIMARY KEY, building text NOT NULL, name text)');
    await sql(`INSERT INTO residents SELECT g, 'b' || g % 2, 'R' || g FROM generate_series(1, 10) g`);
  });

  afterEach(async () => {
    for (const mirror of mirrors.splice(0)) mirror.stop();
    await server?.stop();
    server = undefined;
    await rm(storageFolder, { recursive: true, force: true });
  });

  const sql = (statement: string) => rig.postgres.sql(statement, database);

  const start = async (options: Partial<ShapeServerOptions> = {}): Promise<ShapeServer> => {
    server = await startShapeServer({
      databaseUrl,
      storageFolder,
      log: pino({ level: 'silent' }),
      ...options,
    });
    return server;
  };

  const follow = (url: string, params: MirrorParams = { table: 'residents' }, isSse = false): Mirror => {
    const mirror = new Mirror(url, params, isSse);
    mirrors.push(mirror);
    return mirror;
  };

  /** Waits until a client holds what Postgres holds. */
  const agrees = async (mirror: Mirror, where = 'true') => {
    const truth = await sql(`SELECT building, id, name FROM residents WHERE ${where} ORDER BY id`);
    const isSame = () => JSON.stringify(sorted(mirror)) === JSON.stringify(truth);
    await waitFor(isSame, DEADLINE_MS, 'client and Postgres to agree').catch(() => {
      expect({ rows: sorted(mirror), errors: mirror.errors }).toEqual({ rows: truth, errors: [] });
    });
    expect(mirror.contradictions).toEqual([]);
  };

  const isConfirmed = async (lsn: string) => {
    const [slot] = await sql(
      `SELECT confirmed_flush_lsn > '${lsn}' AS yes FROM pg_replication_slots WHERE slot_name = 'lockerhub_shapes_${database}'`,
    );
    return slot?.yes === true;
  };

  it.each([
    ['by long polls', false],
    ['by events', true],
  ])('syncs, and follows what changes, %s', async (_how, isSse) => {
    const { url } = await start();
    const all = follow(url, { table: 'residents' }, isSse);
    const filter = {
      table: 'residents',
      where: 'building = $1',
      params: { 1: 'b1' },
      columns: ['id', 'building', 'name'],
    };
    const some = follow(url, filter, isSse);
    await agrees(all);
    await agrees(some, "building = 'b1'");
    await sql(`UPDATE residents SET building = 'b1' WHERE id = 2`);
    await sql(`UPDATE residents SET building = 'b0', name = NULL WHERE id = 3`);
    await sql(`UPDATE residents SET id = 77 WHERE id = 5`);
    await sql('DELETE FROM residents WHERE id = 7');
    await sql(`INSERT INTO residents VALUES (100, 'b1', 'new'), (101, 'b0', 'other')`);
    await agrees(all);
    await agrees(some, "building = 'b1'");
    expect(all.refetches + some.refetches).toBe(0);
  });

  it('fetches anew after a truncate and after an altered table, changed rows or not', async () => {
    const { url } = await start();
    const mirror = follow(url);
    await agrees(mirror);
    await sql('TRUNCATE residents');
    await sql(`INSERT INTO residents VALUES (1, 'b1', 'after')`);
    await agrees(mirror);
    expect(mirror.refetches).toBe(1);
    await sql(`ALTER TABLE residents ADD COLUMN phone text DEFAULT '112'`);
    const hasPhones = () =>
      mirror.refetches === 2 && [...mirror.rows.values()].every(({ phone }) => phone === '112');
    await waitFor(hasPhones, DEADLINE_MS, 'the new column');
  });

  it('goes on after a restart and after kill -9 of the server, and missed nothing', async () => {
    const port = await freePort();
    let child = await ShapeServerProcess.start(databaseUrl, port, storageFolder);
    const mirror = follow(child.url);
    await agrees(mirror);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const [before] = await sql('SELECT pg_current_wal_insert_lsn()::text AS lsn');
      await sql(`UPDATE residents SET name = '${signal}' WHERE id = 1`);
      await agrees(mirror);
      // From here on Postgres would not send it again: the next server has to know it.
      await waitFor(() => isConfirmed(String(before?.lsn)), DEADLINE_MS, 'the change to be confirmed');
      await child.kill(signal);
      await sql(`INSERT INTO residents SELECT max(id) + 1, 'b1', 'while away' FROM residents`);
      child = await ShapeServerProcess.start(databaseUrl, port, storageFolder);
      await agrees(mirror);
      await agrees(follow(child.url));
    }
    await child.kill('SIGKILL');
    expect(mirror.refetches).toBe(0);
  });

  it('goes on after kill -9 of Postgres', async () => {
    const { url } = await start();
    const mirror = follow(url);
    await agrees(mirror);
    for (let round = 0; round < 3; round++) {
      await sql(`INSERT INTO residents VALUES (${200 + round}, 'b1', 'before the kill')`);
      await rig.postgres.kill();
      await rig.postgres.start();
      await sql(`UPDATE residents SET name = 'after kill ${round}' WHERE id = 1`);
      await agrees(mirror);
    }
    expect(mirror.refetches).toBe(0);
  });

  it('misses nothing while server and Postgres are killed again and again under writes', async () => {
    const port = await freePort();
    let child = await ShapeServerProcess.start(databaseUrl, port, storageFolder);
    const mirror = follow(child.url);
    let isOver = false;
    let written = 0;
    const write = async () => {
      while (!isOver) {
        const id = 1 + (written % 20);
        const statement =
          written % 4 === 3
            ? `DELETE FROM residents WHERE id = ${id}`
            : `INSERT INTO residents VALUES (${id}, 'b1', '${written}') ON CONFLICT (id) DO UPDATE SET name = excluded.name`;
        // What fails as Postgres dies, committed or not, is for the comparison in the end to say.
        const isDone = await sql(statement).then(
          () => true,
          () => false,
        );
        if (isDone) written += 1;
      }
    };
    const writers = [write(), write()];
    for (let kill = 0; kill < KILLS; kill++) {
      const before = written;
      await waitFor(() => written > before + 20, DEADLINE_MS, 'further writes');
      if (kill % 3 === 1) {
        await rig.postgres.kill();
        await rig.postgres.start();
      } else {
        await child.kill('SIGKILL');
        child = await ShapeServerProcess.start(databaseUrl, port, storageFolder);
      }
    }
    isOver = true;
    await Promise.all(writers);
    await agrees(mirror);
    expect(mirror.refetches).toBe(0);
    await child.kill('SIGKILL');
  });

  it.each([
    [
      'dropped',
      async () => void (await sql(`SELECT pg_drop_replication_slot('lockerhub_shapes_${database}')`)),
    ],
    [
      'lost, since Postgres kept no more of its log',
      async () => {
        await sql('CREATE TABLE ballast (t text)');
        const isLost = async () => {
          await sql('INSERT INTO ballast SELECT repeat(md5(g::text), 60) FROM generate_series(1, 20000) g');
          await sql('SELECT pg_switch_wal()');
          await sql('CHECKPOINT');
          const [slot] = await sql(
            `SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'lockerhub_shapes_${database}'`,
          );
          return slot?.wal_status === 'lost';
        };
        await waitFor(isLost, DEADLINE_MS, 'the slot to be lost');
      },
    ],
  ])('fetches anew if the slot was %s', async (_how, lose) => {
    const { url, port } = await start();
    const mirror = follow(url);
    await agrees(mirror);
    await server?.stop();
    await sql('DELETE FROM residents WHERE id = 1');
    await lose();
    await start({ port });
    await agrees(mirror);
    expect(mirror.refetches).toBe(1);
  });

  it('fetches anew if shapes were not kept over a restart', async () => {
    const { url, port } = await start();
    const mirror = follow(url);
    await agrees(mirror);
    await server?.stop();
    await sql('DELETE FROM residents WHERE id = 1');
    await rm(storageFolder, { recursive: true });
    await start({ port });
    await agrees(mirror);
    expect(mirror.refetches).toBe(1);
  });
});

function sorted(mirror: Mirror): readonly unknown[] {
  const rows = [...mirror.rows.values()].map(({ building, id, name }) => ({ building, id, name }));
  return rows.sort((a, b) => Number(a.id) - Number(b.id));
}
