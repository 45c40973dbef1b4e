/** The hub's side of sync against clouds that are small, forgetful, or belong to another hub already. */

import { EMPTY_HEAD, type Entry, type Head } from '@lockerhub/protocol/log/entry.ts';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import {
  HEARTBEAT_EVERY_MS,
  type Heartbeat,
  type HeartbeatAnswer,
  type PushRows,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../config/logging.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { openStore } from '../store/pglite/open.ts';
import type { Store } from '../store/store.ts';
import type { CloudPush, ShapeSource } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';
import { readOutbox } from './local-rows.ts';
import { Sync } from './sync.ts';

const WITHIN_MS = 20_000;
const START_MS = Date.UTC(2026, 0, 5);
const id = () => newId(systemClock, systemRandom);

let store: Store;
let log: BuildingLog;
let clock: VirtualClock;
let cloud: ModelCloud;
let sync: Sync;
let refused: string[];
let remove: () => Promise<void>;

/** Holds what it was sent; each of its ways to be difficult is off until a test turns it on. */
class ModelCloud implements CloudPush {
  head: Head;
  rows: string[] = [];
  orphans: number[] = [];
  beats: Heartbeat[] = [];
  maxRows = Number.POSITIVE_INFINITY;
  maxOrphans = Number.POSITIVE_INFINITY;
  wantsProof = false;
  isFenced = false;
  refusals = 0;
  /** Tables that only newer software knows. */
  unknownTables: string[] = [];
  /** A row or an entry that it takes in no company, and not alone. */
  poison: string | number | null = null;
  onEntries = async (): Promise<void> => {};
  onRows = async (): Promise<void> => {};

  /** @param head of the log when this cloud began */
  constructor(head: Head) {
    this.head = head;
  }

  #told() {
    return { head: this.head, cloud: { system: 's', timeline: 1 }, gatewayMs: START_MS, epoch: 1 };
  }

  async heartbeat(beat: Heartbeat): Promise<HeartbeatAnswer> {
    this.beats.push(beat);
    if (this.isFenced) throw new CloudFault('epoch-fenced', 'another speaks', { head: this.head });
    if (this.wantsProof && !beat.certificate) {
      throw new CloudFault('epoch-unproven', 'prove it', { head: this.head });
    }
    this.wantsProof = false;
    return { ...this.#told(), countersignature: null, envelopeHash: null, frozen: false };
  }

  async pushEntries({ entries }: { readonly entries: readonly Entry[] }): Promise<never> {
    await this.onEntries();
    if (entries.some(({ seq }) => seq === this.poison)) throw new CloudFault('too-large', 'halve it');
    const { seq, hash } = entries.at(-1) ?? this.head;
    this.head = { seq, hash };
    return this.#told() as never;
  }

  async pushRows({ rows }: PushRows): Promise<never> {
    await this.onRows();
    if (rows.length > this.maxRows) throw new CloudFault('too-large', 'halve it');
    if (rows.some((row) => row.id === this.poison)) throw new CloudFault('request-invalid', 'no such field');
    const { unknownTables } = this;
    this.rows.push(...rows.filter(({ table }) => !unknownTables.includes(table)).map((row) => row.id));
    return { ...this.#told(), restamped: [], merged: [], unknownTables } as never;
  }

  async pushOrphans({ entries }: { readonly entries: readonly Entry[] }): Promise<void> {
    if (this.refusals-- > 0) throw new CloudFault('unreachable', 'the line is down');
    if (entries.length > this.maxOrphans) throw new CloudFault('too-large', 'halve it');
    this.orphans.push(...entries.map(({ seq }) => seq));
  }
}

let following = 0;
const shapes: ShapeSource = {
  async follow(_shape, _from, _onRows, signal) {
    following += 1;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    following -= 1;
  },
};
const certificate: EpochCertificate = { text: 'epoch 1 of this hub', signature: 'signed' };

beforeAll(async () => {
  const made = await freshStoreFolder();
  remove = made.remove;
  const unexpected = (error: Error) => {
    throw error;
  };
  store = await openStore({
    folder: made.folder,
    epoch: 1,
    node: 'h-1',
    clock: systemClock,
    random: systemRandom,
    onBroken: unexpected,
    onWarning: unexpected,
    freeBytes: async () => 1e12,
  });
});
afterAll(async () => {
  await store.close();
  await remove();
});

beforeEach(async () => {
  clock = new VirtualClock(START_MS);
  const register = await Register.load(store);
  log = new BuildingLog({ log: store, register, clock, clockTrust: () => 'trusted' });
  cloud = new ModelCloud(log.head());
  refused = [];
  sync = new Sync({
    push: cloud,
    shapes,
    store,
    log,
    instance: id(),
    epoch: 1,
    isFenced: false,
    condition: async () => ({
      wallMs: clock.wallMs(),
      clock: 'trusted',
      disk: 'ok',
      software: 'test',
      schema: 1,
    }),
    envelope: () => ({ envelope: null, envelopeHash: null }),
    certificate: () => certificate,
    onRefused: (what) => void refused.push(what),
    heartbeatEveryMs: HEARTBEAT_EVERY_MS,
    clock,
    random: new SeededRandom(1),
    logger: createLogger('silent'),
    onArrived: () => {},
    onOther: async () => {},
    onState: () => {},
  });
});
afterEach(() => sync.stop());

const happens = (count = 1) =>
  log.record(
    { kind: 'hub' },
    Array.from({ length: count }, () => ({ type: 'cloud.rewound' as const, data: { seq: 0 } })),
  );
const settled = () =>
  waitFor(
    async () => {
      const { state, entries, rows } = await sync.view();
      return state === 'live' && entries + rows === 0;
    },
    WITHIN_MS,
    'all to be sent',
  );

it('proves its epoch to a cloud that has not heard of it, and says no more of it to one that has', async () => {
  cloud.wantsProof = true;
  await happens();
  sync.start();
  await settled();
  expect(cloud.beats.map((beat) => beat.certificate)).toEqual([undefined, certificate]);
  expect(cloud.beats.map((beat) => beat.holds)).toEqual([undefined, EMPTY_HEAD]);
});

it('halves its rows until they are taken, each of them', async () => {
  cloud.maxRows = 7;
  const made = Array.from({ length: 40 }, id);
  await store.append({
    payloads: [],
    rows: made.map((row, index) => ({ table: 'units', row: { id: row, name: `Unit ${index}` } })),
  });
  sync.start();
  await settled();
  expect(new Set(cloud.rows)).toEqual(new Set(made));
  expect(await readOutbox(store, 0, 10)).toEqual([]);
});

const writeUnits = async (count: number) => {
  const made = Array.from({ length: count }, id);
  await store.append({
    payloads: [],
    rows: made.map((row, index) => ({ table: 'units', row: { id: row, name: `Unit ${index}` } })),
  });
  return made;
};

it('passes over a row that is refused alone, calls somebody, and offers it again after an hour', async () => {
  const made = await writeUnits(40);
  const [poison] = made;
  cloud.poison = poison ?? '';
  sync.start();
  const waits = async () => (await sync.view()).rows;
  await waitFor(async () => (await waits()) === 1, WITHIN_MS, 'all others to be sent');
  expect(new Set(cloud.rows)).toEqual(new Set(made.slice(1)));
  expect(refused).toEqual([`row ${poison} of units`]);
  await clock.advance(30 * 60_000);
  expect(refused).toHaveLength(1);
  cloud.poison = null;
  await waitFor(
    async () => {
      await clock.advance(HEARTBEAT_EVERY_MS);
      return (await waits()) === 0;
    },
    WITHIN_MS,
    'it to be offered again',
  );
});

it('keeps rows of a table that an older cloud does not know, calls nobody, and offers them again after an hour', async () => {
  cloud.unknownTables = ['carriers'];
  const carriers = Array.from({ length: 300 }, id);
  await store.append({
    payloads: [],
    rows: carriers.map((row, index) => ({ table: 'carriers', row: { id: row, name: `Carrier ${index}` } })),
  });
  const made = await writeUnits(40);
  sync.start();
  const waits = async () => (await sync.view()).rows;
  await waitFor(async () => (await waits()) === carriers.length, WITHIN_MS, 'all others to be sent');
  expect(new Set(cloud.rows)).toEqual(new Set(made));
  expect([refused, (await sync.view()).state]).toEqual([[], 'live']);
  // It is upgraded.
  cloud.unknownTables = [];
  await waitFor(
    async () => {
      await clock.advance(HEARTBEAT_EVERY_MS);
      return (await waits()) === 0;
    },
    WITHIN_MS,
    'them to be offered again',
  );
  expect(new Set(cloud.rows)).toEqual(new Set([...made, ...carriers]));
});

it('takes a cloud that refuses every row for one that is ill, and calls about few of them', async () => {
  await writeUnits(60);
  cloud.maxRows = 0;
  sync.start();
  await waitFor(async () => (await sync.view()).state === 'offline', WITHIN_MS, 'it to pause');
  expect(refused.length).toBeLessThan(20);
  const counted = { reconnects: 0, refused: refused.length };
  expect(await sync.figures()).toMatchObject({ isLive: false, ...counted });
  cloud.maxRows = Number.POSITIVE_INFINITY;
  await waitFor(
    async () => {
      await clock.advance(HEARTBEAT_EVERY_MS);
      return (await sync.view()).rows === 0;
    },
    WITHIN_MS,
    'all to be sent, the refused ones after an hour',
  );
  expect(await sync.figures()).toMatchObject({ isLive: true, ...counted, reconnects: 1 });
});

it('lets no row wait behind an entry that is refused', async () => {
  await happens(3);
  cloud.poison = log.head().seq - 1;
  const made = await writeUnits(5);
  sync.start();
  await waitFor(() => cloud.rows.length >= made.length, WITHIN_MS, 'the rows to be sent');
  expect(cloud.head.seq).toBe(cloud.poison - 1);
  expect(refused).toEqual([`entry ${cloud.poison}`]);
  cloud.poison = null;
  await waitFor(
    async () => {
      await clock.advance(HEARTBEAT_EVERY_MS);
      return cloud.head.seq === log.head().seq;
    },
    WITHIN_MS,
    'the entry to be taken',
  );
});

it('is heard all through a long catch-up', async () => {
  await happens(5_000);
  // Each batch of 500 takes 20 s of a bad line.
  cloud.onEntries = () => clock.advance(20_000);
  sync.start();
  await settled();
  expect(cloud.beats.length).toBeGreaterThanOrEqual(5);
});

it('sends what was written while it sent something else, without waiting for the next heartbeat', async () => {
  cloud.onRows = async () => {
    cloud.onRows = async () => {};
    await happens();
  };
  await store.append({ payloads: [], rows: [{ table: 'units', row: { id: id(), name: '1A' } }] });
  sync.start();
  // The clock stands still: no pause of it ends.
  await settled();
  expect(cloud.head).toEqual(log.head());
});

it('hands over what it held when it was fenced, however often the line fails, and follows no shape after', async () => {
  const first = log.head().seq + 1;
  await happens(10);
  cloud.isFenced = true;
  cloud.refusals = 3;
  cloud.maxOrphans = 4;
  sync.start();
  await waitFor(
    async () => {
      await clock.advance(60_000);
      return cloud.orphans.length >= 10;
    },
    WITHIN_MS,
    'the orphans to be taken',
  );
  expect(new Set(cloud.orphans)).toEqual(new Set(Array.from({ length: 10 }, (_, index) => first + index)));
  await happens();
  // Somebody still used it: its clock stands still, no pause of it ends.
  await waitFor(() => cloud.orphans.includes(first + 10), WITHIN_MS, 'what was written to it later');
  expect(following).toBe(0);
  const beats = cloud.beats.length;
  await clock.advance(3_600_000);
  expect([cloud.beats.length, (await sync.view()).state]).toEqual([beats, 'fenced']);
});
