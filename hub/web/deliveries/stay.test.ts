import { describe, expect, it } from 'vitest';
import { stayOf } from './stay.ts';

type Clock = 'trusted' | 'untrusted';
type Story = Parameters<typeof stayOf>[0];
const HOUR_MS = 3_600_000;
const entry = (type: string, clock: Clock) => ({ type, clock });
const story = (deposited: Clock, ended: Clock | null, end = 'delivery.collected'): Story => ({
  delivery: { depositedAt: 0, endedAt: ended && 2 * HOUR_MS },
  entries: [
    entry('delivery.assigned', 'trusted'),
    entry('delivery.deposited', deposited),
    entry('grant.issued', 'trusted'),
    ...(ended ? [entry(end, ended)] : []),
    entry('message.sent', 'trusted'),
  ],
});
const NOW = { ms: 5 * HOUR_MS, isTrusted: true };

describe('how long a parcel has waited', () => {
  it('is told of times that the clock was trusted for', () => {
    expect(stayOf(story('trusted', null), NOW)).toEqual({ isOver: false, ms: 5 * HOUR_MS });
    for (const end of ['collected', 'withdrawn', 'missing', 'taken-back'])
      expect(stayOf(story('trusted', 'trusted', `delivery.${end}`), NOW)).toEqual({
        isOver: true,
        ms: 2 * HOUR_MS,
      });
  });

  it('is not told where one of the two was not trusted', () => {
    expect(stayOf(story('untrusted', 'trusted'), NOW)).toBeNull();
    expect(stayOf(story('trusted', 'untrusted'), NOW)).toBeNull();
    expect(stayOf(story('untrusted', null), NOW)).toBeNull();
    expect(stayOf(story('trusted', null), { ...NOW, isTrusted: false })).toBeNull();
    // What became of it while the clock was wrong asks nothing of the clock of today.
    expect(stayOf(story('trusted', 'trusted'), { ...NOW, isTrusted: false })).not.toBeNull();
  });

  it('is not told of what was never put in, nor where the story is too long to show when', () => {
    const never = story('trusted', null);
    expect(stayOf({ ...never, delivery: { ...never.delivery, depositedAt: null } }, NOW)).toBeNull();
    expect(stayOf({ ...never, entries: [] }, NOW)).toBeNull();
  });
});
