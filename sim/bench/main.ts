/**
 * `npm run bench`: what an open, polling, reports, codes, imports, catching up with the cloud and what comes down from it, memory and starts cost, beside floors and peers in the same run.
 * A miss is shown and ends with 0, for the machine decides it too; 1 means that something failed.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { Command, Option } from 'commander';
import { benchCapacity } from './capacity.ts';
import { benchCatchUp } from './catch-up.ts';
import { benchCode } from './code.ts';
import { benchConfirm } from './confirm.ts';
import { benchImport } from './import.ts';
import { benchMemory } from './memory.ts';
import { benchOpen } from './open.ts';
import { benchPoll } from './poll.ts';
import { benchReport } from './report.ts';
import { benchSearch } from './search.ts';
import { benchSerial } from './serial.ts';
import { benchSync } from './sync.ts';
import { formatTable, type Row } from './table.ts';

type Bench = (say: (words: string) => void, quick: boolean) => Promise<Row[]>;

const BENCHES: Readonly<Record<string, Bench>> = {
  open: benchOpen,
  confirm: benchConfirm,
  poll: benchPoll,
  capacity: benchCapacity,
  serial: benchSerial,
  report: benchReport,
  search: benchSearch,
  code: benchCode,
  import: benchImport,
  'catch-up': benchCatchUp,
  sync: benchSync,
  memory: benchMemory,
};

interface Options {
  readonly only?: string;
  readonly quick: boolean;
}

async function main({ only, quick }: Options): Promise<boolean> {
  const rows: Row[] = [];
  const failed: string[] = [];
  console.log(`Lockerhub's bench${quick ? ', quickly' : ''}, on ${machine()}`);
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (only !== undefined && only !== name) continue;
    console.log(`\n${name} (load ${load()})`);
    try {
      rows.push(...(await bench((words) => console.log(words.replace(/^/gm, '  ')), quick)));
    } catch (error) {
      failed.push(name);
      console.error(`  ${name} FAILED:`, error);
    }
  }
  console.log(`\n${formatTable(rows)}`);
  const missed = rows.filter(({ met }) => met === false).length;
  const busy = `load at the end ${load()}; above ${availableParallelism()} the figures say little`;
  const verdict =
    missed === 0 ? `All aims${failed.length > 0 ? ' that were measured' : ''} met` : `${missed} missed`;
  console.log(`\n${verdict}; ${busy}.`);
  if (failed.length > 0) console.error(`Not measured, for it failed: ${failed.join(', ')}.`);
  return failed.length === 0;
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
