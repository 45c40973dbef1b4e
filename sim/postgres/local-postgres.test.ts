import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../testing/wait-for.ts';
import { LocalPostgres } from './local-postgres.ts';

const DEADLINE_MS = 60_000;

describe('a Postgres on this machine', () => {
  let folder: string;
  let postgres: LocalPostgres;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-postgres-test-'));
    postgres = await LocalPostgres.start({ folder });
  });

  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is Postgres 18 with logical replication', async () => {
    const [row] = await postgres.sql(
      "SELECT current_setting('wal_level') AS level, current_setting('server_version_num')::int / 10000 AS major",
    );
    expect(row).toEqual({ level: 'logical', major: 18 });
  });

  it('keeps what was committed, its port and its password over kill -9 and over a stop', async () => {
    await postgres.createDatabase('kept');
    await postgres.sql('CREATE TABLE facts (n int)', 'kept');
    const url = postgres.url('kept');
    for (const end of [() => postgres.kill(), () => postgres.stop()]) {
      await postgres.sql('INSERT INTO facts VALUES (1)', 'kept');
      await end();
      await expect(postgres.sql('SELECT 1')).rejects.toThrow('ECONNREFUSED');
      await postgres.start();
    }
    expect(await postgres.sql('SELECT count(*)::int AS count FROM facts', 'kept')).toEqual([{ count: 2 }]);
    expect(postgres.url('kept')).toBe(url);
  });

  it('is put back to a copy: what came later is gone, slots too, and another timeline begins', async () => {
    const timeline = async () => {
      const [row] = await postgres.sql('SELECT timeline_id FROM pg_control_checkpoint()');
      return Number(row?.timeline_id);
    };
    const copy = join(folder, 'copy');
    await postgres.createDatabase('rewound');
    await postgres.sql('CREATE TABLE facts AS SELECT 1 AS n', 'rewound');
    await postgres.sql("SELECT pg_create_logical_replication_slot('reader', 'pgoutput')", 'rewound');
    const before = await timeline();
    await postgres.stop();
    await postgres.backUp(copy);
    await postgres.start();
    await postgres.sql('INSERT INTO facts VALUES (2)', 'rewound');
    await expect(postgres.restore(copy)).rejects.toMatchObject({ code: 'postgres-failed' });
    await postgres.stop();
    await postgres.restore(copy);
    await postgres.start();
    expect(await postgres.sql('SELECT n FROM facts', 'rewound')).toEqual([{ n: 1 }]);
    expect(await postgres.sql('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
    await postgres.sql('CHECKPOINT');
    expect(await timeline()).toBe(before + 1);
  });

  it('says what Postgres said where it cannot start', async () => {
    await expect(LocalPostgres.start({ folder, port: postgres.port })).rejects.toMatchObject({
      code: 'postgres-failed',
    });
  });

  it('refuses whoever does not know the password', async () => {
    const url = new URL(postgres.url());
    expect(url.password).toMatch(/^[0-9a-f]{32}$/);
    const stranger = new Client({ host: url.hostname, port: postgres.port, user: 'postgres', password: 'x' });
    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
  });
});

it('dies with the program that started it, even by kill -9', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-postgres-orphan-'));
  const module = new URL('./local-postgres.ts', import.meta.url).href;
  const script = `
    const { LocalPostgres } = await import(${JSON.stringify(module)});
    const postgres = await LocalPostgres.start({ folder: ${JSON.stringify(folder)} });
    console.log(postgres.url());`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(owner.stdout, 'data')) as [Buffer];
  const connect = async () => {
    const client = new Client({ connectionString: String(url).trim() });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const client = await connect();
  const gone = new Promise((resolve) => client.once('end', resolve));
  owner.kill('SIGKILL');
  await gone;
  await waitFor(
    () =>
      connect().then(
        (other) => other.end().then(() => false),
        () => true,
      ),
    DEADLINE_MS,
    'Postgres to follow its owner',
  );
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
