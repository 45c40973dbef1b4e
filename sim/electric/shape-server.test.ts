import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../postgres/local-postgres.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type ShapeServer, type ShapeServerOptions, startShapeServer } from './shape-server.ts';
import { Mirror } from './testing.ts';

const DEADLINE_MS = 30_000;
const SILENT = pino({ level: 'silent' });

describe('the stand-in', () => {
  let rig: Awaited<ReturnType<typeof temporaryPostgres>>;
  let database: string;
  let databaseUrl: string;
  let databases = 0;
  let server: ShapeServer | undefined;

  beforeAll(async () => {
    rig = await temporaryPostgres();
  });

  afterAll(() => rig.remove());

  beforeEach(async () => {
    database = `server_${++databases}`;
    databaseUrl = await rig.postgres.createDatabase(database);
    await sql('CREATE TABLE residents (id int PRIMARY KEY, building text NOT NULL, name text)');
    await sql(`INSERT INTO residents SELECT g, 'b1', 'R' || g FROM generate_series(1, 3) g`);
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const sql = (statement: string) => rig.postgres.sql(statement, database);

  const start = async (options: Partial<ShapeServerOptions> = {}): Promise<string> => {
    server = await startShapeServer({ databaseUrl, log: SILENT, liveTimeoutMs: 100, ...options });
    return `${server.url}/v1/shape`;
  };

  /** One request; the query without `table`. */
  const ask = async (url: string, query: string) => {
    const response = await fetch(`${url}?table=residents&${query}`);
    const body = (await response.json()) as { readonly errors: Readonly<Record<string, readonly string[]>> };
    return { status: response.status, headers: response.headers, errors: body.errors };
  };

  const handleOf = async (url: string, query = '') =>
    String((await ask(url, `offset=-1&${query}`)).headers.get('electric-handle'));

  const isKnown = async (url: string, handle: string, query = '') =>
    (await ask(url, `offset=0_inf&handle=${handle}&${query}`)).status === 200;

  it('says in its log that it is for development only', async () => {
    const lines: string[] = [];
    await start({ log: pino({}, { write: (line) => void lines.push(line) }) });
    expect(lines[0]).toContain('for development only');
  });

  it('leaves neither a slot nor a folder behind if it was given none', async () => {
    await handleOf(await start());
    await server?.stop();
    server = undefined;
    expect(await sql(`SELECT FROM pg_replication_slots WHERE database = '${database}'`)).toEqual([]);
  });

  it('answers plainly to a client that takes no gzip', async () => {
    const response = await fetch(`${await start()}?offset=abc`, {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.status).toBe(400);
  });

  it.each([
    ['where=name LIKE %27R%25%27', 'where', 'At location 5: LIKE is not known to the stand-in'],
    [
      'where=lower(name) = %27r%27',
      'where',
      'At location 0: the function lower is not known to the stand-in',
    ],
    [
      'where=name = building',
      'where',
      'At location 7: a comparison with anything but a constant is not known',
    ],
    ['where=id = %27x%27', 'where', 'invalid input syntax for type integer: "x"'],
    ['where=id = %271%27 or', 'where', 'At location 26: syntax error at end of input'],
    ['where=name', 'where', 'At location 0: name is not true or false'],
    ['where=name = 5', 'where', 'At location 7: a number cannot be compared with name (text)'],
    ['live_sse=true', 'live_sse', "can't be true unless live is also true"],
    ['live=perhaps', 'live', 'is invalid'],
    ['log=x', 'log', 'is invalid'],
    ['columns=id,,name', 'columns', 'Invalid list of columns'],
  ])('refuses %s in words', async (query, field, message) => {
    const { status, errors } = await ask(await start(), `offset=-1&${query}`);
    expect(status).toBe(400);
    expect(errors[field]?.[0]).toContain(message);
  });

  it('refuses an offset that its log does not reach, and a filter that would be SQL of its own', async () => {
    const url = await start();
    const beyond = await ask(url, `offset=99999999999_0&handle=${await handleOf(url)}`);
    expect([beyond.status, beyond.errors]).toEqual([400, { offset: ['out of bounds for this shape'] }]);
    const injected = await ask(
      url,
      `offset=-1&where=${encodeURIComponent("name = '''; DROP TABLE residents; --'")}`,
    );
    expect(injected.status).toBe(200);
    expect(await sql('SELECT count(*)::int AS n FROM residents')).toEqual([{ n: 3 }]);
  });

  it('gives up the shape that was read longest ago when there are too many', async () => {
    const url = await start({ limits: { shapes: 2 } });
    const [first, second] = [await handleOf(url), await handleOf(url, 'replica=full')];
    expect(await isKnown(url, first)).toBe(true);
    await handleOf(url, 'columns=id');
    expect(await isKnown(url, first)).toBe(true);
    expect(await isKnown(url, second, 'replica=full')).toBe(false);
  });

  it('refuses a snapshot that is too large, and gives up a shape whose log grows too large', async () => {
    const url = await start({ limits: { shapeBytes: 1_000 } });
    const mirror = new Mirror(url.replace('/v1/shape', ''), {
      table: 'residents',
      columns: ['id'],
      where: 'id > 100',
    });
    await waitFor(() => mirror.isUpToDate, DEADLINE_MS, 'a small shape');
    await sql('INSERT INTO residents SELECT g, repeat(md5(g::text), 9) FROM generate_series(101, 120) g');
    const large = () => ask(url, 'offset=-1');
    expect((await large()).errors.table?.[0]).toContain('MiB that the stand-in keeps');
    await waitFor(() => mirror.errors.length > 0, DEADLINE_MS, 'the client to be told that it is too large');
    expect(mirror.refetches).toBe(1);
    mirror.stop();
  });

  it('gives up the shapes of a transaction that is too large, and no others', async () => {
    const url = await start({ limits: { transactionBytes: 2_000 } });
    await sql('CREATE TABLE others (id int PRIMARY KEY)');
    const handle = await handleOf(url);
    const other = await fetch(`${url}?table=others&offset=-1`);
    const otherHandle = other.headers.get('electric-handle');
    await sql(`INSERT INTO residents SELECT g, 'b1', repeat('x', 100) FROM generate_series(1000, 1100) g`);
    await waitFor(async () => !(await isKnown(url, handle)), DEADLINE_MS, 'the shape to be given up');
    expect((await fetch(`${url}?table=others&offset=0_inf&handle=${otherHandle}`)).status).toBe(200);
  });

  it('lets no more wait than it has room for', async () => {
    const url = await start({ limits: { waiting: 1 }, liveTimeoutMs: 60_000 });
    const handle = await handleOf(url);
    const live = `offset=0_inf&live=true&handle=${handle}`;
    const first = ask(url, live);
    await waitFor(() => server?.waiting === 1, DEADLINE_MS, 'one to wait');
    const second = await ask(url, live);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    await sql('DELETE FROM residents WHERE id = 1');
    expect((await first).status).toBe(200);
    expect(server?.waiting).toBe(0);
  });

  it('forgets a live request whose client went away', async () => {
    const url = await start({ liveTimeoutMs: 60_000 });
    const live = `offset=0_inf&live=true&handle=${await handleOf(url)}`;
    const gone = new AbortController();
    const request = fetch(`${url}?table=residents&${live}`, { signal: gone.signal }).catch(() => null);
    await waitFor(() => server?.waiting === 1, DEADLINE_MS, 'it to wait');
    gone.abort();
    await request;
    await waitFor(() => server?.waiting === 0, DEADLINE_MS, 'it to be forgotten');
  });

  it('hands on long values that an update did not touch', async () => {
    // Not compressible, so that Postgres stores it apart and leaves it out of an update's new row.
    await sql(`CREATE TABLE long (id int PRIMARY KEY, n int, t text)`);
    await sql(`INSERT INTO long SELECT 1, 0, string_agg(md5(g::text), '') FROM generate_series(1, 1000) g`);
    const url = await start();
    const begin = await fetch(`${url}?table=long&offset=-1&replica=full`);
    const handle = begin.headers.get('electric-handle');
    const [row] = (await begin.json()) as { value: { t: string } }[];
    await sql('UPDATE long SET n = 1');
    const log = await waitFor(
      async () => {
        const answer = await fetch(`${url}?table=long&replica=full&offset=0_inf&handle=${handle}`);
        const found = (await answer.json()) as { value?: unknown; old_value?: unknown }[];
        return found[0]?.value ? found : null;
      },
      DEADLINE_MS,
      'the update',
    );
    expect(log[0]).toMatchObject({ value: { id: '1', n: '1', t: row?.value.t }, old_value: { n: '0' } });
    expect(log[0]?.old_value).not.toHaveProperty('t');
  });

  it('cuts off a line that was interrupted, and has that transaction sent again', async () => {
    const storageFolder = await mkdtemp(join(tmpdir(), 'lockerhub-torn-'));
    const url = await start({ storageFolder });
    const handle = await handleOf(url);
    await server?.stop();
    const [file] = (await readdir(storageFolder)).filter((name) => name.endsWith('.shape'));
    await appendFile(join(storageFolder, String(file)), '{"lsn":"123","mess');
    await sql('DELETE FROM residents WHERE id = 1');
    const again = await start({ storageFolder });
    const answer = await fetch(`${again}?table=residents&offset=0_inf&handle=${handle}`);
    const operations = ((await answer.json()) as { headers: { operation?: string } }[]).map(
      ({ headers }) => headers.operation,
    );
    expect(operations).toEqual(['delete', undefined]);
    await server?.stop();
    server = undefined;
    await rm(storageFolder, { recursive: true });
  });
});

describe('a database that is put back to an earlier point under a running stand-in', () => {
  it('makes all clients fetch anew', async () => {
    const { postgres, remove } = await temporaryPostgres();
    const databaseUrl = await postgres.createDatabase('rewound');
    const sql = (statement: string) => postgres.sql(statement, 'rewound');
    await sql('CREATE TABLE residents (id int PRIMARY KEY)');
    const server = await startShapeServer({ databaseUrl, log: SILENT });
    const mirror = new Mirror(server.url, { table: 'residents' });
    const backup = await mkdtemp(join(tmpdir(), 'lockerhub-backup-'));
    try {
      await sql('INSERT INTO residents VALUES (1)');
      await waitFor(() => mirror.rows.size === 1, DEADLINE_MS, 'the first row');
      await postgres.stop();
      await postgres.backUp(backup);
      await postgres.start();
      await sql('INSERT INTO residents VALUES (2)');
      await waitFor(() => mirror.rows.size === 2, DEADLINE_MS, 'the second row');
      await postgres.stop();
      await postgres.restore(backup);
      await postgres.start();
      await waitFor(
        () => mirror.refetches === 1 && mirror.rows.size === 1,
        DEADLINE_MS,
        'the first row alone',
      );
    } finally {
      mirror.stop();
      await server.stop();
      await remove();
      await rm(backup, { recursive: true });
    }
  });
});
