/** kill -9 of hub and agent over real processes; `npm run torture` does it at length. */
import { describe, expect, it } from 'vitest';
import { judgeOpenings, type Seen } from './kill-judge.ts';
import { runKillRounds } from './kill-rounds.ts';

/** The first two strikes: hub and agent at once, then the hub. */
const ROUNDS = 2;
/** Printed with every round, so that a failing run tells what it did. */
const SEED = 20_261_122;

it('nothing acknowledged is lost and nothing opens by itself when hub and agent are killed', {
  timeout: 240_000,
}, async () => {
  const totals = await runKillRounds(ROUNDS, SEED, (line) => console.log(`seed ${SEED}, ${line}`));
  expect(totals.violations).toEqual([]);
  expect(totals.rounds).toBe(ROUNDS);
  expect(totals.deposits).toBeGreaterThan(0);
  // One start each at the beginning, and one after each kill.
  expect(totals.hubStarts).toBeGreaterThanOrEqual(3);
  expect(totals.agentStarts).toBeGreaterThanOrEqual(2);
});

describe('the judge of openings', () => {
  const grant = { grant: 'g', bank: 'lobby', compartment: 3, atMs: 1_000 };
  const pulse = { bank: 'lobby', compartment: 3, atMs: 1_040 };
  const sound: Seen = {
    energisings: [pulse],
    grants: [grant],
    asked: [{ fromMs: 990, toMs: 1_010 }],
    starts: [{ bank: 'lobby', atMs: 500 }],
  };
  const judge = (change: Partial<Seen>) => judgeOpenings({ ...sound, ...change });

  it('accepts one pulse for one grant that somebody asked for', () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[what: string, change: Partial<Seen>, violation: RegExp]>([
    [
      'a second pulse',
      { energisings: [pulse, { ...pulse, atMs: 1_500 }] },
      /^I2: .* a second time for grant g$/,
    ],
    [
      'a pulse at another door',
      { energisings: [{ ...pulse, compartment: 4 }] },
      /^I7: .* without any grant$/,
    ],
    [
      'a pulse at another bank',
      { energisings: [{ ...pulse, bank: 'garage' }] },
      /^I7: .* without any grant$/,
    ],
    ['a pulse before its grant', { energisings: [{ ...pulse, atMs: 900 }] }, /^I7: .* without any grant$/],
    ['a pulse long after its grant', { energisings: [{ ...pulse, atMs: 20_000 }] }, /^I2: .* 19000 ms after/],
    [
      'a pulse for a burned grant',
      { grants: [{ ...grant, end: 'burned' }] },
      /^I2: .* is burned in the log$/,
    ],
    ['a grant that nobody asked for', { asked: [{ fromMs: 1_500, toMs: 1_600 }] }, /^I7: grant g .* nobody/],
    [
      'a pulse by a process that started after the grant',
      { starts: [{ bank: 'lobby', atMs: 1_020 }] },
      /^I7: .* 20 ms after its process started/,
    ],
  ])('finds %s', (_, change, violation) => {
    expect(judge(change)).toEqual([expect.stringMatching(violation)]);
  });
});
