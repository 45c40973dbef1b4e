import { describe, expect, it } from 'vitest';
import type { CompartmentRecord, GrantRecord } from '../ledger/ledger-record.ts';
import { FACTS, MAY, STANDING, standingOf } from './standing.ts';

const DELIVERY = '01900000-0000-7000-8000-000000000001';
const OTHER = '01900000-0000-7000-8000-000000000002';

let count = 0;
function grant(change: Partial<GrantRecord>): GrantRecord {
  count += 1;
  return {
    grant: `01900000-0000-7000-8000-0000000001${String(count).padStart(2, '0')}`,
    delivery: DELIVERY,
    purpose: 'pickup',
    compartment: 1,
    outcome: 'jammed',
    closed: false,
    ended: true,
    released: { number: count, holder: OTHER, terminal: OTHER, list: 1 },
    attested: null,
    asked: null,
    ...change,
  };
}

const place = (change: Partial<CompartmentRecord>): CompartmentRecord => ({
  compartment: 1,
  grant: null,
  delivery: DELIVERY,
  openedAt: null,
  door: 'closed',
  forced: false,
  ...change,
});

function standing(
  grants: GrantRecord[],
  at: CompartmentRecord | undefined = place({}),
  sensed = true,
  unwalked = false,
) {
  const { step, refusal, attemptsLeft } = standingOf(DELIVERY, { grants, place: at, sensed, unwalked }, 2);
  return { step, refusal, attemptsLeft };
}

describe('a listed delivery, while the hub is away', () => {
  it('may be released once, whatever its drop-off did', () => {
    const dropOff = grant({ purpose: 'deposit', outcome: 'opened', closed: true, released: null });
    expect(standing([dropOff])).toEqual({ step: 'waiting', refusal: null, attemptsLeft: 3 });
    expect(standing([dropOff, grant({ outcome: 'opened' })])).toMatchObject({
      step: 'open',
      refusal: 'not-now',
    });
    expect(standing([grant({ outcome: 'opened', closed: true })])).toMatchObject({
      step: 'done',
      refusal: 'not-now',
    });
  });

  it('gets two further attempts while its door was seen closed throughout, and no more', () => {
    expect(standing([grant({})])).toEqual({ step: 'jammed', refusal: null, attemptsLeft: 2 });
    expect(standing([grant({}), grant({})])).toMatchObject({ refusal: null, attemptsLeft: 1 });
    expect(standing([grant({}), grant({}), grant({})])).toMatchObject({ refusal: 'attempts-used-up' });
    // Refused before any pulse: no attempt.
    expect(standing([grant({}), grant({}), grant({ outcome: 'refused' })])).toMatchObject({ refusal: null });
  });

  it('gets none after its door was forced, or while nobody knows', () => {
    expect(standing([grant({})], place({ forced: true })).refusal).toBe('not-now');
    for (const outcome of ['unknown', 'interrupted', 'begun', 'pulsed'] as const) {
      expect(standing([grant({ outcome, ended: false })]).refusal).toBe('not-now');
    }
    expect(standing([grant({ outcome: 'interrupted', ended: true })])).toMatchObject({
      step: 'jammed',
      refusal: null,
    });
  });

  it('is not released behind a door that an emergency may have opened, and whose inside nobody has looked at', () => {
    expect(standing([], place({}), true, true)).toMatchObject({
      step: 'waiting',
      refusal: 'door-unverified',
    });
  });

  it('is not released where another parcel was put in since the list was made', () => {
    expect(standing([], place({ delivery: OTHER })).refusal).toBe('delivery-moved');
    expect(standing([], undefined).refusal).toBeNull();
  });

  it('at a door without a sensor waits for what the person says', () => {
    const pulsed = grant({ outcome: 'pulsed' });
    expect(standing([pulsed], place({}), false)).toMatchObject({ step: 'attest', refusal: 'not-now' });
    expect(standing([{ ...pulsed, attested: 'closed' }], place({}), false).step).toBe('done');
    expect(standing([{ ...pulsed, attested: 'did-not-open' }], place({}), false)).toMatchObject({
      step: 'jammed',
      refusal: null,
    });
    // What was said to the hub about its own grant, nobody here knows.
    expect(standing([{ ...pulsed, released: null }], place({}), false)).toMatchObject({
      step: 'unknown',
      refusal: 'not-now',
    });
  });

  it('is not released by the agent what the hub released', () => {
    const byHub = grant({ outcome: 'opened', closed: true, released: null });
    expect(standing([byHub])).toMatchObject({ step: 'done', refusal: 'not-now' });
    // A later grant that was refused does not make it wait again.
    const refused = grant({ outcome: 'refused', released: null });
    expect(standing([byHub, refused])).toMatchObject({ step: 'done', refusal: 'not-now' });
  });

  it('offers only what it then does', () => {
    for (const fact of FACTS) {
      for (const whose of ['own', 'hub'] as const) {
        const { step, again } = STANDING[fact][whose];
        expect(MAY[step].open, `${fact} ${whose}`).toBe(again);
      }
    }
  });
});
