import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';
import { nextSyncState, SYNC_EVENTS, type SyncState } from './sync-state.ts';

const events = fc.array(fc.constantFrom(...SYNC_EVENTS), { maxLength: 20 });
const run = (from: SyncState, told: readonly (typeof SYNC_EVENTS)[number][]) =>
  told.reduce(nextSyncState, from);

it('is fenced for good, whatever comes, until it joins anew', () => {
  fc.assert(
    fc.property(events, (told) => {
      if (told.includes('joined')) return;
      expect(run('fenced', told)).toBe('fenced');
    }),
  );
});

it('is live after any trouble that passed, once the cloud is heard', () => {
  fc.assert(
    fc.property(events, (told) => {
      const passing = told.filter((event) => event !== 'fenced' && event !== 'left');
      expect(run('connecting', [...passing, 'heard'])).toBe('live');
    }),
  );
});

it('pauses longer after each failure up to a minute, never less than half of it nor than it was asked to', () => {
  const backoff = new Backoff(new SeededRandom(1));
  let whole = 1_000;
  for (let failures = 0; failures < 20; failures += 1) {
    const pauseMs = backoff.pauseMs();
    expect(pauseMs).toBeGreaterThanOrEqual(whole / 2);
    expect(pauseMs).toBeLessThanOrEqual(whole);
    whole = Math.min(whole * 2, 60_000);
  }
  expect(backoff.pauseMs(90_000)).toBe(90_000);
  backoff.reset();
  expect(backoff.pauseMs()).toBeLessThanOrEqual(1_000);
});
