/**
 * `npm run torture`: everything that tries for long to break what must never break, part after part.
 *
 *     npm run torture                                all of it
 *     npm run torture -- --only kill                 one part
 *     npm run torture -- --only scenarios --rounds 4 less of it
 *
 * Each part is a process of its own, and its last table says what it did. Ends with 1 if a part failed.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Command, Option } from 'commander';
import { wholeNumber } from '../testing/numbers.ts';

interface Part {
  readonly script: string;
  readonly what: string;
  /** Of the whole torture; a part without rounds takes no `--rounds`. */
  readonly rounds: number | null;
}

/** Issue 2, "Tests that must exist": 50,000 deliveries (100 buildings of 500), 50 rounds, 50 cuts, the planted bugs; issue 4: the cloud. */
const PARTS: Readonly<Record<string, Part>> = {
  scenarios: { script: 'scenarios.ts', what: 'the building on a virtual clock', rounds: 100 },
  kill: { script: 'kill-rounds.ts', what: 'kill -9 of hub and agent', rounds: 50 },
  sync: { script: 'sync-rounds.ts', what: 'kill -9 of hub and cloud behind a bad internet', rounds: 20 },
  year: { script: 'year-alone.ts', what: 'a building joins a cloud with 100,000 entries', rounds: null },
  store: { script: 'store-kill.ts', what: 'kill -9 of the store', rounds: 50 },
  update: {
    script: 'update-rounds.ts',
    what: 'kill -9 and power cuts at every step of an update',
    rounds: 240,
  },
  power: { script: 'power-cut.ts', what: 'power cuts under the store', rounds: 50 },
  planted: { script: 'planted.ts', what: 'planted bugs', rounds: null },
};

type Result = 'passed' | 'failed' | 'skipped';

interface Done {
  readonly part: string;
  readonly rounds: number | string;
  readonly minutes: string;
  readonly result: Result;
}

/** A part that cannot run here says so in this form and ends with 0. */
const SKIP = /^1 skipped: /;

/** Runs a part to its end and passes on what it says. */
async function run(name: string, part: Part, rounds: number | null): Promise<Done> {
  console.log(`\n── ${name}: ${part.what}${rounds === null ? '' : `, ${rounds} rounds`}`);
  const startedMs = systemClock.monotonicMs();
  const words = rounds === null ? [] : ['--rounds', String(rounds)];
  const child = spawn(process.execPath, [join(import.meta.dirname, part.script), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let isSkipped = false;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (SKIP.test(line)) isSkipped = true;
    console.log(`   ${line}`);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const result = code !== 0 ? 'failed' : isSkipped ? 'skipped' : 'passed';
  const minutes = ((systemClock.monotonicMs() - startedMs) / 60_000).toFixed(1);
  return { part: name, rounds: rounds ?? '', minutes, result };
}

function readOptions(): { readonly names: readonly string[]; readonly rounds: number | undefined } {
  const all = Object.keys(PARTS);
  const { only, rounds } = new Command('torture')
    .description('Everything that tries for long to break what must never break, part after part.')
    .addOption(new Option('--only <part>', 'one part').choices(all))
    .option('--rounds <number>', 'of each part that has rounds', wholeNumber)
    .parse()
    .opts<{ only?: string; rounds?: number }>();
  return { names: only === undefined ? all : [only], rounds };
}

async function main(): Promise<void> {
  const { names, rounds } = readOptions();
  const done: Done[] = [];
  for (const name of names) {
    const part = PARTS[name];
    if (part) done.push(await run(name, part, part.rounds === null ? null : (rounds ?? part.rounds)));
  }
  console.log('');
  console.table(done);
  const count = (result: Result) => done.filter((one) => one.result === result).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  if (count('failed') > 0) process.exitCode = 1;
}

await main();
