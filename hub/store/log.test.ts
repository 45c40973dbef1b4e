/** What every `Log` promises, run against the one in memory and the one on disk. */
import { EMPTY_HEAD, type Entry, type Head, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload, type Payload } from '@lockerhub/protocol/log/payload.ts';
import { subjectOf } from '@lockerhub/protocol/log/subject.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryLog } from './memory.ts';
import { openStore } from './pglite/open.ts';
import { columnOf } from './pglite/row-tables.ts';
import type { Log } from './store.ts';

interface Subject {
  log: Log;
  /** Ends this one and opens the same data again. */
  reopen(): Promise<void>;
  unit(id: string): Promise<unknown>;
  remove(): Promise<void>;
}

async function inMemory(): Promise<Subject> {
  const disk = new MemoryDisk();
  const open = () => new MemoryLog({ epoch: 1, random: systemRandom, disk });
  let log = open();
  return {
    get log() {
      return log;
    },
    async reopen() {
      log = open();
    },
    unit: async (id) => log.rows('units').get(id),
    remove: async () => {},
  };
}

async function onDisk(): Promise<Subject> {
  const { folder, remove } = await freshStoreFolder();
  const broken = (error: Error) => {
    throw error;
  };
  const open = () =>
    openStore({
      folder,
      epoch: 1,
      node: 'h-1',
      clock: systemClock,
      random: systemRandom,
      onBroken: broken,
      onWarning: broken,
      freeBytes: async () => 1e12,
    });
  let store = await open();
  return {
    get log() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await open();
    },
    unit: async (id) =>
      (await store.query(`select id, name from units where ${columnOf('id')} = $1`, [id]))[0],
    async remove() {
      await store.close();
      await remove();
    },
  };
}

const hub = { at: 1_700_000_000_000, clock: 'trusted', by: { kind: 'hub' } } as const;
const id = () => newId(systemClock, systemRandom);
const started = (): Payload => ({ ...hub, type: 'hub.started', data: { bootId: id(), software: 'test' } });
const assigned = (delivery: string): Payload => ({
  ...hub,
  type: 'delivery.assigned',
  data: {
    delivery,
    visit: id(),
    unit: id(),
    household: id(),
    resident: null,
    carrier: null,
    size: 'M',
    bank: 'lobby',
    compartment: 3,
  },
});
const archived = (delivery: string): Payload => ({ ...hub, type: 'delivery.archived', data: { delivery } });
const deposited = (delivery: string): Payload => ({
  ...hub,
  type: 'delivery.deposited',
  data: { delivery, confirmation: 'confirmed' },
});
const door = (type: 'compartment.retired' | 'compartment.returned', compartment: number): Payload => ({
  ...hub,
  type,
  data: { bank: 'lobby', compartment, reason: 'test' },
});

async function living(log: Log): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of log.living()) entries.push(entry);
  return entries;
}

const typesOf = (entries: readonly Entry[]) => entries.map(({ payload }) => decodePayload(payload).type);

