import { StopStep } from '@lockerhub/protocol/http/visit.ts';
import { PAYLOADS, type Payload } from '@lockerhub/protocol/log/payload.ts';
import { describe, expect, it } from 'vitest';
import { apply, ImpossibleEntry } from './apply.ts';
import { DELIVERY, DELIVERY_EVENTS, DELIVERY_STATES, type DeliveryState } from './delivery-table.ts';
import { GRANT, GRANT_EVENTS, GRANT_STATES, type GrantEvent, type GrantState } from './grant-table.ts';
import { type Delivery, emptyModel, type Grant } from './model.ts';
import { MAY, STOP_ACTS } from './stops.ts';
import { VISIT } from './visits.ts';

const DELIVERY_ID = '018f0000-0000-7000-8000-000000000001';
const GRANT_ID = '018f0000-0000-7000-8000-000000000002';
const VISIT_ID = '018f0000-0000-7000-8000-000000000003';
const DOOR = { bank: 'a', compartment: 1 };
const STAMP = { at: 0, clock: 'trusted', by: { kind: 'hub' } } as const;

const DELIVERY_OF: Omit<Delivery, 'state'> = {
  id: DELIVERY_ID,
  visit: VISIT_ID,
  unit: VISIT_ID,
  household: VISIT_ID,
  resident: null,
  carrier: null,
  size: 'S',
  ...DOOR,
  zone: null,
  confirmation: null,
  grant: null,
  announced: false,
  depositedAtMs: null,
  reminders: 0,
  overdue: false,
  claimed: false,
};

const DATA = {
  reassigned: { ...DOOR, compartment: 2, reason: 'jammed' },
  deposited: { confirmation: 'confirmed' },
  withdrawn: { reason: 'undone' },
  collected: { visit: null, confirmation: 'confirmed' },
  archived: {},
  missing: { visit: VISIT_ID },
  announced: { messages: [] },
  reminded: { reminder: 1, messages: [] },
  overdue: { case: VISIT_ID },
  matched: { unit: VISIT_ID, household: VISIT_ID, resident: null },
  invited: { slip: VISIT_ID },
  claimed: { slip: null, household: VISIT_ID, resident: VISIT_ID, how: 'id' },
  'desk-instead': { reason: 'jammed' },
} as const;

/** The entries by which a delivery begins. */
const BORN = ['delivery.assigned', 'delivery.unmatched', 'delivery.sent-to-desk'];

function entry(type: string, data: object): Payload {
  return { type, data, ...STAMP } as unknown as Payload;
}

/** What a delivery is after an entry, by the fold. */
function deliveryAfter(state: DeliveryState, event: keyof typeof DATA): DeliveryState | 'never' {
  const model = emptyModel();
  if (state !== 'gone') model.deliveries.set(DELIVERY_ID, { ...DELIVERY_OF, state });
  try {
    apply(model, entry(`delivery.${event}`, { delivery: DELIVERY_ID, ...DATA[event] }), 0);
  } catch (error) {
    if (error instanceof ImpossibleEntry) return 'never';
    throw error;
  }
  return model.deliveries.get(DELIVERY_ID)?.state ?? 'gone';
}

const REPORTED: Record<Exclude<GrantEvent, 'voided'>, string> = {
  pulsed: 'pulsed',
  opened: 'opened',
  closed: 'closed',
  jammed: 'jammed',
  unknown: 'unknown',
  settled: 'settled',
};

/** What a grant is after it was told of an event, by the fold. */
function grantAfter(state: GrantState, event: GrantEvent): GrantState | undefined {
  const model = emptyModel();
  const grant: Grant = {
    id: GRANT_ID,
    purpose: 'deposit',
    delivery: DELIVERY_ID,
    visit: VISIT_ID,
    ...DOOR,
    state,
    end: null,
    openedIn: null,
  };
  model.grants.set(GRANT_ID, grant);
  const about = { grant: GRANT_ID, delivery: DELIVERY_ID };
  const payload =
    event === 'voided'
      ? entry('grant.ended', { ...about, end: 'burned' })
      : entry('door.reported', { ...DOOR, ...about, kind: REPORTED[event], session: 1, number: 1, ageMs: 0 });
  apply(model, payload, 0);
  return model.grants.get(GRANT_ID)?.state;
}

