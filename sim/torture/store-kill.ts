/** kill -9 of a process that writes to the store, again and again: `node sim/torture/store-kill.ts --rounds 50`. */

import { fraction, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { wholeNumber } from '../testing/numbers.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';
import { type Acknowledged, compare, killHard, writeUntil } from './store-crash.ts';

/** The longest that a writer writes before it is killed. */
const WRITE_UP_TO_MS = 800;

async function main(): Promise<void> {
  const { rounds } = new Command('store-kill')
    .description('kill -9 of a process that writes to the store.')
    .option('--rounds <number>', 'how many', wholeNumber, 50)
    .parse()
    .opts<{ rounds: number }>();
  const { folder, remove } = await freshStoreFolder();
  const all: Acknowledged = new Map();
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const told = await writeUntil('product', folder, WRITE_UP_TO_MS * fraction(systemRandom), killHard);
      for (const [entry, hash] of told) all.set(entry, hash);
      const { lost, unopened } = await compare('product', folder, all);
      const trouble = unopened === null ? '' : `, not opened (${unopened})`;
      console.log(`round ${round}/${rounds}: ${all.size} acknowledged, ${lost} lost${trouble}`);
      if (lost > 0 || unopened !== null) {
        console.error('FAILED: the store lost what it had acknowledged');
        process.exitCode = 1;
        return;
      }
    }
  } finally {
    await remove();
  }
}

await main();
