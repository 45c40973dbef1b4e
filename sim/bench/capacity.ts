/**
 * How many banks one core polls every 100 ms with at most one cycle in a hundred skipped: this project's lines beside
 * plain modbus-serial and a bare socket. Each way of polling gets a process of its own, as many PLCs as it asks for in
 * others.
 */
import { z } from 'zod';
import { startFarm } from './farm.ts';
import type { POLLERS } from './pollers.ts';
import { asJson, startProgram } from './program.ts';
import { median } from './samples.ts';
import type { Row } from './table.ts';

/** Banks (third issue, "Speed"). */
const AIM = 512;
/** Where the search begins, and how finely it ends. */
const FIRST = 256;
const STEP = 32;
/** The simulated PLCs' process keeps up with so many; beyond that it would be them who are measured. */
const MOST = 1_280;
/** Of the cycles that were due. */
const KEPT_AIM = 0.99;
const ROUNDS = 3;
const QUICK_ROUNDS = 1;

const Trial = z.object({ kept: z.number().min(0).max(1) });
type Name = keyof typeof POLLERS;

/** Runs the bench, the ways of polling interleaved. */
export async function benchCapacity(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const found: Record<Name, number[]> = { product: [], 'modbus-serial': [], 'bare socket': [] };
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const farm = await startFarm(MOST);
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const name of Object.keys(found) as Name[]) {
        const banks = await search((count) => keeps(name, farm.ready.slice(0, count)));
        found[name].push(banks);
        say(`round ${round} of ${rounds}: ${name}, ${banks} banks`);
      }
    }
  } finally {
    await farm.stop();
  }
  const row = (peer: Name, aim: string, met: boolean | null): Row => ({
    what: `banks that one core polls, beside ${peer}`,
    product: median(found.product),
    peer: median(found[peer]),
    unit: 'banks',
    digits: 0,
    aim,
    met,
  });
  return [row('modbus-serial', `≥ ${AIM} banks`, median(found.product) >= AIM), row('bare socket', '', null)];
}

/** The largest number of banks for which `holds`, to within `STEP`; `MOST` if that holds too. */
async function search(holds: (banks: number) => Promise<boolean>): Promise<number> {
  let good = 0;
  let bad = FIRST;
  while (bad <= MOST && (await holds(bad))) {
    good = bad;
    bad *= 2;
  }
  bad = Math.min(bad, MOST + STEP);
  while (bad - good > STEP) {
    const middle = good + Math.floor((bad - good) / 2 / STEP) * STEP;
    if (await holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

async function keeps(name: Name, ports: readonly number[]): Promise<boolean> {
  const trial = await startProgram({
    script: 'sim/bench/capacity-trial.ts',
    arguments: [name, JSON.stringify(ports)],
    ready: (line) => Trial.safeParse(asJson(line)).data,
  });
  await trial.ended;
  return trial.ready.kept >= KEPT_AIM;
}
