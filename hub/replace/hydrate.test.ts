/** A log that comes down in the worst order is taken whole, in its own, with few entries kept meanwhile. */
import { EMPTY_HEAD, type Entry, type Head, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { expect, it } from 'vitest';
import type { Arrival, Batch, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { ShapeSource } from '../sync/cloud.ts';
import { hydrateLog, hydrateTable } from './hydrate.ts';

const ENTRIES = 9_000;
/** Rows of one response. */
const PAGE = 500;

const entries = logHistory(new SeededRandom(5), ENTRIES, EMPTY_HEAD);
const { seq, hash } = entries[ENTRIES - 1] ?? EMPTY_HEAD;

/** Checks the chain as a store does. */
class ChainedStore {
  readonly taken: Entry[] = [];
  #head: Head = EMPTY_HEAD;

  head = () => this.#head;

  async append({ imported = [] }: Batch): Promise<readonly Entry[]> {
    this.#head = verifyChain(this.#head, imported);
    this.taken.push(...imported);
    return imported;
  }
}

/** @param order in which the cloud gives them */
function shapeOf(order: readonly Entry[]): ShapeSource & { reads: number } {
  return {
    reads: 0,
    async follow(_shape, _from, onRows, signal) {
      this.reads += 1;
      for (let at = 0; at < order.length && !signal.aborted; at += PAGE) {
        const page = order.slice(at, at + PAGE).map((entry) => ({ ...entry }));
        await onRows(page, { handle: 'h', offset: `0_${at}` }, at + PAGE >= order.length);
      }
      if (!signal.aborted) throw new Error('nothing more will ever come');
    },
  };
}

it.each([
  ['in its order', entries, 1],
  ['the newest first', entries.toReversed(), 4],
])('reads a log that comes %s', async (_how, order, reads) => {
  const store = new ChainedStore();
  const shapes = shapeOf(order);
  await hydrateLog(store, shapes, { seq, hash }, () => {});
  expect(store.taken).toHaveLength(ENTRIES);
  expect(shapes.reads).toBe(reads);
});

it('says so if the log ends in another entry', async () => {
  await expect(
    hydrateLog(new ChainedStore(), shapeOf(entries), { seq, hash: 'ab'.repeat(32) }, () => {}),
  ).rejects.toMatchObject({ code: 'replace-refused' });
});

/** Units that come in three responses, of which the store does not take those in `refused`. */
async function hydrateUnits(refused: readonly string[]): Promise<readonly string[]> {
  const taken: string[] = [];
  const merge = async ({ rows }: Arrival) => {
    const [id = ''] = rows[0] ?? [];
    if (refused.includes(id)) throw new StoreError('closed', 'the plug was pulled');
    taken.push(id);
    return { entries: [], written: [], changed: [] };
  };
  const stamps = { fields: {}, switches: {}, removed: null, erased: null, unknown: {} };
  const shapes: ShapeSource = {
    async follow(_shape, _from, onRows, signal) {
      for (const [at, id] of ['a', 'b', 'c'].entries()) {
        await onRows([{ id, stamps }], { handle: 'h', offset: `0_${at}` }, id === 'c');
      }
      if (!signal.aborted) throw new Error('nothing more will ever come');
    },
  };
  const done = await Promise.allSettled([hydrateTable({ merge } as unknown as Store, shapes, 'units')]);
  return done[0].status === 'fulfilled' ? taken : [...taken, String(done[0].reason.code)];
}

it('writes rows in the order in which they come, and is not done before the last of them', async () => {
  expect(await hydrateUnits([])).toEqual(['a', 'b', 'c']);
});

it.each([
  ['in the middle', ['b'], ['a', 'closed']],
  ['at the end', ['c'], ['a', 'b', 'closed']],
])('writes nothing behind rows that the store did not take, %s', async (_where, refused, taken) => {
  expect(await hydrateUnits(refused)).toEqual(taken);
});
