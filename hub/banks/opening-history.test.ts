/** What every `OpeningHistory` answers: over the store on disk, and over the log in memory of simulations. */
import type { DoorRecord } from '@lockerhub/protocol/bank/messages.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { GrantEnd } from '@lockerhub/protocol/log/payloads/openings.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { memoryHistory } from '@lockerhub/sim/scenarios/virtual/virtual-history.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryLog } from '../store/memory.ts';
import { openStore } from '../store/pglite/open.ts';
import type { Log } from '../store/store.ts';
import { type OpeningHistory, openingHistory } from './opening-history.ts';

interface Subject {
  readonly log: Log;
  readonly history: OpeningHistory;
  end(): Promise<void>;
}

async function onDisk(): Promise<Subject> {
  const { folder, remove } = await freshStoreFolder();
  const broken = (error: Error) => {
    throw error;
  };
  const shared = {
    node: 'h-00000000',
    clock: systemClock,
    random: systemRandom,
    freeBytes: async () => 1e12,
  };
  const store = await openStore({ folder, epoch: 1, ...shared, onBroken: broken, onWarning: broken });
  const end = async () => {
    await store.close();
    await remove();
  };
  return { log: store, history: openingHistory(store), end };
}

async function inMemory(): Promise<Subject> {
  const disk = new MemoryDisk();
  const log = new MemoryLog({ epoch: 1, random: systemRandom, disk });
  return { log, history: memoryHistory(disk), end: async () => {} };
}

const id = () => newId(systemClock, systemRandom);
const stamp = { at: 0, clock: 'trusted', by: { kind: 'hub' } } as const;

describe.each([
  ['the store on disk', onDisk],
  ['the log in memory', inMemory],
])('%s', (_name, open) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.end());

  /** An opening as the log tells it. @returns its grant and the `seq` of that. */
  async function opening(bank: string, compartment: number, end: GrantEnd | null) {
    const grant = id();
    const data = { grant, purpose: 'staff', delivery: null, visit: null, bank, compartment } as const;
    const payloads: Payload[] = [{ type: 'grant.issued', data, ...stamp }];
    if (end) payloads.push({ type: 'grant.ended', data: { grant, delivery: null, end }, ...stamp });
    const [issued] = await subject.log.append({ payloads });
    return { grant, seq: issued?.seq ?? 0 };
  }

  async function beside(bank: string, ...told: (readonly [number, string | null])[]) {
    const records = told.map(
      ([compartment, grant]): DoorRecord => ({
        ...{ compartment, grant, delivery: null, purpose: null, outcome: null, closed: false },
        ...{ outstanding: false, openedAt: null, forced: false },
      }),
    );
    const compared = await subject.history.beside(bank, records);
    return compared.map(({ compartment, grantSeq, newestSeq }) => [compartment, grantSeq, newestSeq]);
  }

  it('knows the grants that the log has, and the newest for which each door was pulsed', async () => {
    const first = await opening('a', 1, 'opened');
    const second = await opening('a', 1, 'jammed');
    const other = await opening('b', 1, 'opened');
    await opening('a', 1, 'refused');
    await opening('a', 1, 'expired');
    await opening('a', 1, 'burned');
    const underWay = await opening('a', 1, null);
    expect(await beside('a', [1, first.grant], [2, id()], [3, null])).toEqual([
      [1, first.seq, second.seq],
      [2, null, null],
      [3, null, null],
    ]);
    expect(await beside('a', [1, underWay.grant])).toEqual([[1, underWay.seq, second.seq]]);
    expect(await beside('b', [1, other.grant])).toEqual([[1, other.seq, other.seq]]);
    expect(await beside('b')).toEqual([]);
  });
});
