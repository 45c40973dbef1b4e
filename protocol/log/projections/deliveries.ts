/** `deliveries`: each parcel's stay as it now stands. States as in http/staff.ts `DELIVERY_STATES`. */
import type { Payload } from '../payload.ts';
import { type Change, change, type Effect, effect } from './change.ts';
import { type Position, wholeMs } from './statement.ts';
import type { Table } from './table.ts';
import { countBorn, countMoved } from './tallies.ts';

export const DELIVERIES_TABLE: Table = {
  name: 'deliveries',
  columns: {
    delivery: 'uuid',
    state: 'text not null',
    visit: 'uuid not null',
    // Null: nobody knows yet whose it is.
    unit: 'uuid',
    household: 'uuid',
    resident: 'uuid',
    carrier: 'uuid',
    size: 'text not null',
    // Null: at the desk, or taken back without a place.
    bank: 'text',
    compartment: 'integer',
    // Of the package room behind the door; null: a compartment.
    zone: 'text',
    confirmation: 'text',
    assigned_at: 'bigint not null',
    deposited_at: 'bigint',
    ended_at: 'bigint',
    // Since when it is over, by a clock that was trusted; null: it is not over, or nobody has known the time since.
    over_since: 'bigint',
    seq: 'bigint not null',
  },
  key: ['delivery'],
  indexes: [
    { name: 'deliveries_by_seq', columns: ['seq'], unique: true },
    { name: 'deliveries_by_state', columns: ['state', 'seq'] },
    { name: 'deliveries_by_unit', columns: ['unit', 'seq'] },
    { name: 'deliveries_by_carrier', columns: ['carrier', 'seq'] },
    { name: 'deliveries_by_door', columns: ['bank', 'compartment', 'seq'] },
    { name: 'deliveries_by_time', columns: ['assigned_at'] },
    // The few lost parcels of a unit among the thousands that it got.
    { name: 'deliveries_by_unit_and_state', columns: ['unit', 'state', 'seq'] },
    // The few of which nobody has known the time since.
    { name: 'deliveries_untimed', columns: ['seq'], where: 'ended_at is not null and over_since is null' },
  ],
};

const BORN = change(
  'deliveries',
  {
    delivery: 'uuid',
    visit: 'uuid',
    unit: 'uuid',
    household: 'uuid',
    resident: 'uuid',
    carrier: 'uuid',
    size: 'text',
    bank: 'text',
    compartment: 'integer',
    zone: 'text',
    at: 'bigint',
    ended_at: 'bigint',
    seq: 'bigint',
    state: 'text',
  },
  (given) => `with born as (
      insert into deliveries
        (delivery, state, visit, unit, household, resident, carrier, size, bank, compartment, zone, assigned_at,
          ended_at, over_since, seq)
      select delivery, state, visit, unit, household, resident, carrier, size, bank, compartment, zone, at,
        ended_at, ended_at, seq from ${given}
      returning state
    ) ${countBorn('deliveries')}`,
);

const MATCHED = changes(
  { unit: 'uuid', household: 'uuid', resident: 'uuid' },
  'unit = given.unit, household = given.household, resident = given.resident',
);
const DESK_INSTEAD = changes({}, 'bank = null, compartment = null, zone = null');
const REASSIGNED = changes(
  { bank: 'text', compartment: 'integer', zone: 'text' },
  'bank = given.bank, compartment = given.compartment, zone = given.zone',
);

/** A change of a delivery; `parameters` follow its id. */
function changes(
  parameters: Readonly<Record<string, string>>,
  assignments: string,
  options: { readonly repeats?: boolean } = {},
): Change {
  return change(
    'deliveries',
    { delivery: 'uuid', ...parameters },
    (given) =>
      `update deliveries set ${assignments} from ${given} where deliveries.delivery = given.delivery`,
    options,
  );
}

/** A change of state; `assignments` names further columns. */
function moves(state: string, parameters: Readonly<Record<string, string>>, assignments: string): Change {
  return change(
    'deliveries',
    { delivery: 'uuid', ...parameters },
    (given) => `with was as (
        select state from deliveries, ${given} where deliveries.delivery = given.delivery
      ), now as (
        update deliveries set state = '${state}', ${assignments} from ${given}
          where deliveries.delivery = given.delivery
      ) ${countMoved('deliveries', state)}`,
  );
}

