/** The cloud finds by itself that somebody changed a past entry, and says so: over a real Postgres, on a virtual clock. */
import { EMPTY_HEAD } from '@lockerhub/protocol/log/entry.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goRound } from '../fleet/round.ts';
import { LogChecking } from './log-checking.ts';
import { askForCheck, CHECK_EVERY_MS, CLAIM_MS, claimDue, keepVerdict, readCheck } from './log-checks.ts';

const INSTANCE = '00000000-0000-4000-8000-00000000000a';
const START = Date.UTC(2026, 5, 1);
const WITHIN_MS = 20_000;
const ENTRIES = 1_200;

describe('the check of the logs', () => {
  let server: Awaited<ReturnType<typeof temporaryPostgres>>;
  let cloud: CloudDatabase;
  let clock: VirtualClock;
  let buildings: string[];

  beforeAll(async () => {
    server = await temporaryPostgres();
    cloud = await cloudDatabase(server.postgres, 'checks');
    buildings = [];
    for (const seed of [1, 2]) {
      const building = await cloud.addBuilding();
      const entries = logHistory(new SeededRandom(seed), ENTRIES, EMPTY_HEAD);
      let after = EMPTY_HEAD;
      for (let from = 0; from < ENTRIES; from += 400) {
        const push = { instance: INSTANCE, epoch: 1, after, entries: entries.slice(from, from + 400) };
        after = (await cloud.push(building, push)).head;
      }
      buildings.push(building);
    }
  });
  afterAll(async () => {
    await cloud.close();
    await server.remove();
  });
  beforeEach(async () => {
    clock = new VirtualClock(START);
    await cloud.sql('delete from log_checks');
  });

  const claim = () => cloud.database.transaction((client) => claimDue(client, clock.wallMs()));
  const check = (building: string) => cloud.database.transaction((client) => readCheck(client, building));
  /** Lets a gateway look until that holds; its rests are virtual. */
  async function looking(until: () => Promise<boolean>, what: string): Promise<void> {
    const checking = new LogChecking({ database: cloud.database, clock, log: pino({ level: 'silent' }) });
    checking.start();
    const looks = async () => {
      await clock.advance(1_000);
      return until();
    };
    await waitFor(looks, WITHIN_MS, what);
    await checking.stop();
  }

  it('takes one building at a time, each once a day, and first what somebody asked for', async () => {
    const [first = '', second = ''] = buildings.toSorted();
    expect(await claim()).toEqual({ building: first, askedAtMs: null });
    expect(await claim()).toBeNull();
    const verdict = { kind: 'whole', head: { seq: ENTRIES, hash: '' } } as const;
    const keep = (building: string, askedAtMs: number | null) =>
      cloud.database.transaction((client) =>
        keepVerdict(client, { building, askedAtMs }, verdict, clock.wallMs()),
      );
    await keep(first, null);
    expect(await claim()).toMatchObject({ building: second });
    // Its gateway died.
    await clock.advance(CLAIM_MS + 1);
    expect(await claim()).toMatchObject({ building: second });
    await keep(second, null);
    expect(await claim()).toBeNull();
    await cloud.database.transaction((client) => askForCheck(client, second, clock.wallMs()));
    expect(await claim()).toEqual({ building: second, askedAtMs: clock.wallMs() });
    await keep(second, clock.wallMs());
    expect(await claim()).toBeNull();
    await clock.advance(CHECK_EVERY_MS);
    expect(await claim()).toMatchObject({ building: first });
  });

  it('finds an entry that was changed by hand, in one building, and an alarm begins', async () => {
    const [first = '', second = ''] = buildings;
    const all = async () =>
      (await Promise.all(buildings.map(check))).every(({ checkedAtMs }) => checkedAtMs !== null);
    await looking(all, 'both to be checked');
    expect(await check(first)).toMatchObject({ askedAtMs: null, seq: ENTRIES, damaged: null });
    await cloud.sql('update log set salt = reverse(salt) where building = $1 and seq = 1100', [second]);
    await cloud.database.transaction((client) => askForCheck(client, second, clock.wallMs()));
    await looking(async () => (await check(second)).askedAtMs === null, 'the one that was asked for');
    expect(await check(second)).toMatchObject({ seq: 1_099, damaged: { seq: 1_100 } });
    expect(await check(first)).toMatchObject({ damaged: null });
    await goRound({ database: cloud.database, clock, random: new SeededRandom(3) });
    const alarms = await cloud.sql<{ kind: string; now: number }>(
      `select kind, now from alarms where kind = 'log-damaged' and ended_at is null`,
    );
    expect(alarms).toEqual([{ kind: 'log-damaged', now: 1 }]);
  });

  it('stops behind the page that is under way, and leaves the building to the next gateway', async () => {
    const checking = new LogChecking({ database: cloud.database, clock, log: pino({ level: 'silent' }) });
    checking.start();
    await clock.advance(5_000);
    const claimed = async () =>
      (
        await cloud.sql<{ claimed_until: string }>(
          'select claimed_until from log_checks where claimed_until > 0',
        )
      ).length === 1;
    await waitFor(claimed, WITHIN_MS, 'a check to begin');
    const stopped = checking.stop();
    await waitFor(
      async () => {
        await clock.advance(100);
        return (await claim()) !== null;
      },
      WITHIN_MS,
      'the building to be let go',
    );
    await stopped;
    expect((await Promise.all(buildings.map(check))).every(({ checkedAtMs }) => checkedAtMs === null)).toBe(
      true,
    );
  });
});