describe.each([
  ['in memory', inMemory],
  ['on disk', onDisk],
] as const)('the log %s', (name, make) => {
  // One for all tests, because opening one takes long: each looks only at what it did itself, behind `start`.
  let subject: Subject;
  let start: Head;
  beforeAll(async () => {
    subject = await make();
    expect(subject.log.head()).toEqual(EMPTY_HEAD);
  });
  beforeEach(() => {
    start = subject.log.head();
  });
  afterAll(() => subject.remove());

  const livingSinceStart = async () => (await living(subject.log)).filter(({ seq }) => seq > start.seq);

  it('chains what is appended, in the order of the calls, and goes on after it is opened again', async () => {
    const calls = Array.from({ length: 40 }, (_, index) =>
      subject.log.append({ payloads: Array.from({ length: index % 4 }, started) }),
    );
    const entries = (await Promise.all(calls)).flat();
    const head = verifyChain(start, entries);
    expect(head.seq).toBe(start.seq + 60);
    expect(subject.log.head()).toEqual(head);

    await subject.reopen();
    expect(subject.log.head()).toEqual(head);
    const more = await subject.log.append({ payloads: [started()] });
    expect(verifyChain(head, more)).toEqual(subject.log.head());
  });

  it('refuses a payload that could not be read again, whole batch, and takes the next one', async () => {
    const { log, unit } = subject;
    const bad = { ...hub, type: 'hub.started', data: { bootId: 'no id', software: 'x' } } as Payload;
    const large = {
      ...hub,
      type: 'case.closed',
      data: { case: id(), resolution: 'x'.repeat(501) },
    } as Payload;
    const row = { table: 'units', row: { id: id(), name: '4B' } } as const;
    for (const wrong of [bad, large]) {
      await expect(log.append({ payloads: [started(), wrong], rows: [row] })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'entry-invalid',
      });
    }
    expect(log.head()).toEqual(start);
    expect(await unit(row.row.id)).toBeUndefined();
    expect(verifyChain(start, await log.append({ payloads: [started()] })).seq).toBe(start.seq + 1);
  });

  it('writes, replaces and removes rows with the entries', async () => {
    const unit = { id: id(), name: '4B' };
    await subject.log.append({ payloads: [started()], rows: [{ table: 'units', row: unit }] });
    expect(await subject.unit(unit.id)).toEqual(unit);
    await subject.log.append({ payloads: [], rows: [{ table: 'units', row: { ...unit, name: '4C' } }] });
    await subject.reopen();
    expect(await subject.unit(unit.id)).toEqual({ ...unit, name: '4C' });
    await subject.log.append({ payloads: [], rows: [{ table: 'units', remove: unit.id }] });
    expect(await subject.unit(unit.id)).toBeUndefined();
  });

  it('tells of the living only, from birth on, oldest first', async () => {
    const [a, b, c] = [id(), id(), id()];
    const retire = door('compartment.retired', 3);
    await subject.log.append({ payloads: [assigned(a), started(), assigned(b), retire] });
    await subject.log.append({ payloads: [deposited(a), archived(b), door('compartment.returned', 3)] });
    // A late word about the dead does not wake them; a door retired again begins a new life.
    await subject.log.append({ payloads: [deposited(b), assigned(c), retire] });
    await subject.reopen();
    const entries = await livingSinceStart();
    expect(typesOf(entries)).toEqual([
      'delivery.assigned',
      'delivery.deposited',
      'delivery.assigned',
      'compartment.retired',
    ]);
    expect(entries.map(({ seq }) => seq - start.seq)).toEqual([1, 5, 9, 10]);
  });

  it('tells of the living as the rule of subjects says, whatever happened', async () => {
    const ids = [id(), id(), id()];
    const anyId = fc.constantFrom(...ids);
    const anyPayload = fc.oneof(
      anyId.map(deposited),
      anyId.map(archived),
      fc.constantFrom(1, 2).map((n) => door('compartment.retired', n)),
      fc.constantFrom(1, 2).map((n) => door('compartment.returned', n)),
      anyId.map((holder): Payload => ({ ...hub, type: 'code.issued', data: { holder, generation: 1 } })),
    );
    const all: Entry[] = [];
    const histories = fc.array(fc.array(anyPayload, { maxLength: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(histories, async (batches) => {
        for (const payloads of batches) all.push(...(await subject.log.append({ payloads })));
        expect((await livingSinceStart()).map(({ seq }) => seq)).toEqual(seqsOfLiving(all));
      }),
      { numRuns: name === 'on disk' ? 10 : 50, endOnFailure: true },
    );
  });
});

/** The rule said once more, another way: an entry counts if it was said in its subject's present life. */
function seqsOfLiving(entries: readonly Entry[]): number[] {
  const said = Map.groupBy(
    entries.flatMap((entry) => {
      const payload = decodePayload(entry.payload);
      const about = payload.type === 'unknown' ? null : subjectOf(payload);
      return about ? [{ seq: entry.seq, ...about }] : [];
    }),
    ({ subject }) => subject,
  );
  const present = [...said.values()].map((words) => {
    const life = words.slice(words.findLastIndex((word) => word.life === 'dies') + 1);
    const birth = life.findIndex((word) => word.life === 'born');
    return birth === -1 ? [] : life.slice(birth);
  });
  return present
    .flat()
    .map(({ seq }) => seq)
    .sort((a, b) => a - b);
}
