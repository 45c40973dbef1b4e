/** The projections as a hub runs them: one building, in an in-memory PGlite. */
import { createHash } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { type ProjectedTables, projectionSuite } from '@lockerhub/sim/conformance/projection-suite.ts';
import { accepted } from '@lockerhub/sim/testing/schema-arbitrary.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Entry } from '../entry.ts';
import { PAYLOADS, type Payload, type PayloadType } from '../payload.ts';
import { type Change, type Effect, one, together } from './change.ts';
import {
  CHANGE_RANKS,
  effects,
  LOG_DEFINITION,
  PROJECTION_DEFINITIONS,
  PROJECTION_TABLES,
  PROJECTION_VERSION,
  project,
  reproject,
} from './project.ts';
import type { Statement } from './statement.ts';
import { TALLIES_AT_ZERO } from './tallies.ts';

let db: PGlite;

beforeAll(async () => {
  db = await PGlite.create();
});
afterAll(() => db.close());

projectionSuite(async () => {
  await db.exec('drop table if exists log');
  await createProjections();
  for (const definition of LOG_DEFINITION) await db.exec(definition);
  return tables;
});

const tables: ProjectedTables = {
  append: (entries) => run(entries.flatMap(project)),
  async foldAnew(entries: readonly Entry[]) {
    await createProjections();
    await run(entries.flatMap(reproject));
  },
  rows: async (table) => (await db.query<Record<string, unknown>>(`select * from ${table}`)).rows,
};

async function createProjections(): Promise<void> {
  for (const table of PROJECTION_TABLES) await db.exec(`drop table if exists ${table}`);
  for (const definition of PROJECTION_DEFINITIONS) await db.exec(definition);
}

async function run(statements: readonly Statement[]): Promise<void> {
  for (const { sql, parameters } of statements) await db.query(sql, [...parameters]);
}

/** Few subjects, so that entries meet again and again, in orders that no hub would write. */
const delivery = fc.constantFrom(uuid(1), uuid(2));
/** A grant's delivery is one, whenever it is named. */
const granted = fc.constantFrom(
  { grant: uuid(11), delivery: uuid(1) },
  { grant: uuid(12), delivery: uuid(1) },
  { grant: uuid(13), delivery: uuid(2) },
);
const message = fc.constantFrom(uuid(21), uuid(22));
const case_ = fc.constantFrom(uuid(61), uuid(62));
const door = fc.record({ bank: fc.constant('lobby'), compartment: fc.constantFrom(1, 2) });

const entangled = fc.oneof(
  said('delivery.assigned', fc.record({ delivery }), {
    ...{ visit: uuid(9), unit: uuid(9), household: uuid(9), resident: uuid(9), carrier: null },
    ...{ size: 'M', bank: 'lobby', compartment: 1 },
  }),
  said('delivery.matched', fc.record({ delivery, unit: fc.constantFrom(uuid(31), uuid(32)) }), {
    household: null,
    resident: null,
  }),
  said('delivery.reassigned', fc.tuple(fc.record({ delivery }), door).map(merged), { reason: 'jammed' }),
  said('delivery.deposited', fc.record({ delivery }), { confirmation: 'confirmed' }),
  said('delivery.collected', fc.record({ delivery }), { visit: null, confirmation: 'confirmed' }),
  said('delivery.withdrawn', fc.record({ delivery }), { reason: 'staff' }),
  said('delivery.archived', fc.record({ delivery }), {}),
  said('clock.trusted', fc.constant({}), { reason: 'NTP' }),
  said('grant.issued', fc.tuple(granted, door).map(merged), {
    purpose: 'pickup',
    visit: null,
  }),
  said(
    'grant.ended',
    fc.tuple(granted, fc.record({ end: fc.constantFrom('opened', 'jammed') })).map(merged),
    {
      latencyMs: 40,
    },
  ),
  said('grant.ended', fc.tuple(granted, fc.record({ latencyMs: fc.nat(500) })).map(merged), {
    end: 'opened',
  }),
  said('lock.jammed', door, { supply: 'line/plc', grant: uuid(11), jams: 1 }),
  said('supply.failed', fc.record({ compartments: fc.constantFrom([1], [2], [1, 2], [1, 1]) }), {
    ...{ bank: 'lobby', supply: 'line/plc', case: uuid(41) },
  }),
  said('message.queued', fc.record({ message }), {
    ...{ kind: 'reminder', resident: uuid(9), visit: null, deliveries: [uuid(1)] },
  }),
  said('message.sent', fc.record({ message }), { channel: 'email' }),
  said('message.failed', fc.record({ message, final: fc.boolean() }), {
    ...{ channel: 'sms', attempt: 1, reason: 'busy' },
  }),
  said('case.opened', fc.record({ case: case_ }), {
    ...{ kind: 'forced', bank: null, compartment: null, delivery: null },
  }),
  said('case.taken', fc.record({ case: case_ }), {}),
  said('case.released', fc.record({ case: case_ }), {}),
  said('case.closed', fc.record({ case: case_ }), { resolution: 'freed' }),
  said('command.taken', fc.constant({}), {
    ...{ command: uuid(51), kind: 'open', operator: uuid(9), approvedBy: null },
  }),
  said('command.ended', fc.record({ outcome: fc.constantFrom('done', 'failed') }), {
    command: uuid(51),
    grant: null,
  }),
);

