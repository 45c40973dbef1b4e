/** A log that comes down in the worst order is taken whole, in its own, with few entries kept meanwhile. */
import { EMPTY_HEAD, type Entry, type Head, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { expect, it } from 'vitest';
import type { Batch } from '../store/store.ts';
import type { ShapeSource } from '../sync/cloud.ts';
import { hydrateLog } from './hydrate.ts';

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
