import { describe, expect, it } from 'vitest';
import {
  expiresAfterMs,
  needsApproval,
  type Obeying,
  refusalOfBuilding,
  refusalOfDecision,
  refusalOfWithdrawal,
} from './decide.ts';

const NOW = 1_800_000_000_000;
const WELL: Obeying = { heardAtMs: NOW - 30_000, frozen: false, forked: false, speaks: true };
const WAITING = {
  kind: 'open-compartment',
  state: 'waiting',
  operator: 'ana',
  expiresAtMs: NOW + 1,
} as const;

describe('a command', () => {
  it('to open needs two operators and lasts a minute; others wait for a night', () => {
    expect([needsApproval('open-compartment'), expiresAfterMs('open-compartment')]).toEqual([true, 60_000]);
    expect([needsApproval('close-case'), expiresAfterMs('close-case')]).toEqual([false, 86_400_000]);
  });

  it.each<[string, Partial<Obeying>, string | null]>([
    ['a building that is there', {}, null],
    ['one that missed two heartbeats', { heardAtMs: NOW - 75_001 }, 'building-offline'],
    ['one that two hubs claim', { frozen: true }, 'building-frozen'],
    ['one whose log forked', { forked: true }, 'building-frozen'],
    ['one whose speaker is another than was heard', { speaks: false }, 'building-frozen'],
    ['one that no hub ever spoke for', { heardAtMs: null }, 'no-hub'],
  ])('to open %s', (_what, change, expected) => {
    expect(refusalOfBuilding('open-compartment', { ...WELL, ...change }, NOW)).toBe(expected);
  });

  it('that may wait is taken for a building that is away or frozen', () => {
    const away = { heardAtMs: NOW - 3_600_000, frozen: true, forked: true, speaks: false };
    expect(refusalOfBuilding('retire-compartment', away, NOW)).toBeNull();
  });

  it('is approved by another operator, in time, once', () => {
    expect(refusalOfDecision(WAITING, 'ben', NOW)).toBeNull();
    expect(refusalOfDecision(WAITING, 'ana', NOW)).toBe('own-command');
    expect(refusalOfDecision(WAITING, 'ben', NOW + 1)).toBe('command-over');
    expect(refusalOfDecision({ ...WAITING, state: 'sent' }, 'ben', NOW)).toBe('command-over');
  });

  it('is withdrawn by who asked, while it waits', () => {
    expect(refusalOfWithdrawal(WAITING, 'ana', NOW)).toBeNull();
    expect(refusalOfWithdrawal(WAITING, 'ben', NOW)).toBe('foreign-command');
    expect(refusalOfWithdrawal({ ...WAITING, state: 'sent' }, 'ana', NOW)).toBe('command-over');
  });
});
