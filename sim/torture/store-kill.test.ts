/** kill -9 of a process that writes to the store, at moments that nobody chose. `npm run torture` does it at length. */
import { fraction, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { expect, it } from 'vitest';
import { type Acknowledged, compare, killHard, writeUntil } from './store-crash.ts';

const ROUNDS = 2;

it('the store loses nothing that it acknowledged when its process is killed', {
  timeout: 120_000,
}, async () => {
  const { folder, remove } = await freshStoreFolder();
  const all: Acknowledged = new Map();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const told = await writeUntil('product', folder, 300 * fraction(systemRandom), killHard);
      for (const [entry, hash] of told) all.set(entry, hash);
      const verdict = await compare('product', folder, all);
      expect(verdict).toEqual({ acknowledged: all.size, lost: 0, unopened: null });
      expect(verdict.acknowledged).toBeGreaterThan(0);
    }
  } finally {
    await remove();
  }
});
