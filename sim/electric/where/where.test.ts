import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../postgres/local-postgres.ts';
import { resolveDefinition } from '../requests/resolve.ts';
import { Database } from '../tables/database.ts';
import { quoteName, type Row } from '../tables/table.ts';
import { rowFilter } from './evaluate.ts';
import { parseWhere } from './parse.ts';
import { whereSql } from './sql.ts';

/** Values of each type that are alike, or hard to order, in some way. */
const VALUES = {
  i: ['-5', '0', '7', '10', '2147483647'],
  b: ['-9007199254740993', '9007199254740993', '9007199254740994'],
  n: ['12.34', '12.3400', '-0.5', '0', 'NaN', '99999999999999999999.0001'],
  f: ['1.5', '-0', '0', '1e20', '1e-7', 'NaN', 'Infinity'],
  t: ['', 'a', 'A', 'ab', 'é', '𝄞', '\uffee', "it's", '10', '9', 'true'],
  v: ['x', 'y z', '"q"'],
  u: ['00000000-0000-7000-8000-00000000000A', '00000000-0000-7000-8000-00000000000b'],
  o: ['true', 'false', 't', 'off'],
  d: ['2026-11-01', '0099-01-01', '2026-02-28'],
  z: ['2026-11-01T10:00:00+02', '2026-11-01 08:00:00Z', '2026-11-01 08:00:00.5+00'],
} as const;
const COLUMNS = Object.keys(VALUES) as (keyof typeof VALUES)[];
const TABLE =
  'CREATE TABLE kinds (id serial PRIMARY KEY, i int, b int8, n numeric(30,4), f float8, t text, v varchar(20), u uuid, o bool, d date, z timestamptz)';
const ROWS = 120;

describe('a filter', () => {
  let rig: Awaited<ReturnType<typeof temporaryPostgres>>;
  let database: Database;
  let rows: readonly Row[];

  beforeAll(async () => {
    rig = await temporaryPostgres();
    database = new Database(await rig.postgres.createDatabase('filters'), pino({ level: 'silent' }));
    await database.rows(TABLE);
    for (let row = 0; row < ROWS; row++) {
      // Rows that differ, and every fifth value null.
      const values = COLUMNS.map((column, at) => {
        const all = VALUES[column];
        return (row * 7 + at * 3) % 5 === 0 ? null : (all[(row * (at + 1) + at) % all.length] ?? null);
      });
      await database.rows(
        `INSERT INTO kinds (${COLUMNS}) VALUES (${COLUMNS.map((_, at) => `$${at + 1}`)})`,
        values,
      );
    }
    const texts = ['id', ...COLUMNS].map((column) => `${quoteName(column)}::text`);
    rows = await database.rows<Row>(`SELECT ${texts} FROM kinds ORDER BY kinds.id`);
  });

  afterAll(async () => {
    await database.end();
    await rig.remove();
  });

  /** A comparison as text, and its parameter. */
  const comparison = fc.constantFrom(...COLUMNS).chain((column) => {
    const value = fc.constantFrom<string>(...VALUES[column]);
    const operator = fc.constantFrom('=', '<>', '!=', '<', '<=', '>', '>=');
    const literal = value.map((text) => `'${text.replaceAll("'", "''")}'`);
    return fc.oneof(
      fc.tuple(operator, literal).map(([sign, text]) => `${column} ${sign} ${text}`),
      fc.tuple(operator, literal).map(([sign, text]) => `${text} ${sign} "${column}"`),
      fc
        .array(fc.oneof(literal, fc.constant('NULL')), { minLength: 1, maxLength: 3 })
        .chain((list) => fc.constantFrom(`${column} IN (${list})`, `${column} not in (${list})`)),
      fc.constantFrom(`${column} IS NULL`, `${column} is not null`, `${column} = NULL`, 'true', 'o', 'NOT o'),
    );
  });
  const filter = fc.letrec<{ all: string }>((tie) => ({
    all: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      fc
        .tuple(tie('all'), fc.constantFrom('AND', 'or'), tie('all'))
        .map(([a, sign, b]) => `${a} ${sign} ${b}`),
      tie('all').map((part) => `(${part})`),
      tie('all').map((part) => `NOT (${part})`),
    ),
  })).all;

  it('lets the same rows pass as Postgres, by its own evaluation and by the SQL that it writes', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (where) => {
        const wanted = {
          table: 'kinds',
          where,
          parameters: {},
          columns: null,
          replica: 'default',
          log: 'full',
        } as const;
        const { where: expression, table } = await resolveDefinition(database, wanted);
        if (!expression) throw new Error('no filter');
        const passes = rowFilter(expression, table);
        const ids = async (condition: string) =>
          (
            await database.rows<{ id: string }>(
              `SELECT id::text FROM kinds WHERE ${condition} ORDER BY kinds.id`,
            )
          ).map(({ id }) => id);
        const truth = await ids(where);
        expect(rows.filter(passes).map(({ id }) => id)).toEqual(truth);
        expect(await ids(whereSql(expression, table))).toEqual(truth);
      }),
      { numRuns: 400 },
    );
  });

  it('takes parameters, which are never text of SQL', async () => {
    const hostile = "x' OR true --";
    const wanted = {
      table: 'kinds',
      where: 't = $1',
      parameters: { 1: hostile },
      columns: null,
      replica: 'default',
      log: 'full',
    } as const;
    const { where, table } = await resolveDefinition(database, wanted);
    expect(where && (await database.rows(`SELECT FROM kinds WHERE ${whereSql(where, table)}`))).toEqual([]);
  });

  it('is refused when it is nested too deeply, or never ends', () => {
    expect(() => parseWhere(`${'('.repeat(5_000)}true`)).toThrow('nested too deeply');
    expect(() => parseWhere("t = 'x")).toThrow('syntax error');
    expect(() => parseWhere(`${'NOT '.repeat(5_000)}true`)).toThrow('nested too deeply');
  });
});