it('come out the same one by one and many at once, however entangled the entries are', async () => {
  await createProjections();
  await fc.assert(
    fc.asyncProperty(fc.array(entangled, { minLength: 2, maxLength: 40 }), async (payloads) => {
      const effects = bornOnce(payloads).flatMap((payload, index) => effectsOf(payload, index + 1));
      const folded = async (fold: () => Promise<void>) => {
        await db.exec(`truncate ${PROJECTION_TABLES.join(', ')}; ${TALLIES_AT_ZERO}`);
        await fold();
        return allRows();
      };
      const apart = await folded(() => run(effects.map(one)));
      const atOnce = await folded(async () => {
        for (const { sql, lists } of together(CHANGE_RANKS, effects)) await db.query(sql, [...lists]);
      });
      expect(atOnce).toEqual(apart);
    }),
    { numRuns: 50 },
  );
});

it('take a parcel’s whole stay as one statement of each kind', () => {
  const stay = ['delivery.assigned', 'delivery.deposited', 'delivery.collected', 'delivery.archived'];
  const parcels = [uuid(1), uuid(2), uuid(3)];
  const told = parcels.flatMap((delivery) =>
    stay.map((type) => ({ type, data: { delivery, size: 'M' } }) as never as Payload),
  );
  const effects = told.flatMap((payload, index) => effectsOf(payload, index + 1));
  expect(effects).toHaveLength(15);
  expect(together(CHANGE_RANKS, effects).map(({ lists }) => lists[0])).toEqual([
    parcels,
    parcels,
    parcels,
    parcels,
    parcels,
  ]);
});

it('take what ended while nobody knew the time as one statement more, and time it by no trust of before', async () => {
  const parcels = [uuid(1), uuid(2), uuid(3)];
  const visit = { visit: uuid(9), unit: uuid(9), household: uuid(9), resident: null, carrier: null };
  const told = [
    ...parcels.map((delivery) => ({
      type: 'delivery.assigned',
      data: { delivery, ...visit, size: 'M', bank: 'lobby', compartment: 1 },
      clock: 'untrusted',
      at: 1,
    })),
    { type: 'clock.trusted', data: { reason: 'NTP' }, clock: 'trusted', at: 2 },
    ...parcels.map((delivery) => ({
      type: 'delivery.collected',
      data: { delivery },
      clock: 'untrusted',
      at: 3,
    })),
  ] as never as Payload[];
  const all = together(
    CHANGE_RANKS,
    told.flatMap((payload, index) => effectsOf(payload, index + 1)),
  );
  expect(all).toHaveLength(5);
  await createProjections();
  for (const { sql, lists } of all) await db.query(sql, [...lists]);
  const rows = await tables.rows('deliveries');
  expect(rows.map(({ ended_at, over_since }) => [ended_at, over_since])).toEqual(
    parcels.map(() => [3, null]),
  );
});

/** Entries of a type: what varies, and what does not. */
function said(type: PayloadType, varying: fc.Arbitrary<object>, always: object): fc.Arbitrary<Payload> {
  return fc.tuple(varying, fc.constantFrom(1_000, 90_000_000), fc.constantFrom('trusted', 'untrusted')).map(
    ([data, at, clock]) =>
      ({
        type,
        data: { ...data, ...always },
        at,
        clock,
        by: { kind: 'hub' },
      }) as never as Payload,
  );
}

function merged(parts: readonly object[]): object {
  return Object.assign({}, ...parts);
}

/** Without those that would make a row a second time: they fail, one by one and at once. */
function bornOnce(payloads: readonly Payload[]): Payload[] {
  const made = new Set<string>();
  return payloads.filter(({ type, data }) => {
    const ids = data as { delivery?: string; grant?: string; message?: string; case?: string };
    const id = {
      'delivery.assigned': ids.delivery,
      'grant.issued': ids.grant,
      'message.queued': ids.message,
      'case.opened': ids.case,
    }[type as string];
    if (id === undefined) return true;
    return !made.has(id) && made.add(id);
  });
}

function effectsOf(payload: Payload, seq: number): Effect[] {
  return effects(payload, { seq });
}

async function allRows(): Promise<Record<string, readonly string[]>> {
  const rows: Record<string, readonly string[]> = {};
  for (const table of PROJECTION_TABLES) {
    rows[table] = (await tables.rows(table)).map((row) => JSON.stringify(row)).toSorted();
  }
  return rows;
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

it('use texts from a fixed set, in which each parameter says its type', () => {
  const types = Object.keys(PAYLOADS) as PayloadType[];
  const used = new Set<Change>();
  fc.assert(
    fc.property(
      fc.oneof(...types.map((type) => accepted(PAYLOADS[type]).map((data) => ({ type, data })))),
      (payload) => {
        const stamp = { at: 1, clock: 'trusted', by: { kind: 'hub' } };
        for (const { change } of effects({ ...payload, ...stamp } as Payload, { seq: 1 })) used.add(change);
      },
    ),
    { numRuns: 1_000 },
  );
  const known = [...CHANGE_RANKS.keys()];
  expect(known).toEqual(expect.arrayContaining([...used]));
  for (const { one, many } of known) expect(`${one} ${many}`).not.toMatch(/\$\d+(?!\d|::)/);
});

it('raise their version when tables or entry types change', () => {
  const shape = createHash('sha256')
    .update(JSON.stringify([PROJECTION_DEFINITIONS, Object.keys(PAYLOADS).toSorted()]))
    .digest('hex')
    .slice(0, 8);
  // If this fails: raise PROJECTION_VERSION, then write both down here.
  expect([PROJECTION_VERSION, shape]).toEqual([30, 'd9241f2f']);
});
