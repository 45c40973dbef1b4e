import { beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { createLogger } from '../config/logging.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { Register } from '../log/register.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import type { Store } from '../store/store.ts';
import type { Erasure } from './erasure.ts';
import { Retention } from './retention.ts';

const HOUR_MS = 3_600_000;
const KEPT_MS = 90 * 24 * HOUR_MS;

let clock: VirtualClock;
let register: Register;
let trust: 'trusted' | 'untrusted';
let erased: string[];
/** When the household of a resident had its last parcel. */
let last: Map<string, number>;
let waits: Set<string>;
let retention: Retention;

/** @param gone null: they live here still */
function lives(id: string, gone: number | 'unknown' | null): void {
  register.apply({ table: 'households', row: { id: `home of ${id}`, unit: 'u' } });
  const movedOut = gone !== null;
  const movedOutAt = gone === 'unknown' ? null : gone;
  const row = { ...NOTHING_SET, id, household: `home of ${id}`, name: id, language: 'en', email: null };
  register.apply({ table: 'residents', row: { ...row, movedOut, movedOutAt } });
}

beforeEach(() => {
  clock = new VirtualClock(1_000 * KEPT_MS);
  register = new Register();
  trust = 'trusted';
  erased = [];
  last = new Map();
  waits = new Set();
  const query = async (sql: string, values: readonly unknown[] = []) =>
    sql.includes('max(') ? [{ at: last.get(String(values[1])) ?? null, open: false }] : [];
  retention = new Retention({
    store: { query } as Pick<Store, 'query'>,
    log: {} as never,
    register,
    erasure: {
      resident: async (_: unknown, id: string) => {
        if (waits.has(id)) throw new Refusal('not-now', 'a parcel waits');
        register.apply({ table: 'residents', remove: id });
        erased.push(id);
      },
      rows: async () => undefined,
    } as unknown as Erasure,
    clock,
    clockTrust: () => trust,
    contactsMs: () => KEPT_MS,
    photos: { look: async () => undefined },
    goneSince: async (id, atMs) => lives(id, atMs),
    logger: createLogger('silent'),
  });
});

it('erases who moved out when their time is over, by itself, and nobody who lives here', async () => {
  const now = clock.wallMs();
  lives('gone', now);
  lives('here', null);
  retention.start();
  await clock.advance(KEPT_MS - HOUR_MS);
  expect(erased).toEqual([]);
  await clock.advance(3 * HOUR_MS);
  expect(erased).toEqual(['gone']);
  retention.stop();
  lives('later', now - 2 * KEPT_MS);
  await clock.advance(48 * HOUR_MS);
  expect(erased).toEqual(['gone']);
});

it('counts from the last parcel if that was later, and waits while one is here', async () => {
  const now = clock.wallMs();
  lives('gone', now - 2 * KEPT_MS);
  last.set('home of gone', now - KEPT_MS / 2);
  lives('waited for', now - 2 * KEPT_MS);
  waits.add('waited for');
  retention.start();
  await clock.advance(KEPT_MS / 2 - HOUR_MS);
  expect(erased).toEqual([]);
  await clock.advance(3 * HOUR_MS);
  expect(erased).toEqual(['gone']);
  waits.clear();
  await clock.advance(2 * HOUR_MS);
  expect(erased).toEqual(['gone', 'waited for']);
  retention.stop();
});

it('does nothing while the clock is not trusted', async () => {
  lives('gone', clock.wallMs() - 2 * KEPT_MS);
  trust = 'untrusted';
  retention.start();
  await clock.advance(48 * HOUR_MS);
  expect(erased).toEqual([]);
  trust = 'trusted';
  await clock.advance(2 * HOUR_MS);
  expect(erased).toEqual(['gone']);
  retention.stop();
});

it('counts from the first look that trusts the clock, where nobody knew the time as they went', async () => {
  trust = 'untrusted';
  lives('gone meanwhile', 'unknown');
  retention.start();
  await clock.advance(2 * KEPT_MS);
  trust = 'trusted';
  await clock.advance(KEPT_MS - HOUR_MS);
  expect(erased).toEqual([]);
  await clock.advance(3 * HOUR_MS);
  expect(erased).toEqual(['gone meanwhile']);
  retention.stop();
});
