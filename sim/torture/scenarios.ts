/**
 * The whole building on virtual clocks, many seeds on all cores: `node sim/torture/scenarios.ts --rounds 100`.
 *
 * A round is a building of its own with 500 deliveries. `--first N` is the first seed. A seed that fails replays exactly.
 */

import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Command } from 'commander';
import { type Report, runScenario } from '../scenarios/scenario.ts';
import { wholeNumber } from '../testing/numbers.ts';

const DELIVERIES_EACH = 500;

/** What a worker says of one seed; `failure` if the run could not be finished. */
type Told = { readonly seed: number; readonly report?: Report; readonly failure?: string };

function work(port: NonNullable<typeof parentPort>): void {
  port.on('message', (seed: number) => {
    runScenario({ seed, deliveries: DELIVERIES_EACH }).then(
      (report) => port.postMessage({ seed, report } satisfies Told),
      (error: unknown) => port.postMessage({ seed, failure: stackOf(error) } satisfies Told),
    );
  });
}

/** Hands seeds to workers, one each at a time; `tell` hears each result as it comes. */
async function runSeeds(seeds: readonly number[], tell: (told: Told) => void): Promise<void> {
  const left = [...seeds];
  const workers = Array.from({ length: Math.min(availableParallelism(), seeds.length) }, async () => {
    const worker = new Worker(new URL(import.meta.url));
    try {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift())
        tell(await askWorker(worker, seed));
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(workers);
}

function askWorker(worker: Worker, seed: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (told: Told) => {
      worker.off('error', reject);
      resolve(told);
    });
    worker.postMessage(seed);
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function main(): Promise<void> {
  const { rounds, first } = new Command('scenarios')
    .description('Many simulated buildings, one a seed, on all cores.')
    .option('--rounds <number>', 'how many buildings', wholeNumber, 100)
    .option('--first <number>', 'the first seed', wholeNumber, 1000)
    .parse()
    .opts<{ rounds: number; first: number }>();
  const totals = { rounds: 0, deliveries: 0, acknowledged: 0, faults: 0, entries: 0 };
  await runSeeds(
    Array.from({ length: rounds }, (_, index) => first + index),
    ({ seed, report, failure }) => {
      totals.rounds += 1;
      if (!report || report.violations.length > 0) {
        process.exitCode = 1;
        for (const what of report?.violations ?? [failure]) console.error(`seed ${seed}: VIOLATED ${what}`);
      }
      if (!report) return;
      totals.deliveries += report.deliveries;
      totals.acknowledged += report.acknowledged;
      totals.faults += Object.values(report.faults).reduce((sum, count) => sum + count, 0);
      totals.entries += report.entries;
      console.log(
        `round ${totals.rounds}/${rounds} (seed ${seed}): ${report.deliveries} deliveries; so far ${totals.deliveries} and ${totals.faults} faults`,
      );
    },
  );
  console.table({ scenarios: totals });
}

if (!isMainThread && parentPort) work(parentPort);
else if (import.meta.main) await main();
