/** The hub finds by itself that somebody changed a past entry: over a real table in PGlite, on a virtual clock. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { EMPTY_HEAD, type Entry, type Head, nextEntry, SALT_BYTES } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { logRow } from '@lockerhub/protocol/log/projections/log.ts';
import { LOG_DEFINITION } from '@lockerhub/protocol/log/projections/project.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HubCommand } from '../../deliveries/command.ts';
import type { Store } from '../../store/store.ts';
import {
  BUSY_REST_MS,
  BYTES_AT_ONCE,
  CHECKED_AT_ONCE,
  LogWatch,
  WHOLE_EVERY_MS,
  type Witness,
} from './log-watch.ts';

const WITHIN_MS = 20_000;
const ENTRIES = 2 * CHECKED_AT_ONCE + 50;

describe('the hub’s check of its log', () => {
  const entries = logHistory(new SeededRandom(1), ENTRIES, EMPTY_HEAD);
  let db: PGlite;
  let folder: string;
  let clock: VirtualClock;
  let told: HubCommand[];
  let asked: number[];
  let doesGrow: boolean;
  let witnesses: Witness[];
  let watch: LogWatch;

  const query: Store['query'] = async <Row extends object>(
    sql: string,
    parameters: readonly unknown[] = [],
  ) => {
    if (sql.includes('payload')) {
      asked.push(Number(parameters[0]));
      if (doesGrow) head = { ...head, seq: head.seq + 1 };
    }
    return (await db.query<Row>(sql, [...parameters])).rows;
  };
  const store = { query };
  const headOf = ({ seq, hash }: Entry): Head => ({ seq, hash });
  let head: Head;

  async function write(more: readonly Entry[]): Promise<void> {
    const rows = more.map((entry) => logRow(entry, decodePayload(entry.payload)));
    let at = 0;
    const values = rows.map((row) => `(${row.map(() => `$${++at}`).join()})`);
    await db.query(`insert into log values ${values.join()}`, rows.flat());
    const newest = more.at(-1);
    if (newest) head = headOf(newest);
  }

  /** A start of the hub. */
  function begin(): void {
    asked = [];
    watch = new LogWatch({
      path: join(folder, 'log-check.json'),
      store,
      log: { head: () => head },
      witnesses: async () => witnesses,
      execute: async (command) => told.push(command),
      clock,
      logger: pino({ level: 'silent' }),
    });
    watch.start();
  }

  async function until(holds: () => boolean, what: string): Promise<void> {
    const looks = async () => {
      await clock.advance(5_000);
      return holds();
    };
    await waitFor(looks, WITHIN_MS, what);
  }

  const checked = () => until(() => watch.view().wholeAtMs !== null, 'a check of all of it');
  /** Once more, because somebody asked. */
  async function checkedAgain(): Promise<void> {
    await clock.advance(1);
    const before = watch.view().wholeAtMs;
    watch.ask();
    await until(() => watch.view().wholeAtMs !== before, 'another check of all of it');
  }

  beforeAll(async () => {
    db = await PGlite.create();
    for (const statement of LOG_DEFINITION) await db.exec(statement);
    await write(entries);
    await db.exec('create table written as select * from log');
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-check-'));
    clock = new VirtualClock(Date.UTC(2026, 5, 1));
    told = [];
    witnesses = [];
    doesGrow = false;
    await db.exec('delete from log; insert into log select * from written');
    head = headOf(entries.at(-1) as Entry);
    begin();
  });
  afterEach(async () => {
    await watch.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('follows all of it once a day, in pages, and finds a sound log sound', async () => {
    await checked();
    expect(watch.view()).toMatchObject({ state: 'whole', seq: ENTRIES, faults: { count: 0, first: null } });
    expect(asked).toEqual([0, CHECKED_AT_ONCE, 2 * CHECKED_AT_ONCE]);
    const firstMs = watch.view().wholeAtMs ?? 0;
    await clock.advance(WHOLE_EVERY_MS - 60_000);
    expect(asked).toHaveLength(3);
    await until(() => watch.view().wholeAtMs !== firstMs, 'the next day’s check');
    expect(asked).toHaveLength(6);
    expect(told).toEqual([]);
  });

  it('follows at a start what came since, and goes on with a check of all that was cut short', async () => {
    await until(() => asked.length === 1, 'the first page');
    await watch.stop();
    begin();
    await checked();
    expect(asked).toEqual([CHECKED_AT_ONCE, 2 * CHECKED_AT_ONCE]);
    await watch.stop();
    await write(logHistory(new SeededRandom(2), 10, head));
    begin();
    await until(() => watch.view().seq === ENTRIES + 10, 'what came since');
    expect(asked).toEqual([ENTRIES]);
    expect(told).toEqual([]);
  });

  const swapped = `update log set payload = other.payload, salt = other.salt, hash = other.hash, data = other.data,
     type = other.type, at = other.at, subject = other.subject
   from log other where log.seq in (20, 21) and other.seq = 41 - log.seq`;
  it.each([
    ['a changed payload', `update log set payload = replace(payload, '"by"', '"By"') where seq = 77`, 77],
    ['a changed hash', `update log set hash = '${'ab'.repeat(32)}' where seq = 77`, 77],
    ['a changed epoch', 'update log set epoch = 9 where seq = 77', 77],
    ['what people read of it', `update log set data = '{"x": 1}' where seq = 77`, 77],
    ['a time that people search by', 'update log set at = at + 1 where seq = 77', 77],
    ['an entry that is missing', 'delete from log where seq = 77', 77],
    ['two that changed places', swapped, 20],
    ['a last entry that is missing', `delete from log where seq = ${ENTRIES}`, ENTRIES],
  ])('finds %s', async (_what, sql, seq) => {
    await checked();
    await db.exec(sql);
    await checkedAgain();
    expect(watch.view()).toMatchObject({ state: 'changed', seq: ENTRIES, faults: { first: { seq } } });
    expect(told[0]).toMatchObject({ type: 'log-changed', detail: expect.stringMatching(/\d/) });
  });

  it('reads fewer at once where entries are large, and none of them twice', async () => {
    await checked();
    const many = Array.from(
      { length: 300 },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const payload = JSON.stringify({
      ...{ type: 'rows.arrived', at: 1, clock: 'trusted', by: { kind: 'hub' } },
      data: { table: 'residents', rows: many },
    });
    const large: Entry[] = [];
    for (let left = 40; left > 0; left -= 1) {
      large.push(nextEntry(large.at(-1) ?? head, 1, payload, new Uint8Array(SALT_BYTES)));
    }
    await write(large);
    asked = [];
    await checkedAgain();
    expect(watch.view()).toMatchObject({ state: 'whole', seq: ENTRIES + 40 });
    const fit = Math.ceil(BYTES_AT_ONCE / payload.length);
    const pages = asked.filter((seq) => seq >= ENTRIES);
    expect(pages).toEqual(pages.map((_, page) => (pages[0] ?? 0) + page * fit));
    expect(pages.length).toBeGreaterThanOrEqual(Math.floor(40 / fit));
  });

  it('goes on behind a fault, knows it after a restart, and finds a mended log whole', async () => {
    await db.exec('update log set at = at + 1 where seq in (5, 205)');
    await checked();
    expect(watch.view().faults).toMatchObject({ count: 2, first: { seq: 5 } });
    expect(told.at(-1)).toMatchObject({ detail: expect.stringContaining('and 1 more') });
    await watch.stop();
    begin();
    expect(watch.view().state).toBe('changed');
    await db.exec('update log set at = at - 1 where seq in (5, 205)');
    await until(() => watch.view().state === 'whole', 'the mended log');
  });

  /** Somebody who knows how: every entry from the 100th on is chained anew. */
  async function writeAnew(): Promise<void> {
    await db.exec('delete from log where seq >= 100');
    const random = new SeededRandom(7);
    const forged: Entry[] = [];
    for (const { payload } of entries.slice(99)) {
      const before = forged.at(-1) ?? headOf(entries[98] as Entry);
      forged.push(nextEntry(before, 1, payload, random.bytes(SALT_BYTES)));
    }
    await write(forged);
  }

  it('finds a chain that was written anew by what it saw itself', async () => {
    await checked();
    await watch.stop();
    await writeAnew();
    begin();
    await until(() => told.length > 0, 'the case');
    expect(told[0]).toMatchObject({ detail: `entry ${ENTRIES} is not the one that this hub has checked` });
    await checkedAgain();
    expect(watch.view().state).toBe('changed');
  });

  it.each([
    ['the agent of hall has seen', 150],
    ['the cloud has signed', ENTRIES],
  ])('finds it by what %s', async (who, seq) => {
    witnesses = [{ who, head: headOf(entries[seq - 1] as Entry) }];
    await checked();
    expect(told).toEqual([]);
    await writeAnew();
    await watch.stop();
    await rm(join(folder, 'log-check.json'));
    begin();
    await checked();
    expect(told).toEqual([{ type: 'log-changed', detail: `entry ${seq} is not the one that ${who}` }]);
  });

  it('checks all of it anew where nobody knows how far it came', async () => {
    await checked();
    await watch.stop();
    await writeFile(join(folder, 'log-check.json'), '{"version"');
    begin();
    await checked();
    expect(asked).toHaveLength(3);
  });

  it('checks at once when somebody asks, and leaves the store to others while the log grows', async () => {
    doesGrow = true;
    watch.ask();
    await waitFor(() => asked.length === 1, WITHIN_MS, 'the first page');
    const fromMs = clock.monotonicMs();
    const looks = async () => {
      await clock.advance(10);
      return asked.length === 2;
    };
    await waitFor(looks, WITHIN_MS, 'the second page');
    expect(clock.monotonicMs() - fromMs).toBeGreaterThanOrEqual(BUSY_REST_MS);
  });
});
