import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../clock/seeded-random.ts';
import { faultsByChance, NO_FAULT } from '../internet/fault.ts';
import { FaultProxy } from '../internet/fault-proxy.ts';
import { temporaryPostgres } from '../postgres/local-postgres.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type ShapeServer, startShapeServer } from './shape-server.ts';
import { Mirror } from './testing.ts';

const DEADLINE_MS = 30_000;
const CHANGES = 60;
/** Faults, and none. */
const KINDS = 8;
const AT_MOST = 5_000;

describe("Electric's client behind a bad internet", () => {
  let rig: Awaited<ReturnType<typeof temporaryPostgres>>;
  let server: ShapeServer;
  let internet: FaultProxy;

  beforeAll(async () => {
    rig = await temporaryPostgres();
    const databaseUrl = await rig.postgres.createDatabase('far');
    await sql('CREATE TABLE residents (id int PRIMARY KEY, n int NOT NULL)');
    server = await startShapeServer({ databaseUrl, liveTimeoutMs: 200, log: pino({ level: 'silent' }) });
  });

  beforeEach(async () => {
    internet = await FaultProxy.start(server.url);
  });

  afterEach(() => internet.stop());

  afterAll(async () => {
    await server.stop();
    await rig.remove();
  });

  const sql = (statement: string) => rig.postgres.sql(statement, 'far');

  it.each([1, 2, 3])(
    'holds what Postgres holds in the end, with faults of seed %i and a cut',
    async (seed) => {
      await sql('DELETE FROM residents');
      await sql('INSERT INTO residents SELECT g, 0 FROM generate_series(1, 200) g');
      internet.choose = faultsByChance(new SeededRandom(seed), 0.4);
      const mirror = new Mirror(internet.url, { table: 'residents', where: `n > -${seed}` });
      const met = () => Object.keys(internet.tally).length;
      for (let change = 0; change < CHANGES || met() < KINDS; change++) {
        expect(change, `only ${JSON.stringify(internet.tally)} in so many changes`).toBeLessThan(AT_MOST);
        await sql(`UPDATE residents SET n = n + 1 WHERE id % 7 = ${change % 7}`);
        if (change === CHANGES / 3) internet.cut();
        if (change === CHANGES / 2) internet.mend();
      }
      internet.choose = () => NO_FAULT;
      const truth = JSON.stringify(await sql('SELECT id, n FROM residents ORDER BY id'));
      const held = () =>
        [...mirror.rows.values()].map(({ id, n }) => ({ id, n })).sort((a, b) => Number(a.id) - Number(b.id));
      await waitFor(
        () => JSON.stringify(held()) === truth,
        DEADLINE_MS,
        `the rows; errors: ${mirror.errors}`,
      );
      expect(mirror.contradictions).toEqual([]);
      mirror.stop();
    },
  );
});
