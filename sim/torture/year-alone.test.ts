/** A building that stood alone joins a cloud; `npm run torture -- --only year` does it with 100,000 entries. */
import { expect, it } from 'vitest';
import { joinAfterYear } from './year-alone.ts';

const ENTRIES = 2_500;

it('sends its log from the first entry and all its rows, in bounded pieces, with heartbeats, and goes on meanwhile', {
  timeout: 120_000,
}, async () => {
  const totals = await joinAfterYear(ENTRIES);
  expect(totals.violations).toEqual([]);
  expect(totals.entries).toBe(ENTRIES + totals.meanwhile);
  expect(totals.meanwhile).toBeGreaterThan(3);
  // One behind each batch, at least.
  expect(totals.beats).toBeGreaterThan(5);
  expect(totals.rows).toBe(150);
});
