/**
 * Kills hub, gateway, shape server and Postgres with SIGKILL behind a bad internet, while parcels come and go and both
 * sides change people, again and again: `node sim/torture/sync-rounds.ts --rounds 20 [--seed N]`.
 *
 * After each round everything has to get there in time, and hub and cloud are compared entry by entry, effect by effect,
 * field by field, and with what both were told to do (I1, I4, I5, I6). The seed gives the same choices; the machine gives
 * the moments.
 */
import { delay, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { SeededRandom } from '../clock/seeded-random.ts';
import { type FaultKind, faultsByChance, NO_FAULT } from '../internet/fault.ts';
import { wholeNumber } from '../testing/numbers.ts';
import { waitFor } from '../testing/wait-for.ts';
import { bringParcels, fetchParcels, stepUp } from './kill-people.ts';
import { settle } from './kill-rounds.ts';
import { addressesOf, KillWitness } from './kill-witness.ts';
import { SyncBuilding, type SyncPart } from './sync-building.ts';
import { SyncStaff } from './sync-staff.ts';

/** Taken in turn, so that few rounds meet each process. */
const VICTIMS: readonly (readonly SyncPart[])[] = [
  ['hub', 'gateway', 'shapes', 'postgres'],
  ['postgres', 'shapes'],
  ['shapes'],
  ['hub', 'postgres'],
  ['gateway'],
  ['hub', 'gateway'],
  ['hub'],
  ['postgres', 'gateway'],
];
/** Of all requests. */
const FAULTY_SHARE = 0.3;
const BEFORE_MS = { from: 300, to: 2_500 } as const;
const DARK_MS = { from: 50, to: 3_000 } as const;
const CUT_MS = { from: 100, to: 3_000 } as const;
/** After a strike the building goes on, whether its cloud is there or not. */
const GOES_ON_WITHIN_MS = 120_000;
const BETWEEN_VISITS_MS = 200;

export interface SyncTotals {
  readonly rounds: number;
  readonly deposits: number;
  readonly pickups: number;
  readonly acts: number;
  readonly entries: number;
  readonly hubStarts: number;
  readonly faults: Partial<Record<FaultKind, number>>;
  readonly violations: readonly string[];
}

/** Runs rounds until all are done or something is wrong; `report` gets a line for each. */
export async function runSyncRounds(
  rounds: number,
  seed: number,
  report: (line: string) => void,
): Promise<SyncTotals> {
  const witness = new KillWitness();
  const world = await SyncBuilding.start(witness);
  const staff = new SyncStaff(world);
  const violations: string[] = [];
  let isSound = false;
  try {
    const random = new SeededRandom(seed);
    const street = { building: world.street, witness, addresses: await addressesOf(world.street.staff) };
    let done = 0;
    while (done < rounds && violations.length === 0) {
      const startedMs = systemClock.monotonicMs();
      const strike = drawStrike(done, random);
      done += 1;
      const faulty = faultsByChance(random.fork(), FAULTY_SHARE);
      world.internet.choose = faulty;
      await play(world, staff, street, strike, random.fork());
      world.internet.choose = () => NO_FAULT;
      await settle(street);
      violations.push(
        ...(await world.whenAgreed((store, cloud) => staff.broken(store, cloud))),
        ...witness.judge(),
      );
      const tookMs = systemClock.monotonicMs() - startedMs;
      const { deposits, pickups } = witness.acknowledged;
      report(
        `round ${done}/${rounds} (${(tookMs / 1000).toFixed(1)} s): ${inWords(strike)}; so far ${deposits} put in, ${pickups} taken, ${staff.acts} changes, ${witness.record.length} entries`,
      );
    }
    isSound = violations.length === 0;
    return {
      rounds: done,
      deposits: witness.acknowledged.deposits,
      pickups: witness.acknowledged.pickups,
      acts: staff.acts,
      entries: witness.record.length,
      hubStarts: world.street.hub.starts,
      faults: world.internet.tally,
      violations,
    };
  } finally {
    await staff.stop();
    await world.stop(!isSound);
    if (!isSound) report(`what all of them said is kept in ${world.street.folder}`);
  }
}

interface Strike {
  readonly beforeMs: number;
  readonly victims: readonly { readonly who: SyncPart; readonly afterMs: number; readonly darkMs: number }[];
  /** The line is cut so long as well; null: it is not. */
  readonly cutMs: number | null;
}

function drawStrike(round: number, random: SeededRandom): Strike {
  const between = ({ from, to }: { readonly from: number; readonly to: number }) => random.between(from, to);
  return {
    beforeMs: between(BEFORE_MS),
    victims: (VICTIMS[round % VICTIMS.length] ?? []).map((who) => ({
      who,
      afterMs: random.between(0, 400),
      darkMs: between(DARK_MS),
    })),
    cutMs: random.oneIn(2) ? between(CUT_MS) : null,
  };
}

function inWords({ beforeMs, victims, cutMs }: Strike): string {
  const names = victims.map(({ who, darkMs }) => `${who} (${darkMs} ms)`).join(' + ');
  return `${names} after ${beforeMs} ms${cutMs === null ? '' : `, line cut for ${cutMs} ms`}`;
}

type Street = Parameters<typeof stepUp>[0];

async function play(
  world: SyncBuilding,
  staff: SyncStaff,
  street: Street,
  strike: Strike,
  random: SeededRandom,
): Promise<void> {
  // Nobody brings a parcel to a bank that is away.
  await world.street.untilCalm();
  let isOver = false;
  const goesOn = () => !isOver;
  const busy = Promise.all([staff.work(random.fork(), goesOn), comeAndGo(street, random.fork(), goesOn)]);
  await delay(systemClock, strike.beforeMs);
  const cut = strike.cutMs === null ? null : cutFor(world, strike.cutMs);
  await Promise.all([
    cut,
    ...strike.victims.map(async ({ who, afterMs, darkMs }) => {
      await delay(systemClock, afterMs);
      await world.kill(who, darkMs);
    }),
  ]);
  await world.untilUp();
  const before = street.witness.acknowledged.deposits;
  await waitFor(
    () => street.witness.acknowledged.deposits > before,
    GOES_ON_WITHIN_MS,
    'a parcel to be put in after the strike',
  );
  isOver = true;
  await busy;
}

/** A courier with a parcel, a resident for theirs, and so on. */
async function comeAndGo(street: Street, random: SeededRandom, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    await bringParcels(stepUp(street, 'lobby', random.fork(), goesOn), 1);
    await fetchParcels(stepUp(street, 'walk', random.fork(), goesOn), 'lobby');
    await delay(systemClock, BETWEEN_VISITS_MS);
  }
}

async function cutFor({ internet }: SyncBuilding, cutMs: number): Promise<void> {
  internet.cut();
  await delay(systemClock, cutMs);
  internet.mend();
}

function drawSeed(): number {
  return new DataView(systemRandom.bytes(4).buffer).getUint32(0) + 1;
}

async function main(): Promise<void> {
  const { rounds, seed } = new Command('sync-rounds')
    .description('kill -9 of hub, gateway, shape server and Postgres behind a bad internet.')
    .option('--rounds <number>', 'how many', wholeNumber, 20)
    .option('--seed <number>', 'repeats the choices of a run', wholeNumber, drawSeed())
    .parse()
    .opts<{ rounds: number; seed: number }>();
  console.log(`seed ${seed}`);
  const { violations, faults, ...totals } = await runSyncRounds(rounds, seed, (line) => console.log(line));
  console.log(`faults on the line: ${JSON.stringify(faults)}`);
  console.table({ 'sync rounds': totals });
  for (const violation of violations) console.error(`VIOLATED ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
