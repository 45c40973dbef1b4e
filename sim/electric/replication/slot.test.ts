import { describe, expect, it } from 'vitest';
import { type FoundSlot, type Identity, type SlotState, whyNotResume } from './slot.ts';

const STATE: SlotState = { system: '7', timeline: '1', database: 'cloud', slot: 's', confirmed: '1000' };
const SLOT: FoundSlot = { isLost: false, confirmed: 900n };
const NOW: Identity = { system: '7', timeline: '1', database: 'cloud', end: 1200n };

describe('shapes go on with a slot', () => {
  it('that is theirs, even if Postgres lost the last confirmations by a kill', () => {
    expect(whyNotResume(STATE, SLOT, NOW, 1100n)).toBeNull();
  });

  it.each([
    ['that nothing is known of', { state: null }],
    ['that is gone', { slot: null }],
    ['that Postgres gave up', { slot: { ...SLOT, isLost: true } }],
    ['of another cluster', { now: { ...NOW, system: '8' } }],
    ['of another database', { now: { ...NOW, database: 'other' } }],
    ['of another timeline', { now: { ...NOW, timeline: '2' } }],
    ['of a database that was put back to before what was seen of it', { now: { ...NOW, end: 1099n } }],
    ['that moved on without them', { slot: { ...SLOT, confirmed: 1001n } }],
  ])(
    'but not with one %s',
    (_what, change: Partial<{ state: SlotState | null; slot: FoundSlot | null; now: Identity }>) => {
      const { state, slot, now } = { state: STATE, slot: SLOT, now: NOW, ...change };
      expect(whyNotResume(state, slot, now, 1100n)).toMatch(/\w/);
    },
  );
});
