import { DOOR_STATES } from '@lockerhub/protocol/bank/messages.ts';
import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultName } from './faults.ts';
import { type Report, runScenario } from './scenario.ts';

/** Each run is a building of its own; together at least 2,000 deliveries and 500 effective faults. */
const SEEDS = [1, 2, 3, 4];
const DELIVERIES_EACH = 500;
const LIMIT_MS = 300_000;

describe('a whole building on a virtual clock', () => {
  const reports: Report[] = [];

  it.each(SEEDS)('keeps its promises with seed %i', { timeout: LIMIT_MS }, async (seed) => {
    const report = await runScenario({ seed, deliveries: DELIVERIES_EACH });
    reports.push(report);
    expect(report.violations).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(DELIVERIES_EACH / 2);
  });

  it('met every fault, every door state, 2,000 deliveries and 500 faults', () => {
    expect(reports).toHaveLength(SEEDS.length);
    const sum = (count: (report: Report) => number) =>
      reports.reduce((total, report) => total + count(report), 0);
    expect(sum(({ deliveries }) => deliveries)).toBeGreaterThanOrEqual(2_000);
    expect(sum(({ sharings }) => sharings)).toBeGreaterThan(0);
    const faults = (Object.keys(FAULTS) as FaultName[]).map((name) => [
      name,
      sum((report) => report.faults[name]),
    ]);
    expect(faults.filter(([, count]) => count === 0)).toEqual([]);
    expect(faults.reduce((total, [, count]) => total + Number(count), 0)).toBeGreaterThanOrEqual(500);
    const unmet = DOOR_STATES.filter((state) => sum((report) => report.doorStates[state]) === 0);
    expect(unmet).toEqual([]);
  });

  it('replays exactly from its seed', { timeout: LIMIT_MS }, async () => {
    const [first, second] = [
      await runScenario({ seed: 11, deliveries: 40 }),
      await runScenario({ seed: 11, deliveries: 40 }),
    ];
    expect(second).toEqual(first);
    expect(first.headHash).toMatch(/^[0-9a-f]{64}$/);
  });
});
