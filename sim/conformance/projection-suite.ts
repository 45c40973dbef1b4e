/**
 * What the projections make of entries, wherever they run: the same statements on the hub's disk (PGlite) and in the
 * cloud (Postgres, among other buildings).
 */
import { EMPTY_HEAD, type Entry, type Head, nextEntry } from '@lockerhub/protocol/log/entry.ts';
import {
  type Actor,
  encodePayload,
  PAYLOADS,
  type PayloadOf,
  type PayloadType,
} from '@lockerhub/protocol/log/payload.ts';
import { TIMED_A_DAY } from '@lockerhub/protocol/log/projections/lock-days.ts';
import { PROJECTION_TABLES } from '@lockerhub/protocol/log/projections/project.ts';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { accepted } from '../testing/schema-arbitrary.ts';

/** A row without the column `building`; bigint as number. */
export type ProjectedRow = Readonly<Record<string, unknown>>;

/** The tables of one building. */
export interface ProjectedTables {
  /** Appends entries, and lets them take effect. */
  append(entries: readonly Entry[]): Promise<void>;
  /** Empties what the log can be folded into, and folds these entries, which it holds, anew. */
  foldAnew(entries: readonly Entry[]): Promise<void>;
  rows(table: string): Promise<readonly ProjectedRow[]>;
}

