/**
 * Polls 64 banks of 4 blocks each every 100 ms: this project's lines beside plain modbus-serial and a bare socket, on
 * the same simulated PLCs in another process.
 */
import { startFarm } from './farm.ts';
import { BLOCKS, INTERVAL_MS, POLLERS, type Poller, runCycles } from './pollers.ts';
import { median } from './samples.ts';
import type { Row } from './table.ts';

const BANKS = 64;
const WARM_UP_CYCLES = 20;
const CYCLES = 50;
const ROUNDS = 5;
const QUICK_ROUNDS = 1;
/** Of a core (third issue, "Speed"). */
const AIM = 0.18;

type Name = keyof typeof POLLERS;

/** What one round of polling cost. */
interface PollCost {
  /** CPU time (user and system) of the polling process, as a share of one core. */
  readonly coreShare: number;
  /** Cycles of a bank that were not begun because the one before was still under way. */
  readonly skipped: number;
}

/** Runs the bench, the ways of polling interleaved. */
export async function benchPoll(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const costs = await race(say, quick ? QUICK_ROUNDS : ROUNDS);
  const share = (name: Name) => median(costs[name].map(({ coreShare }) => coreShare));
  const skipped = (name: Name) => Math.max(...costs[name].map((cost) => cost.skipped));
  const what = `poll, ${BANKS} banks of ${BLOCKS.length} blocks each ${INTERVAL_MS} ms`;
  return [
    {
      what: `${what}, beside modbus-serial`,
      product: share('product'),
      peer: share('modbus-serial'),
      unit: 'cores',
      digits: 3,
      aim: `≤ ${AIM.toFixed(2)} cores`,
      met: share('product') <= AIM,
    },
    {
      what: `${what}, beside a bare socket`,
      product: share('product'),
      peer: share('bare socket'),
      unit: 'cores',
      digits: 3,
      aim: '',
      met: null,
    },
    {
      what: `poll, cycles skipped of ${CYCLES * BANKS}`,
      product: skipped('product'),
      peer: skipped('modbus-serial'),
      unit: '',
      digits: 0,
      aim: 'none',
      met: skipped('product') === 0,
    },
  ];
}

async function race(say: (words: string) => void, rounds: number): Promise<Record<Name, PollCost[]>> {
  const costs: Record<Name, PollCost[]> = { product: [], 'modbus-serial': [], 'bare socket': [] };
  const farm = await startFarm(BANKS);
  try {
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`);
      for (const name of Object.keys(costs) as Name[]) {
        const poller = await POLLERS[name](farm.ready);
        costs[name].push(await measure(poller));
        await poller.stop();
      }
    }
  } finally {
    await farm.stop();
  }
  return costs;
}

async function measure(poller: Poller): Promise<PollCost> {
  await runCycles(poller, BANKS, WARM_UP_CYCLES);
  const cpu = process.cpuUsage();
  const skipped = await runCycles(poller, BANKS, CYCLES);
  const { user, system } = process.cpuUsage(cpu);
  // Per cycle that was run, so that a busy machine that skips some does not make polling look cheaper.
  const fullTimeMs = ((CYCLES * BANKS - skipped) / BANKS) * INTERVAL_MS;
  return { coreShare: (user + system) / 1_000 / fullTimeMs, skipped };
}
