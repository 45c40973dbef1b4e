/**
 * An update whose updater is killed, or whose machine loses power, at every step: `node sim/torture/update-rounds.ts`.
 * A round is one half step of one kind of newer release, and every other one dies once more on its way back.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fraction, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { wholeNumber } from '../testing/numbers.ts';
import { UpdateBuilding } from './update-building.ts';
import { FAULTS } from './update-parts.ts';

/** An update has fewer; the last rounds of each kind are whole updates. */
const HALF_STEPS = 80;
/** Of giving up, the shortest way back. */
const BACK_HALF_STEPS = 8;
const ALL = HALF_STEPS * FAULTS.length;

async function main(): Promise<void> {
  const { rounds } = new Command('update-rounds')
    .description('kill -9 of the updater, and power cuts, at every step of an update.')
    .option('--rounds <number>', 'how many', wholeNumber, ALL)
    .parse()
    .opts<{ rounds: number }>();
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-update-rounds-'));
  const building = await UpdateBuilding.start(folder);
  try {
    for (let round = 0; round < rounds; round++) {
      const fault = FAULTS[round % FAULTS.length] ?? 'none';
      // Fewer rounds are spread over all steps.
      const first = Math.floor((round * HALF_STEPS) / rounds);
      const second = round % 2 === 0 ? [] : [Math.floor(BACK_HALF_STEPS * fraction(systemRandom))];
      const isPowerCut = Math.floor(round / 6) % 2 === 0;
      const cut = { fault, killAt: [first, ...second], isPowerCut };
      const { deaths, release, faults } = await building.update(cut);
      const how = isPowerCut ? 'power cut' : 'kill -9';
      console.log(
        `round ${round + 1}/${rounds}: ${fault}, ${how} at ${cut.killAt.join(', ')}: ${deaths} deaths, ${release}`,
      );
      if (faults.length === 0) continue;
      console.error(`FAILED: ${faults.join('; ')}; see ${folder}`);
      process.exitCode = 1;
      return;
    }
  } finally {
    await building.end();
  }
  await rm(folder, { recursive: true });
}

await main();