/** Declares the tests. `fresh`: the tables of a building whose log is empty. */
export function projectionSuite(fresh: () => Promise<ProjectedTables>): void {
  let tables: ProjectedTables;
  let head: Head;

  beforeEach(async () => {
    tables = await fresh();
    head = EMPTY_HEAD;
  });

  async function appendText(payload: string): Promise<Entry> {
    const entry = nextEntry(head, 1, payload, new Uint8Array(16));
    await tables.append([entry]);
    head = entry;
    return entry;
  }

  function append<Type extends PayloadType>(
    type: Type,
    data: PayloadOf<Type>,
    at = 1_000,
    by: Actor = { kind: 'hub' },
    clock: 'trusted' | 'untrusted' = 'trusted',
  ): Promise<Entry> {
    return appendText(encodePayload({ type, data, at, clock, by } as never));
  }

  const all = (table: string) => tables.rows(table);
  const sorted = async (table: string) => (await all(table)).map((row) => JSON.stringify(row)).sort();

  async function tallies(): Promise<Record<string, unknown>> {
    const counted = (await all('tallies')).filter(({ value }) => value !== 0);
    return Object.fromEntries(counted.map(({ name, value }) => [name, value]));
  }

  describe('projections', () => {
    it('keep a delivery as it now stands', async () => {
      const delivery = uuid(1);
      await append('delivery.assigned', assigned(delivery), 1_000);
      await append('delivery.reassigned', { delivery, bank: 'yard', compartment: 9, reason: 'jammed' });
      await append('delivery.deposited', { delivery, confirmation: 'attested' }, 2_000);
      expect(await all('deliveries')).toMatchObject([
        { state: 'deposited', bank: 'yard', compartment: 9, confirmation: 'attested', deposited_at: 2_000 },
      ]);
      expect(await tallies()).toEqual({ 'deliveries.deposited': 1 });
      await append('delivery.collected', { delivery, visit: null, confirmation: 'confirmed' }, 3_000);
      expect(await all('living')).toEqual([{ subject: delivery, since: 1 }]);
      await append('delivery.archived', { delivery });
      expect(await all('deliveries')).toMatchObject([
        {
          delivery,
          state: 'collected',
          confirmation: 'attested',
          assigned_at: 1_000,
          ended_at: 3_000,
          seq: 1,
        },
      ]);
      expect(await tallies()).toEqual({ 'deliveries.collected': 1 });
      expect(await all('living')).toEqual([]);
    });

    it('count what ended while nobody knew the time from when the clock was trusted again', async () => {
      const [known, lost, waits, kept] = [uuid(1), uuid(2), uuid(3), uuid(4)];
      const untrusted = [{ kind: 'hub' }, 'untrusted'] as const;
      const overSince = async () =>
        Object.fromEntries((await all('deliveries')).map((row) => [row.delivery, row.over_since]));
      for (const delivery of [known, lost, waits]) await append('delivery.assigned', assigned(delivery));
      await append('delivery.withdrawn', { delivery: known, reason: 'staff' }, 3_000);
      const collected = { visit: null, confirmation: 'confirmed' } as const;
      await append('delivery.collected', { delivery: lost, ...collected }, 5, ...untrusted);
      const { household: _, resident: __, bank: ___, compartment: ____, ...parcel } = assigned(kept);
      await append('delivery.taken-back', { ...parcel, reason: 'oversize' }, 6, ...untrusted);
      expect(await overSince()).toEqual({ [known]: 3_000, [lost]: null, [waits]: null, [kept]: null });
      await append('clock.trusted', { reason: 'NTP' }, 9_000);
      await append('clock.trusted', { reason: 'NTP' }, 10_000);
      const timed = { [known]: 3_000, [lost]: 9_000, [waits]: null, [kept]: 9_000 };
      expect(await overSince()).toEqual(timed);
      await append('delivery.missing', { delivery: waits, visit: uuid(9) }, 2e12, ...untrusted);
      expect(await overSince()).toEqual(timed);
      await append('clock.trusted', { reason: 'NTP' }, 11_000);
      expect(await overSince()).toEqual({ ...timed, [waits]: 11_000 });
      // What people see is what the clock said.
      const shown = (await all('deliveries')).map((row) => [row.delivery, row.ended_at]);
      expect(Object.fromEntries(shown)).toEqual({ [known]: 3_000, [lost]: 5, [waits]: 2e12, [kept]: 6 });
    });

    it('keep grants, messages and cases', async () => {
      const [grant, message, case_] = [uuid(10), uuid(11), uuid(12)];
      const door = { bank: 'lobby', compartment: 7 };
      await append('grant.issued', { grant, purpose: 'staff', delivery: null, visit: null, ...door });
      await append('grant.ended', { grant, delivery: null, end: 'opened', latencyMs: 41.5 });
      const deliveries = [uuid(1), uuid(13)];
      await append('message.queued', {
        message,
        kind: 'reminder',
        resident: uuid(3),
        visit: null,
        deliveries,
      });
      await append('message.failed', { message, channel: 'email', attempt: 1, final: false, reason: 'busy' });
      expect(await tallies()).toEqual({ 'messages.queued': 1 });
      await append('message.failed', { message, channel: 'email', attempt: 2, final: true, reason: 'gone' });
      await append('case.opened', { case: case_, kind: 'forced', ...door, delivery: null });
      await append('case.taken', { case: case_ }, 4_000, { kind: 'staff', id: uuid(5) });
      await append('case.noted', { case: case_, note: 'seen' });
      await append('case.closed', { case: case_, resolution: 'nothing \u0000 found \ud800' }, 5_000);
      expect(await all('grants')).toMatchObject([{ grant_id: grant, ended: 'opened', latency_ms: 41.5 }]);
      expect(await all('messages')).toMatchObject([
        { state: 'failed', channel: 'email', reason: 'gone', deliveries },
      ]);
      expect(await all('cases')).toMatchObject([
        {
          state: 'closed',
          closed_at: 5_000,
          detail: null,
          resolution: 'nothing \uFFFD found \uFFFD',
          taken_by: uuid(5),
        },
      ]);
      expect(await tallies()).toEqual({ 'messages.failed': 1, 'cases.closed': 1 });
    });

    it('keep what each lock did on each day, and count against none what its supply did', async () => {
      const door = { bank: 'lobby', compartment: 7 };
      const grant = (n: number) => ({
        grant: uuid(20 + n),
        purpose: 'pickup' as const,
        delivery: uuid(1),
        visit: null,
        ...door,
      });
      const jam = async (n: number) => {
        await append('grant.issued', grant(n));
        await append('grant.ended', { grant: uuid(20 + n), delivery: uuid(1), end: 'jammed' });
        await append('lock.jammed', { ...door, supply: 'line/plc', grant: uuid(20 + n), jams: n });
      };
      await jam(1);
      await append('grant.issued', grant(2));
      await append('grant.ended', { grant: uuid(22), delivery: uuid(1), end: 'opened', latencyMs: 40 });
      await append('grant.issued', grant(3), 90_000_000);
      await append(
        'grant.ended',
        { grant: uuid(23), delivery: uuid(1), end: 'opened', latencyMs: 60 },
        90_000_000,
      );
      const day = { ...door, day: 0, openings: 1, jams: 1, retries: 1, latencies_ms: [40] };
      expect(await all('lock_days')).toMatchObject([
        day,
        { ...door, day: 1, openings: 1, latencies_ms: [60] },
      ]);
      await append('supply.failed', { bank: 'lobby', supply: 'line/plc', case: uuid(9), compartments: [7] });
      expect(await all('lock_days')).toEqual(
        expect.arrayContaining([expect.objectContaining({ ...day, jams: 0 })]),
      );
    });

    it('keep what became of each command, also of one that was never taken', async () => {
      const [taken, refused, grant, operator] = [uuid(1), uuid(2), uuid(3), uuid(4)];
      await append('command.taken', {
        command: taken,
        kind: 'open-compartment',
        operator,
        approvedBy: uuid(5),
      });
      await append('command.ended', { command: refused, outcome: 'expired', grant: null }, 2_000);
      await append('command.ended', { command: taken, outcome: 'done', detail: 'it opened', grant }, 3_000);
      const rows = (await all('command_results')).toSorted((a, b) => Number(a.seq) - Number(b.seq));
      const nothing = { detail: null, grant_id: null, kind: null, operator: null, taken_at: null };
      expect(rows).toMatchObject([
        {
          command: taken,
          kind: 'open-compartment',
          taken_at: 1_000,
          outcome: 'done',
          ended_at: 3_000,
          seq: 1,
        },
        { command: refused, outcome: 'expired', ended_at: 2_000, seq: 2, ...nothing },
      ]);
      expect(rows[0]).toMatchObject({ operator, approved_by: uuid(5), grant_id: grant, detail: 'it opened' });
    });

    it('time no more than so many openings of a lock on one day, and count them all', async () => {
      const issued = {
        purpose: 'staff' as const,
        delivery: null,
        visit: null,
        bank: 'lobby',
        compartment: 7,
      };
      const openings = TIMED_A_DAY + 2;
      for (let n = 0; n < openings; n += 1) {
        await append('grant.issued', { grant: uuid(n), ...issued });
        const latencyMs = n === 0 ? 1e300 : n + 0.4;
        await append('grant.ended', { grant: uuid(n), delivery: null, end: 'opened', latencyMs });
      }
      const [day] = await all('lock_days');
      const timed = [2 ** 31 - 1, ...Array.from({ length: TIMED_A_DAY - 1 }, (_, n) => n + 1)];
      expect(day).toMatchObject({ openings, latencies_ms: timed });
    });

    it('keep an entry of an unknown type in the log, byte for byte, and change nothing else', async () => {
      const text = JSON.stringify({
        type: 'drone.landed',
        at: 4.5,
        clock: 'untrusted',
        by: { kind: 'hub' },
        data: { delivery: uuid(1), odd: '\u0000' },
      });
      await appendText(text);
      expect(await all('log')).toMatchObject([
        { seq: 1, type: 'drone.landed', payload: text, subject: null, data: null, at: 4 },
      ]);
      expect(await tallies()).toEqual({});
      expect(await all('living')).toEqual([]);
    });

    it('take whatever a schema accepts, and keep the exact bytes', async () => {
      const types = Object.keys(PAYLOADS) as PayloadType[];
      // Each id is fresh, so that no two things are the same thing.
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(...types.map((type) => fc.tuple(fc.constant(type), accepted(PAYLOADS[type])))),
          async ([type, data]) => {
            const entry = await append(type, data as never);
            const kept = (await all('log')).filter(({ seq }) => seq === entry.seq);
            expect(kept).toMatchObject([entry]);
          },
        ),
        { numRuns: 100, endOnFailure: true },
      );
    });

    it('count what is there, whatever happened, and come out the same when folded anew', async () => {
      const ids = [uuid(1), uuid(2), uuid(3)];
      const born = new Set<string>();
      const entries: Entry[] = [];
      const anyDelivery = fc.constantFrom(...ids);
      const told = fc.record({
        at: fc.nat(100_000),
        clock: fc.constantFrom('trusted' as const, 'untrusted' as const),
      });
      const events = fc.oneof(
        anyDelivery.map(
          (delivery) => ['delivery.deposited', { delivery, confirmation: 'confirmed' }] as const,
        ),
        fc.constant(['clock.trusted', { reason: 'NTP' }] as const),
        anyDelivery.map(
          (delivery) => ['delivery.collected', { delivery, visit: null, confirmation: 'confirmed' }] as const,
        ),
        anyDelivery.map((delivery) => ['delivery.withdrawn', { delivery, reason: 'staff' }] as const),
        anyDelivery.map((delivery) => ['delivery.missing', { delivery, visit: uuid(9) }] as const),
        anyDelivery.map((delivery) => ['delivery.assigned', assigned(delivery)] as const),
        anyDelivery.map(
          (id) =>
            [
              'case.opened',
              { case: id, kind: 'jammed', bank: null, compartment: null, delivery: null },
            ] as const,
        ),
        anyDelivery.map((id) => ['case.closed', { case: id, resolution: 'x' }] as const),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(events, told), { maxLength: 12 }), async (history) => {
          for (const [[type, data], { at, clock }] of history) {
            const first = type === 'delivery.assigned' || type === 'case.opened';
            const key = `${type} ${JSON.stringify(data)}`;
            if (first && born.has(key)) continue;
            if (first) born.add(key);
            entries.push(await append(type, data as never, at, { kind: 'hub' }, clock));
          }
          const counted: Record<string, number> = {};
          for (const table of ['deliveries', 'cases']) {
            for (const { state } of await all(table)) {
              counted[`${table}.${state}`] = (counted[`${table}.${state}`] ?? 0) + 1;
            }
          }
          expect(await tallies()).toEqual(counted);
        }),
        { numRuns: 15, endOnFailure: true },
      );
      const before = await Promise.all(PROJECTION_TABLES.map((table) => sorted(table)));
      await tables.foldAnew(entries);
      expect(await Promise.all(PROJECTION_TABLES.map((table) => sorted(table)))).toEqual(before);
    });
  });
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function assigned(delivery: string): PayloadOf<'delivery.assigned'> {
  return {
    delivery,
    visit: uuid(2),
    unit: uuid(3),
    household: uuid(4),
    resident: null,
    carrier: uuid(5),
    size: 'M',
    bank: 'lobby',
    compartment: 7,
  };
}
