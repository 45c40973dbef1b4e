import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_EVENTS,
  type ClockEvent,
  type ClockState,
  isPlausible,
  nextClockState,
  RELEASED_AT_MS,
  trustOf,
} from './trust.ts';

const events = fc.array(fc.constantFrom(...CLOCK_EVENTS), { maxLength: 20 });
const after = (history: readonly ClockEvent[]) =>
  history.reduce<ClockState>((state, event) => nextClockState(state, event), 'unseen');
const DAY_MS = 86_400_000;

describe('trust in the clock', () => {
  it('is not there before the first look', () => {
    expect(trustOf(after([]))).toBe('untrusted');
  });

  it('is lost with any jump, and comes back by NTP or staff alone', () => {
    fc.assert(
      fc.property(events, events, (before, since) => {
        const state = after([...before, 'jumped', ...since]);
        const vouched = since.slice(since.lastIndexOf('jumped') + 1).some(vouches);
        expect(trustOf(state)).toBe(vouched ? 'trusted' : 'untrusted');
      }),
    );
  });

  it('once vouched for, stays until the next jump, however the time looks', () => {
    fc.assert(
      fc.property(
        events,
        fc.constantFrom('ntp-synchronised', 'staff-confirmed'),
        events,
        (before, voucher, since) => {
          fc.pre(!since.includes('jumped'));
          expect(trustOf(after([...before, voucher, ...since]))).toBe('trusted');
        },
      ),
    );
  });

  it('without jump or voucher follows the last look', () => {
    const looks = fc.array(fc.constantFrom('looked-plausible' as const, 'looked-implausible' as const), {
      minLength: 1,
    });
    fc.assert(
      fc.property(looks, (history) => {
        const plausible = history.at(-1) === 'looked-plausible';
        expect(trustOf(after(history))).toBe(plausible ? 'trusted' : 'untrusted');
      }),
    );
  });
});

function vouches(event: ClockEvent): boolean {
  return event === 'ntp-synchronised' || event === 'staff-confirmed';
}

describe('a plausible time', () => {
  const last = RELEASED_AT_MS + 100 * DAY_MS;

  it('is neither 1970 nor 2031, with a history or without', () => {
    for (const known of [null, last]) {
      expect(isPlausible(0, known)).toBe(false);
      expect(isPlausible(Date.UTC(2031, 0, 1), known)).toBe(false);
    }
  });

  it('is not before the last trusted entry, but for minutes', () => {
    expect(isPlausible(last, last)).toBe(true);
    expect(isPlausible(last - 9 * 60_000, last)).toBe(true);
    expect(isPlausible(last - 11 * 60_000, last)).toBe(false);
  });

  it('may be months after the last entry, or years after the release on a first start', () => {
    expect(isPlausible(last + 199 * DAY_MS, last)).toBe(true);
    expect(isPlausible(last + 201 * DAY_MS, last)).toBe(false);
    expect(isPlausible(RELEASED_AT_MS + 1_000 * DAY_MS, null)).toBe(true);
    expect(isPlausible(RELEASED_AT_MS - 1, null)).toBe(false);
  });
});