const DEPOSITED = moves(
  'deposited',
  { confirmation: 'text', at: 'bigint' },
  'confirmation = given.confirmation, deposited_at = given.at',
);
const ENDS = 'ended_at = given.at, over_since = given.at';
const COLLECTED = moves('collected', { at: 'bigint' }, ENDS);
const MISSING = moves('missing', { at: 'bigint' }, ENDS);
const WITHDRAWN = moves('withdrawn', { at: 'bigint' }, ENDS);

/** What both kinds of effect below touch: no end of an untrusted time passes the clock that is trusted again. */
const CLOCK = 'clock';
/** It ended while the clock was not trusted. */
const UNTIMED = changes({}, 'over_since = null', { repeats: true });
/** The clock is trusted again: what ended meanwhile is over since now, for all that anybody knows. */
const TIMED = change(
  null,
  { at: 'bigint' },
  (given) => `update deliveries set over_since = given.at from ${given}
    where deliveries.ended_at is not null and deliveries.over_since is null`,
);

/** Every change that `projectDeliveries` makes, in the order of a delivery's stay. */
export const DELIVERIES_CHANGES = [
  BORN,
  MATCHED,
  DESK_INSTEAD,
  REASSIGNED,
  DEPOSITED,
  COLLECTED,
  MISSING,
  WITHDRAWN,
  UNTIMED,
  TIMED,
];

/** What the entry changes of its delivery. */
export function projectDeliveries(payload: Payload, position: Position): Effect[] {
  if (payload.type === 'clock.trusted') return [effect(TIMED, [wholeMs(payload.at)], [CLOCK])];
  const changed = ofDelivery(payload, position);
  return payload.clock === 'untrusted' ? [...changed, ...untimed(payload)] : changed;
}

/** A time that nobody trusts is no time from which on anything is counted. */
function untimed(payload: Payload): Effect[] {
  switch (payload.type) {
    case 'delivery.taken-back':
    case 'delivery.collected':
    case 'delivery.missing':
    case 'delivery.withdrawn':
      return [effect(UNTIMED, [payload.data.delivery], [CLOCK])];
    default:
      return [];
  }
}

function ofDelivery(payload: Payload, { seq }: Position): Effect[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'delivery.assigned':
      return [born(payload.data, 'assigned', at, seq)];
    case 'delivery.unmatched':
      return [born({ ...payload.data, household: null, resident: null }, 'assigned', at, seq)];
    case 'delivery.sent-to-desk':
      return [born({ ...payload.data, bank: null, compartment: null }, 'assigned', at, seq)];
    case 'delivery.taken-back':
      return [
        born(
          { ...payload.data, household: null, resident: null, bank: null, compartment: null },
          'withdrawn',
          at,
          seq,
        ),
      ];
    case 'delivery.matched': {
      const { delivery, unit, household, resident } = payload.data;
      return [effect(MATCHED, [delivery, unit, household, resident])];
    }
    case 'delivery.desk-instead':
      return [effect(DESK_INSTEAD, [payload.data.delivery])];
    case 'delivery.reassigned': {
      const { delivery, bank, compartment, zone = null } = payload.data;
      return [effect(REASSIGNED, [delivery, bank, compartment, zone])];
    }
    case 'delivery.deposited':
      return [effect(DEPOSITED, [payload.data.delivery, payload.data.confirmation, at])];
    case 'delivery.collected':
      return [effect(COLLECTED, [payload.data.delivery, at])];
    case 'delivery.missing':
      return [effect(MISSING, [payload.data.delivery, at])];
    case 'delivery.withdrawn':
      return [effect(WITHDRAWN, [payload.data.delivery, at])];
    default:
      return [];
  }
}

interface Born {
  readonly delivery: string;
  readonly visit: string;
  readonly unit: string | null;
  readonly household: string | null;
  readonly resident: string | null;
  readonly carrier: string | null;
  readonly size: string;
  readonly bank: string | null;
  readonly compartment: number | null;
  readonly zone?: string | undefined;
}

function born(data: Born, state: 'assigned' | 'withdrawn', at: number, seq: number): Effect {
  const { delivery, visit, unit, household, resident, carrier, size, bank, compartment, zone = null } = data;
  const whose = [unit, household, resident, carrier] as const;
  const endedAt = state === 'withdrawn' ? at : null;
  return effect(BORN, [
    ...[delivery, visit, ...whose, size, bank, compartment, zone],
    ...[at, endedAt, seq, state],
  ]);
}
