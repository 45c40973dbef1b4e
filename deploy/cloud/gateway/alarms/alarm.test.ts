import { describe, expect, it } from 'vitest';
import { type Alarm, GATHER_MS, GROWN_AFTER_MS, JOIN_WITHIN_MS, noticeOf, takesMore } from './alarm.ts';

const BEGAN: Alarm = {
  startedAtMs: 0,
  lastJoinedAtMs: 0,
  endedAtMs: null,
  acknowledged: false,
  now: 1,
  total: 1,
  told: null,
};

describe('an alarm', () => {
  it('gathers before it is told, and is told once', () => {
    expect(noticeOf(BEGAN, GATHER_MS - 1)).toBeNull();
    expect(noticeOf({ ...BEGAN, now: 400, total: 400 }, GATHER_MS)).toBe('began');
    const told = { event: 'began', atMs: GATHER_MS, total: 400 } as const;
    expect(noticeOf({ ...BEGAN, now: 400, total: 400, told }, 10 * GROWN_AFTER_MS)).toBeNull();
  });

  it('that is over before it was told stays untold', () => {
    expect(noticeOf({ ...BEGAN, endedAtMs: 30_000, now: 0 }, 10 * GATHER_MS)).toBeNull();
  });

  it('is told again when it has doubled, but not too soon, and not once somebody looks after it', () => {
    const told = { event: 'began', atMs: 0, total: 3 } as const;
    const grown = { ...BEGAN, now: 6, total: 6, told };
    expect(noticeOf(grown, GROWN_AFTER_MS - 1)).toBeNull();
    expect(noticeOf(grown, GROWN_AFTER_MS)).toBe('grew');
    expect(noticeOf({ ...grown, total: 5 }, GROWN_AFTER_MS)).toBeNull();
    expect(noticeOf({ ...grown, acknowledged: true }, GROWN_AFTER_MS)).toBeNull();
  });

  it('says once that it is over, also to who acknowledged it', () => {
    const told = { event: 'began', atMs: 0, total: 1 } as const;
    const over = { ...BEGAN, endedAtMs: 5, now: 0, acknowledged: true, told };
    expect(noticeOf(over, 6)).toBe('ended');
    expect(noticeOf({ ...over, told: { event: 'ended', atMs: 6, total: 1 } }, 99)).toBeNull();
  });

  it('takes buildings while they come one after the other', () => {
    expect(takesMore(BEGAN, JOIN_WITHIN_MS)).toBe(true);
    expect(takesMore(BEGAN, JOIN_WITHIN_MS + 1)).toBe(false);
    expect(takesMore({ ...BEGAN, lastJoinedAtMs: 1 }, JOIN_WITHIN_MS + 1)).toBe(true);
    expect(takesMore({ ...BEGAN, endedAtMs: 1 }, 1)).toBe(false);
  });
});
