/** Postgres is killed amid pushes: what was acknowledged is there, and everything is there once. */
import { setImmediate as turn } from 'node:timers/promises';
import { EMPTY_HEAD, type Head } from '@lockerhub/protocol/log/entry.ts';
import { PROJECTION_TABLES } from '@lockerhub/protocol/log/projections/project.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { expect, it } from 'vitest';
import { verifyLog } from './verify-log.ts';

const ENTRIES = 600;
const KILL_AFTER = [100, 250, 400];
const DEADLINE_MS = 60_000;

it('loses nothing that was acknowledged and doubles nothing when Postgres is killed amid pushes', async () => {
  const random = new SeededRandom(31);
  // Commits have to leave the process that is killed.
  const { postgres, remove } = await temporaryPostgres({ durable: true });
  const cloud = await cloudDatabase(postgres, 'cloud');
  try {
    const entries = logHistory(random.fork(), ENTRIES, EMPTY_HEAD);
    const pushAfter = (building: string, after: Head, count: number) =>
      cloud.push(building, {
        instance: '00000000-0000-4000-8000-00000000000a',
        epoch: 1,
        after: { seq: after.seq, hash: after.hash },
        entries: entries.slice(after.seq, after.seq + count),
      });
    const building = await cloud.addBuilding();
    const kills = [...KILL_AFTER];
    let acknowledged: Head = EMPTY_HEAD;
    while (acknowledged.seq < ENTRIES) {
      const pushing = pushAfter(building, acknowledged, random.between(20, 60)).catch(() => null);
      if (acknowledged.seq >= (kills[0] ?? ENTRIES)) {
        kills.shift();
        for (let turns = random.between(0, 12); turns > 0; turns -= 1) await turn();
        await postgres.kill();
        const taken = await pushing;
        await postgres.start();
        const head = await waitFor(() => cloud.head(building), DEADLINE_MS, 'the database to answer again');
        expect(head.seq).toBeGreaterThanOrEqual(taken?.head.seq ?? acknowledged.seq);
        acknowledged = head;
      } else {
        acknowledged = (await pushing)?.head ?? acknowledged;
      }
    }
    expect(kills).toEqual([]);
    expect(await verifyLog(cloud.database, building)).toMatchObject({
      kind: 'whole',
      head: { seq: ENTRIES },
    });
    const undisturbed = await cloud.addBuilding();
    await pushAfter(undisturbed, EMPTY_HEAD, ENTRIES);
    for (const table of ['log', ...PROJECTION_TABLES, 'quarantine']) {
      expect(await cloud.rows(building, table)).toEqual(await cloud.rows(undisturbed, table));
    }
  } finally {
    await cloud.close();
    await remove();
  }
});
