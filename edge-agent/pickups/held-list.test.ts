import { MAX_POWERED_HOURS, type PickupList } from '@lockerhub/protocol/bank/pickup-list.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { CHARGE_MS, HeldList } from './held-list.ts';
import { ListSeal } from './sealed-list.ts';

const TERMINAL = '01900000-0000-7000-8000-000000000001';
const HOUR_MS = 3_600_000;
const seal = new ListSeal(new Uint8Array(32).fill(7));

function list(change: Partial<PickupList> = {}): PickupList {
  return {
    building: 'house',
    bank: 'garage',
    version: 1,
    epoch: 1,
    issuedAt: 0,
    poweredHours: 72,
    buildingName: 'House',
    language: 'en',
    policy: { retries: 2, idleMs: 45_000, warnMs: 15_000, openNoticeMs: 30_000, openAlarmMs: 120_000 },
    codeKey: 'ab'.repeat(32),
    terminals: [],
    holders: [],
    deliveries: [],
    ...change,
  };
}

const signed = (change: Partial<PickupList> = {}, by = seal) => ({
  v: 1,
  session: 1,
  ...by.seal(list(change)),
});

let clock: VirtualClock;
let disk: string | null;
let isDiskFull: boolean;
let failures: unknown[];
let epoch: number;

function start(): HeldList {
  const held = new HeldList({
    kept: {
      read: () => disk,
      write: (text) => {
        if (isDiskFull) throw new Error('no space left');
        disk = text;
      },
    },
    clock,
    building: 'house',
    bank: 'garage',
    epoch: () => epoch,
    onFailure: (error) => failures.push(error),
  });
  held.start();
  return held;
}

beforeEach(() => {
  clock = new VirtualClock(0);
  disk = null;
  isDiskFull = false;
  failures = [];
  epoch = 1;
});
afterEach(() => expect(failures.length > 0).toBe(isDiskFull));

describe('a held pickup list', () => {
  it('is taken if it is newer and truly the hub’s, and outlives a restart', () => {
    const held = start();
    expect(held.take(signed({ version: 3 }))).toBeNull();
    expect(held.usable?.version).toBe(3);
    held.stop();
    expect(start().usable?.version).toBe(3);
  });

  it('is refused when it is older, foreign, of a lower epoch, or signed wrongly', () => {
    const held = start();
    held.take(signed({ version: 3, epoch: 2 }));
    expect(held.take(signed({ version: 3, epoch: 2 }))).toBe('version-lower');
    expect(held.take(signed({ version: 4, epoch: 1 }))).toBe('epoch-lower');
    expect(held.take(signed({ version: 4, epoch: 2, bank: 'lobby' }))).toBe('bank-foreign');
    expect(held.take(signed({ version: 4, epoch: 2, building: 'other' }))).toBe('bank-foreign');
    const foreign = new ListSeal(new Uint8Array(32).fill(8));
    expect(held.take(signed({ version: 4, epoch: 2 }, foreign))).toBe('key-foreign');
    const forged = {
      ...signed({ version: 4, epoch: 2 }),
      text: JSON.stringify(list({ version: 9, epoch: 2 })),
    };
    expect(held.take(forged)).toBe('signature-wrong');
    expect(held.newest).toBe(3);
  });

  it('counts no more once a higher epoch speaks', () => {
    const held = start();
    held.take(signed());
    epoch = 2;
    expect(held.usable).toBeNull();
  });

  it('holds for its hours with power, which no restart extends', async () => {
    let held = start();
    held.take(signed({ poweredHours: 2 }));
    await clock.advance(HOUR_MS - CHARGE_MS);
    expect(held.usable).not.toBeNull();
    // Off and on again, many times: each costs a charge and gains none.
    for (let round = 0; round < 3; round += 1) {
      held.stop();
      held = start();
    }
    await clock.advance(HOUR_MS - 2 * CHARGE_MS);
    expect(held.usable).toBeNull();
    held.stop();
    expect(start().usable).toBeNull();
  });

  it('forgets no wrong codes in a restart', () => {
    let held = start();
    const holders = Array.from({ length: 90 }, (_, index) => ({
      holder: TERMINAL,
      digits: String(index).padStart(32, '0'),
      qr: String(index).padStart(32, 'f'),
      unitName: '1A',
      language: 'en',
    }));
    held.take(signed({ holders }));
    const typedAt = (screen: string) => ({ screen, owner: undefined });
    let guesses = 0;
    for (; held.check(typedAt(`terminal ${guesses}`), list({ holders })).is === 'go'; guesses += 1) {
      held.wrong(typedAt(`terminal ${guesses}`), list({ holders }));
    }
    expect(guesses).toBeGreaterThan(0);
    held.stop();
    held = start();
    expect(held.check(typedAt('another'), list({ holders }))).toEqual({ is: 'owner-needed' });
    expect(held.check({ screen: 'another', owner: '1-a' }, list({ holders }))).toEqual({ is: 'go' });
    const before = JSON.parse(disk ?? '');
    disk = JSON.stringify({ ...before, guessesUsed: before.guessesUsed.alone });
    held = start();
    expect([held.usable !== null, held.check(typedAt('another'), list({ holders })).is]).toEqual([
      true,
      'owner-needed',
    ]);
  });
});

it('forgets its list for good, and takes the next one from whoever the agent speaks to then', () => {
  const held = start();
  expect(held.take(signed())).toBeNull();
  held.forget();
  expect([held.usable, held.newest, start().usable]).toEqual([null, 0, null]);
  expect(held.take(signed({}, new ListSeal(new Uint8Array(32).fill(8))))).toBeNull();
  expect(held.usable).not.toBeNull();
});

describe('what is kept of a list', () => {
  /** As `text` with another list's content, and everything else as it is. */
  const changed = (change: Partial<PickupList>, by = seal) => {
    const kept = JSON.parse(disk ?? '');
    disk = JSON.stringify({ ...kept, sealed: { ...kept.sealed, ...change, ...by.seal(list(change)) } });
  };

  it('counts only as the hub signed it, and for this bank', () => {
    start().take(signed());
    const kept = JSON.parse(disk ?? '');
    const text = JSON.stringify(list({ poweredHours: 71 }));
    disk = JSON.stringify({ ...kept, sealed: { ...kept.sealed, text } });
    expect(start().usable).toBeNull();
    changed({ bank: 'lobby' });
    expect(start().usable).toBeNull();
    changed({});
    expect(start().usable).not.toBeNull();
  });

  it('pins the key across a restart', () => {
    start().take(signed());
    expect(start().take(signed({ version: 2 }, new ListSeal(new Uint8Array(32).fill(8))))).toBe(
      'key-foreign',
    );
  });

  it('is not used while its hours cannot be written down, and again once they can', async () => {
    const held = start();
    held.take(signed());
    isDiskFull = true;
    await clock.advance(CHARGE_MS);
    expect(held.usable).toBeNull();
    isDiskFull = false;
    await clock.advance(CHARGE_MS);
    expect(held.usable).not.toBeNull();
    expect(failures.splice(0)).toHaveLength(1);
  });
});

it('takes no list for longer than 72 hours with power, whoever signed it', () => {
  expect(start().take(signed({ poweredHours: MAX_POWERED_HOURS + 1 }))).toBe('signature-wrong');
  expect(start().take(signed({ poweredHours: MAX_POWERED_HOURS }))).toBeNull();
});
