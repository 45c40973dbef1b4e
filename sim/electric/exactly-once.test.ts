import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../postgres/local-postgres.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type ShapeServer, startShapeServer } from './shape-server.ts';
import { Mirror } from './testing.ts';

const DEADLINE_MS = 20_000;
const WRITERS = 4;
const SHAPES = 16;
const ROWS = 40;

describe('shapes that begin while everybody writes', () => {
  let rig: Awaited<ReturnType<typeof temporaryPostgres>>;
  let databaseUrl: string;
  let server: ShapeServer;
  let filters = 0;

  beforeAll(async () => {
    rig = await temporaryPostgres();
    databaseUrl = await rig.postgres.createDatabase('busy');
    server = await startShapeServer({ databaseUrl, log: pino({ level: 'silent' }) });
  });

  afterAll(async () => {
    await server.stop();
    await rig.remove();
  });

  /** Transactions that stay open over several statements: snapshots begin before, within and after them. */
  async function write(table: string, writer: number, isOver: () => boolean): Promise<number> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    let transactions = 0;
    try {
      for (; !isOver(); transactions++) {
        const id = writer * 1_000 + (transactions % ROWS);
        await client.query('BEGIN');
        await client.query(
          `INSERT INTO ${table} VALUES (${id}, 0) ON CONFLICT (id) DO UPDATE SET n = ${table}.n + 1`,
        );
        await client.query(`UPDATE ${table} SET n = n + 1 WHERE id = ${id}`);
        if (transactions % 3 === 0) await client.query(`DELETE FROM ${table} WHERE id = ${id - 2}`);
        await client.query(transactions % 7 === 0 ? 'ROLLBACK' : 'COMMIT');
      }
    } finally {
      await client.end();
    }
    return transactions;
  }

  it.each([
    ['a table that no shape was made of before', 'fresh'],
    ['the same table again', 'fresh'],
  ])('miss no change and see none twice: %s', async (_what, table) => {
    const sql = (statement: string) => rig.postgres.sql(statement, 'busy');
    await sql(`CREATE TABLE IF NOT EXISTS ${table} (id int PRIMARY KEY, n int NOT NULL)`);
    let isOver = false;
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(table, writer, () => isOver));
    const mirrors: Mirror[] = [];
    try {
      for (let shape = 0; shape < SHAPES; shape++) {
        // Each filter is a shape of its own, and lets all rows pass.
        const mirror = new Mirror(server.url, { table, where: `n >= -${++filters}` });
        mirrors.push(mirror);
        await waitFor(() => mirror.rows.size > 0, DEADLINE_MS, `a first row; ${mirror.errors}`);
      }
    } finally {
      isOver = true;
    }
    const transactions = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0);
    expect(transactions).toBeGreaterThan(SHAPES);
    const truth = JSON.stringify(await sql(`SELECT id, n FROM ${table} ORDER BY id`));
    for (const mirror of mirrors) {
      await waitFor(
        () => JSON.stringify(sorted(mirror)) === truth,
        DEADLINE_MS,
        'a client to hold what Postgres holds',
      );
      expect(mirror.contradictions).toEqual([]);
      expect(mirror.refetches).toBe(0);
      mirror.stop();
    }
  });

  it('miss no change of a transaction that wrote before its table was published, and ends after the snapshot', async () => {
    const sql = (statement: string) => rig.postgres.sql(statement, 'busy');
    await sql('CREATE TABLE slow (id int PRIMARY KEY, n int NOT NULL)');
    // So that publishing it need not alter it: that alone would wait for the writer.
    await sql('ALTER TABLE slow REPLICA IDENTITY FULL');
    const writer = new Client({ connectionString: databaseUrl });
    await writer.connect();
    await writer.query('BEGIN');
    await writer.query('INSERT INTO slow VALUES (1, 1)');
    const mirror = new Mirror(server.url, { table: 'slow' });
    await waitFor(
      async () => mirror.isUpToDate || (await sql('SELECT FROM pg_locks WHERE NOT granted')).length > 0,
      DEADLINE_MS,
      'the snapshot to be taken, or to wait',
    );
    await writer.query('COMMIT');
    await writer.end();
    await waitFor(() => mirror.rows.size === 1, DEADLINE_MS, 'the row');
    mirror.stop();
  });
});

function sorted(mirror: Mirror): readonly unknown[] {
  const rows = [...mirror.rows.values()].map(({ id, n }) => ({ id, n }));
  return rows.sort((a, b) => Number(a.id) - Number(b.id));
}
