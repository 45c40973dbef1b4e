/**
 * `npm run bench`: what an open, polling, reports, catching up with the cloud, memory and starts cost, beside floors and peers in the same run.
 * A miss is shown and ends with 0, for the machine decides it too; 1 means that something failed.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { Command, Option } from 'commander';
import { benchCapacity } from './capacity.ts';
import { benchCatchUp } from './catch-up.ts';
import { benchConfirm } from './confirm.ts';
import { benchMemory } from './memory.ts';
import { benchOpen } from './open.ts';
import { benchPoll } from './poll.ts';
import { benchReport } from './report.ts';
import { benchSerial } from './serial.ts';
import { formatTable, type Row } from './table.ts';

type Bench = (say: (words: string) => void, quick: boolean) => Promise<Row[]>;

const BENCHES: Readonly<Record<string, Bench>> = {
  open: benchOpen,
  confirm: benchConfirm,
  poll: benchPoll,
  capacity: benchCapacity,
  serial: benchSerial,
  report: benchReport,
  'catch-up': benchCatchUp,
  memory: benchMemory,
};

interface Options {
  readonly only?: string;
  readonly quick: boolean;
}

async function main({ only, quick }: Options): Promise<boolean> {
  const rows: Row[] = [];
  let failed = false;
  console.log(`Lockerhub's bench${quick ? ', quickly' : ''}, on ${machine()}`);
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (only !== undefined && only !== name) continue;
    console.log(`\n${name} (load ${load()})`);
    try {
      rows.push(...(await bench((words) => console.log(words.replace(/^/gm, '  ')), quick)));
    } catch (error) {
      failed = true;
      console.error(`  ${name} FAILED:`, error);
    }
  }
  console.log(`\n${formatTable(rows)}`);
  const missed = rows.filter(({ met }) => met === false).length;
  const busy = `load at the end ${load()}; above ${availableParallelism()} the figures say little`;
  console.log(`\n${missed === 0 ? 'All aims met' : `${missed} missed`}; ${busy}.`);
  return !failed;
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}`;
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

const options = new Command('bench')
  .description('Measures the product beside floors and peers.')
  .addOption(new Option('--only <name>', 'one part').choices(Object.keys(BENCHES)))
  .option('--quick', 'fewer rounds: to see that it runs', false)
  .parse()
  .opts<Options>();
process.exitCode = (await main(options)) ? 0 : 1;
