/**
 * Kills hub and agent with SIGKILL, and cuts the PLCs' power, while couriers and residents act, again and again:
 * `node sim/torture/kill-rounds.ts --rounds 50 [--seed N]`.
 *
 * After each round the log is read with its proofs and everything that was acknowledged, opened or left unfinished is
 * held against it (I1, I2, I4, I7). The seed gives the same choices; the machine gives the moments.
 */

import { CaseView } from '@lockerhub/protocol/http/staff.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { SeededRandom } from '../clock/seeded-random.ts';
import { wholeNumber } from '../testing/numbers.ts';
import { waitFor } from '../testing/wait-for.ts';
import { HubRefusal } from '../walk/hub-link.ts';
import { BANK_NAMES, type KillBuilding, startKillBuilding } from './kill-building.ts';
import { bringParcels, fetchParcels, type Street, stepUp } from './kill-people.ts';
import { atMoment, drawStrike, inWords, type Strike, strikeNow } from './kill-strike.ts';
import { addressesOf, KillWitness } from './kill-witness.ts';

/** An agent that cannot know says so after a minute (`GIVE_UP_AFTER_MS`), a late write stays possible for two. */
const RESOLVED_WITHIN_MS = 180_000;

export interface KillTotals {
  readonly rounds: number;
  readonly deposits: number;
  readonly pickups: number;
  readonly energised: number;
  readonly entries: number;
  readonly hubStarts: number;
  readonly agentStarts: number;
  readonly violations: readonly string[];
}

/** Runs rounds until all are done or something is wrong; `report` gets a line for each. */
export async function runKillRounds(
  rounds: number,
  seed: number,
  report: (line: string) => void,
): Promise<KillTotals> {
  const witness = new KillWitness();
  const building = await startKillBuilding(witness);
  let isSound = false;
  try {
    const random = new SeededRandom(seed);
    const street = { building, witness, addresses: await addressesOf(building.staff) };
    await prepare(street, random.fork());
    let done = 0;
    let startedMs = systemClock.monotonicMs();
    while (done < rounds && witness.judge().length === 0) {
      done += 1;
      const strike = drawStrike(done, random);
      await playRound(street, strike, random.fork());
      const { deposits, pickups, energised } = witness.acknowledged;
      const tookMs = systemClock.monotonicMs() - startedMs;
      startedMs += tookMs;
      report(
        `round ${done}/${rounds} (${(tookMs / 1000).toFixed(1)} s): ${inWords(strike)}; so far ${deposits} put in, ${pickups} taken, ${energised} opened, ${witness.record.length} entries`,
      );
    }
    await witness.record.proveAgain(building.staff);
    await witness.askAfterDeliveries(building.staff);
    const violations = witness.judge();
    isSound = violations.length === 0;
    return {
      rounds: done,
      ...witness.acknowledged,
      entries: witness.record.length,
      hubStarts: building.hub.starts,
      agentStarts: building.agent.starts,
      violations,
    };
  } finally {
    await building.stop(!isSound);
    if (!isSound) report(`what hub and agent said is kept in ${building.folder}`);
  }
}

/** A calm delivery in each bank first: from then on there are messages with codes. */
async function prepare(street: Street, random: SeededRandom): Promise<void> {
  await Promise.all(BANK_NAMES.map((bank) => bringParcels(stepUp(street, bank, random.fork(), always), 2)));
  await waitFor(() => street.building.mailbox.mails.length > 0, RESOLVED_WITHIN_MS, 'the first message');
  await settle(street);
}

async function playRound(street: Street, strike: Strike, random: SeededRandom): Promise<void> {
  const { building, witness } = street;
  let isStruck = false;
  const goesOn = () => !isStruck;
  const people = Promise.all([
    bringParcels(stepUp(street, 'lobby', random.fork(), goesOn), 3),
    fetchParcels(stepUp(street, 'walk', random.fork(), goesOn), 'lobby'),
    random.oneIn(2)
      ? bringParcels(stepUp(street, 'garage', random.fork(), goesOn), 2)
      : fetchParcels(stepUp(street, 'garage', random.fork(), goesOn), 'garage'),
  ]);
  let back: Promise<unknown> | undefined;
  const strikeOnce = () => {
    isStruck = true;
    back = strikeNow(strike, building);
  };
  await atMoment(strike, witness, strikeOnce, people);
  await Promise.all([people, back]);
  await building.untilCalm();
  await settle(street);
  await closeCases(building, witness);
}

/** Nobody stands at a door any more: every parcel on its way in becomes a deposit, none, or a case. */
export async function settle({ building, witness }: Street): Promise<void> {
  const { record } = witness;
  await waitFor(
    async () => {
      building.closeDoors();
      await record.read(building.staff);
      return record.unresolved.length === 0 || record.violations.length > 0;
    },
    RESOLVED_WITHIN_MS,
    `${record.unresolved.length} unfinished drop-offs to be resolved`,
  );
}

/** Staff look after what they were called for, so that the next round finds doors. */
async function closeCases({ staff }: KillBuilding, { record }: KillWitness): Promise<void> {
  for (const id of [...record.cases.keys()]) {
    try {
      await staff.ask('POST', `/api/v1/cases/${id}/close`, CaseView, { resolution: 'Looked after it.' });
    } catch (error) {
      // Settled by itself in the meantime, or its door has to answer first: the next round closes it.
      const isNotNow = error instanceof HubRefusal && ['case-unknown', 'not-now'].includes(error.code);
      if (!isNotNow) throw error;
    }
  }
}

const always = () => true;

function drawSeed(): number {
  return new DataView(systemRandom.bytes(4).buffer).getUint32(0) + 1;
}

async function main(): Promise<void> {
  const { rounds, seed } = new Command('kill-rounds')
    .description('kill -9 of hub and agent at random moments, while couriers and residents act.')
    .option('--rounds <number>', 'how many kills', wholeNumber, 50)
    .option('--seed <number>', 'repeats the choices of a run', wholeNumber, drawSeed())
    .parse()
    .opts<{ rounds: number; seed: number }>();
  console.log(`seed ${seed}`);
  const { violations, ...totals } = await runKillRounds(rounds, seed, (line) => console.log(line));
  console.table({ 'kill rounds': totals });
  for (const violation of violations) console.error(`VIOLATED ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
