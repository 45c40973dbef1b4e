/**
 * An open, from the POST to the moment the door is confirmed, beside a floor of what no program can do without. Both
 * in real processes, with a simulated PLC each whose doors open at once; rounds interleaved.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyStoreIn } from '../testing/store-folder.ts';
import { type Contender, type Opened, openRound, type Stages } from './contender.ts';
import { startFloor } from './floor/start.ts';
import { furnish, openHouse, type Reach, startDoorPlc } from './house.ts';
import { Product } from './product.ts';
import { median, percentile } from './samples.ts';
import type { Row } from './table.ts';

const ROUNDS = 12;
const QUICK_ROUNDS = 4;
/** The first rounds run on cold code: not counted. */
const WARM_UP_ROUNDS = 2;
const AIM = 2;

/** What the bench of opens found for one contender. */
interface OpenFigures {
  readonly what: string;
  /** The median of the rounds' medians. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly stages: Stages;
  readonly opens: number;
}

/** Runs the bench. */
export async function benchOpen(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bench-open-'));
  const contenders: Contender[] = [];
  try {
    say('starting hubs, agents, PLCs and the floor');
    contenders.push(await startProduct(join(folder, 'agent'), 'agent'));
    contenders.push(await startProduct(join(folder, 'bridge'), 'hub'));
    contenders.push(await startFloor(join(folder, 'floor')));
    const figures = await race(contenders, quick ? QUICK_ROUNDS : ROUNDS, say);
    say(stagesTable(figures));
    return rowsOf(figures);
  } finally {
    for (const contender of contenders) await contender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function race(
  contenders: readonly Contender[],
  rounds: number,
  say: (words: string) => void,
): Promise<OpenFigures[]> {
  const counted = contenders.map(() => [] as Opened[][]);
  for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
    for (const [index, contender] of contenders.entries()) {
      const opened = await openRound(contender);
      if (round >= WARM_UP_ROUNDS) counted[index]?.push(opened);
    }
    if (round >= WARM_UP_ROUNDS) say(`round ${round - WARM_UP_ROUNDS + 1} of ${rounds}`);
  }
  return contenders.map(({ what }, index) => figuresOf(what, counted[index] ?? []));
}

function figuresOf(what: string, rounds: readonly (readonly Opened[])[]): OpenFigures {
  const all = rounds.flat();
  const middle = (stage: keyof Opened) =>
    median(rounds.map((round) => median(round.map((opened) => opened[stage]))));
  return {
    what,
    medianMs: middle('total'),
    p99Ms: percentile(
      all.map(({ total }) => total),
      99,
    ),
    stages: {
      commit: middle('commit'),
      order: middle('order'),
      door: middle('door'),
      report: middle('report'),
    },
    opens: all.length,
  };
}

function rowsOf(figures: readonly OpenFigures[]): Row[] {
  const floor = figures.at(-1);
  if (!floor) throw new RangeError('the floor is missing');
  return figures.slice(0, -1).flatMap(({ what, medianMs, p99Ms }): Row[] => [
    {
      what: `open, ${what}, median`,
      product: medianMs,
      peer: floor.medianMs,
      unit: 'ms',
      aim: `≤ ${AIM} × the floor`,
      met: medianMs <= AIM * floor.medianMs,
    },
    { what: `open, ${what}, p99`, product: p99Ms, peer: floor.p99Ms, unit: 'ms', aim: '', met: null },
  ]);
}

function stagesTable(figures: readonly OpenFigures[]): string {
  const lines = figures.map(({ what, medianMs, p99Ms, stages: { commit, order, door, report } }) => {
    const cells = [medianMs, p99Ms, commit, order, door, report];
    return `${what.padEnd(28)}${cells.map((ms) => ms.toFixed(2).padStart(9)).join('')}`;
  });
  const head = ['median', 'p99', 'commit', 'order', 'door', 'report']
    .map((name) => name.padStart(9))
    .join('');
  return [`where the time goes, ms`.padEnd(28) + head, ...lines].join('\n');
}

async function startProduct(folder: string, reach: Reach): Promise<Contender> {
  const plc = await startDoorPlc();
  await emptyStoreIn(join(folder, 'hub'));
  await furnish(folder, reach, plc.ready.port);
  const house = await openHouse(folder, reach, plc);
  return Product.join(house, reach === 'agent' ? 'agent process' : 'bridge of the hub');
}
