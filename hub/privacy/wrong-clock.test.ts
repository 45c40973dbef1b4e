/** What is kept of deliveries that end while nobody knows the time: by the log as it is written, in tables as a hub has them. */
import { PGlite } from '@electric-sql/pglite';
import { EMPTY_HEAD, type Head, nextEntry } from '@lockerhub/protocol/log/entry.ts';
import { encodePayload, type PayloadOf, type PayloadType } from '@lockerhub/protocol/log/payload.ts';
import {
  LOG_DEFINITION,
  PROJECTION_DEFINITIONS,
  project,
} from '@lockerhub/protocol/log/projections/project.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../config/logging.ts';
import { Register } from '../log/register.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import type { Store } from '../store/store.ts';
import type { Erasure } from './erasure.ts';
import { Retention } from './retention.ts';
import { storedAbout } from './stored.ts';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 90 * DAY_MS;
const NOW_MS = Date.UTC(2026, 10, 27);
const YEARS = [
  ['1970', Date.UTC(1970, 0, 2)],
  ['2031', Date.UTC(2031, 5, 1)],
] as const;
const [DELIVERY, REFUSED, UNIT, HOME, MARA] = [1, 2, 3, 4, 5].map(uuid) as [
  string,
  string,
  string,
  string,
  string,
];

let db: PGlite;
let store: Pick<Store, 'query'>;
let register: Register;
let clock: VirtualClock;
let head: Head;
let erased: string[];

beforeAll(async () => {
  db = await PGlite.create();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.exec('drop schema public cascade; create schema public');
  for (const statement of [...LOG_DEFINITION, ...PROJECTION_DEFINITIONS]) await db.exec(statement);
  await db.exec('create table parcels (id uuid primary key, tracking text)');
  store = {
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await db.query<Row>(sql, [...values])).rows,
  } as Pick<Store, 'query'>;
  register = new Register();
  register.apply({ table: 'units', row: { id: UNIT, name: '1A' } });
  register.apply({ table: 'households', row: { id: HOME, unit: UNIT } });
  const mara = { ...NOTHING_SET, id: MARA, household: HOME, name: 'Mara', language: 'en', email: null };
  register.apply({ table: 'residents', row: { ...mara, movedOut: true, movedOutAt: NOW_MS - DAY_MS } });
  clock = new VirtualClock(NOW_MS);
  head = EMPTY_HEAD;
  erased = [];
});

async function say<Type extends PayloadType>(
  type: Type,
  data: PayloadOf<Type>,
  at: number,
  trust: 'trusted' | 'untrusted' = 'trusted',
): Promise<void> {
  const payload = encodePayload({ type, data, at, clock: trust, by: { kind: 'hub' } } as never);
  const entry = nextEntry(head, 1, payload, new Uint8Array(16));
  for (const { sql, parameters } of project(entry)) await db.query(sql, [...parameters]);
  head = entry;
}

/** A parcel that came a day ago and is collected, and one that the courier keeps, by a clock that says `wrongMs`. */
async function endUnder(wrongMs: number): Promise<void> {
  const parcel = { visit: uuid(6), unit: UNIT, carrier: null, size: 'M' as const };
  const placed = { household: HOME, resident: null, bank: 'lobby', compartment: 7 };
  await say('delivery.assigned', { delivery: DELIVERY, ...parcel, ...placed }, NOW_MS - DAY_MS);
  const collected = { delivery: DELIVERY, visit: null, confirmation: 'confirmed' as const };
  await say('delivery.collected', collected, wrongMs, 'untrusted');
  await say(
    'delivery.taken-back',
    { delivery: REFUSED, ...parcel, reason: 'oversize' },
    wrongMs,
    'untrusted',
  );
  await db.query('insert into parcels values ($1, $3), ($2, $3)', [DELIVERY, REFUSED, '1Z999']);
}

/** What a look erases, the clock being trusted. */
async function look(): Promise<string[]> {
  const retention = new Retention({
    store,
    log: {} as never,
    register,
    erasure: {
      resident: async (_: unknown, id: string) => erased.push(id),
      rows: async (_: string, ids: readonly string[]) => erased.push(...ids),
    } as unknown as Erasure,
    clock,
    clockTrust: () => 'trusted',
    contactsMs: () => KEPT_MS,
    photos: { look: async () => undefined },
    goneSince: async () => undefined,
    logger: createLogger('silent'),
  });
  erased = [];
  await retention.look();
  return erased;
}

async function promised(): Promise<(number | null | undefined)[]> {
  const stored = await storedAbout({ store, register, contactsMs: KEPT_MS, living: [] }, MARA);
  return [stored?.goesAt, ...(stored?.deliveries.map(({ trackingGoesAt }) => trackingGoesAt) ?? [])];
}

it.each(YEARS)('of a hub in %s: nothing goes while no clock was trusted since', async (_, wrongMs) => {
  await endUnder(wrongMs);
  await clock.advance(10 * KEPT_MS);
  expect(await promised()).toEqual([null, null]);
  expect(await look()).toEqual([]);
});

it.each(YEARS)('of a hub in %s: all goes so long after the clock was trusted again', async (_, wrongMs) => {
  await endUnder(wrongMs);
  await say('clock.trusted', { reason: 'NTP' }, NOW_MS);
  expect(await promised()).toEqual([NOW_MS + KEPT_MS, NOW_MS + KEPT_MS]);
  await clock.advance(KEPT_MS);
  expect(await look()).toEqual([]);
  await clock.advance(1);
  expect(await look()).toEqual([MARA, DELIVERY, REFUSED]);
});

it('that is right: by when they ended', async () => {
  await say('clock.trusted', { reason: 'NTP' }, NOW_MS - 2 * KEPT_MS);
  const placed = { visit: uuid(6), unit: UNIT, household: HOME, resident: null, carrier: null };
  const at = { size: 'M' as const, bank: 'lobby', compartment: 7 };
  await say('delivery.assigned', { delivery: DELIVERY, ...placed, ...at }, NOW_MS - 2 * DAY_MS);
  expect(await promised()).toEqual([null, null]);
  await db.query('insert into parcels values ($1, $2)', [DELIVERY, '1Z999']);
  await say('delivery.withdrawn', { delivery: DELIVERY, reason: 'staff' }, NOW_MS);
  expect(await promised()).toEqual([NOW_MS + KEPT_MS, NOW_MS + KEPT_MS]);
});

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