describe('the table of deliveries', () => {
  it('is what the fold does, in every cell', () => {
    for (const state of DELIVERY_STATES) {
      for (const event of DELIVERY_EVENTS) {
        expect(`${state} ${event}: ${deliveryAfter(state, event)}`).toBe(
          `${state} ${event}: ${DELIVERY[state][event]}`,
        );
      }
    }
  });

  it('has an event for every entry about a delivery', () => {
    const entries = Object.keys(PAYLOADS).filter((type) => type.startsWith('delivery.'));
    expect(entries.sort()).toEqual(
      [...BORN, 'delivery.taken-back', ...DELIVERY_EVENTS.map((event) => `delivery.${event}`)].sort(),
    );
  });

  it('leads back from nowhere: what is gone stays gone', () => {
    expect(Object.values(DELIVERY.gone).every((after) => after === 'never')).toBe(true);
    expect(DELIVERY.collected.deposited).toBe('never');
    expect(DELIVERY.deposited.reassigned).toBe('never');
  });
});

describe('the table of grants', () => {
  it('is what the fold does, in every cell', () => {
    for (const state of GRANT_STATES) {
      for (const event of GRANT_EVENTS) {
        expect(`${state} ${event}: ${grantAfter(state, event)}`).toBe(
          `${state} ${event}: ${GRANT[state][event]}`,
        );
      }
    }
  });

  it('lets what a door was seen to do outweigh every conclusion', () => {
    for (const state of GRANT_STATES) {
      expect(GRANT[state].opened).toBe(state === 'closed' ? 'closed' : 'open');
      expect(GRANT[state].closed).toBe('closed');
    }
  });

  it('ends `unknown` only by what the door was seen to do, or when the bank says that it is settled', () => {
    const ending = GRANT_EVENTS.filter((event) => GRANT.unknown[event] !== 'unknown');
    expect(ending).toEqual(['opened', 'closed', 'settled']);
  });

  it('takes no report twice: the second changes nothing', () => {
    for (const state of GRANT_STATES) {
      for (const event of GRANT_EVENTS) {
        const once = GRANT[state][event];
        // A refusal and a pulse that contradict each other settle at `unknown` in two steps, never back.
        expect([once, 'unknown']).toContain(GRANT[once][event]);
      }
    }
  });

  it('says "never pulsed" of no grant that was pulsed', () => {
    for (const state of ['pulsed', 'open', 'closed', 'jammed', 'unknown'] as const) {
      for (const event of GRANT_EVENTS) expect(GRANT[state][event]).not.toBe('void');
    }
  });
});

describe('the tables of visits and stops', () => {
  it('lets nobody do at a stop what their visit does not take at all', () => {
    for (const kind of ['courier', 'resident'] as const) {
      for (const step of StopStep.options) {
        for (const act of STOP_ACTS) {
          if (MAY[kind][step][act]) expect(VISIT[kind][act], `${kind} ${step} ${act}`).toBe(true);
        }
      }
    }
  });

  it('lets nothing but its end be said of a visit that is over', () => {
    const allowed = Object.entries(VISIT.ended).filter(([, isAllowed]) => isAllowed);
    expect(allowed).toEqual([['end-visit', true]]);
  });

  it('never opens a door whose opening nobody knows the end of', () => {
    for (const kind of ['courier', 'resident'] as const) {
      expect(MAY[kind].opening['open-again']).toBe(false);
      expect(MAY[kind].unknown['open-again']).toBe(false);
      expect(MAY[kind].attest['open-again']).toBe(false);
    }
  });
});
