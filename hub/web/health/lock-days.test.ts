import { describe, expect, it } from 'vitest';
import { isoDay, plottedDays } from './lock-days.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const day = (iso: string, medianMs: number | null, jams = 0) => ({
  day: iso,
  openings: 3,
  jams,
  retries: 0,
  medianMs,
  p95Ms: medianMs,
});

describe('the days of a lock', () => {
  it('are all from the first use to today, gaps as gaps', () => {
    const { days, medianMs, jams } = plottedDays([day('2026-10-01', 40), day('2026-11-21', 55, 2)], NOON);
    expect([isoDay(days[0] ?? 0), isoDay(days.at(-1) ?? 0), days.length]).toEqual([
      '2026-10-01',
      '2026-11-22',
      53,
    ]);
    expect([medianMs[0], medianMs[1], medianMs.at(-2), medianMs.at(-1)]).toEqual([40, null, 55, null]);
    expect(jams.filter((count) => count !== null)).toEqual([0, 2]);
  });

  it('are a fortnight at least', () => {
    for (const used of [[], [day('2026-11-22', 40)]]) {
      expect(plottedDays(used, NOON).days.map(isoDay)).toHaveLength(14);
    }
  });
});
