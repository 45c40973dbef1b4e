/** kill -9 of hub and cloud behind a bad internet, over real processes; `npm run torture -- --only sync` does it at length. */
import { expect, it } from 'vitest';
import { runSyncRounds } from './sync-rounds.ts';

/** The first strike: hub, gateway, shape server and Postgres, one behind the other. */
const ROUNDS = 1;
/** Printed with every round, so that a failing run tells what it did. */
const SEED = 20_261_126;

it('hub and cloud agree, each entry took effect once, and what was promised holds, whoever is killed', {
  timeout: 480_000,
}, async () => {
  const totals = await runSyncRounds(ROUNDS, SEED, (line) => console.log(`seed ${SEED}, ${line}`));
  expect(totals.violations).toEqual([]);
  expect(totals.rounds).toBe(ROUNDS);
  expect(totals.deposits).toBeGreaterThan(0);
  expect(totals.acts).toBeGreaterThan(10);
  // One start at the beginning, one after the kill, one after each look.
  expect(totals.hubStarts).toBeGreaterThanOrEqual(3);
  expect(Object.keys(totals.faults).length).toBeGreaterThan(3);
});
