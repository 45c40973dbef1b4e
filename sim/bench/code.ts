/**
 * How long a typed code takes to be judged, with all limits on guessing, in a full building: a wrong one, because a right
 * one goes on to a grant and its commit (the bench of opens).
 */
import { Refusal } from '@lockerhub/hub/deliveries/refusal.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { BuildingRig, PEOPLE, ROSTER, TERMINALS } from '../testing/building-rig.ts';
import { median, percentile, sharedMs } from './samples.ts';
import type { Row } from './table.ts';

/** The project's fifth issue, "Speed". */
const AIM_MS = 1;
/** Of a full house, for which the limits are made (`hub/codes/SPEC.md`): as many people as 500 compartments and 100 couriers. */
const CODES = 600;
const CHECKS = 2_000;
const QUICK_CHECKS = 300;
const BETWEEN_MS = 20 * 60_000;
const SEED = 5;

/** Runs the bench. */
export async function benchCode(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const random = new SeededRandom(SEED);
  const couriers = new Set(Array.from({ length: CODES }, () => newId(systemClock, systemRandom)));
  const rig = await BuildingRig.start({
    roster: {
      ...ROSTER,
      courierIds: () => [...couriers],
      courier: (id) =>
        couriers.has(id)
          ? { id, carrier: PEOPLE.carrier, carrierName: 'Swift Parcels', hours: null }
          : undefined,
    },
  });
  for (const holder of couriers) await rig.do({ type: 'issue-code', staff: PEOPLE.staff, holder });
  const times: number[] = [];
  const refused = new Map<string, number>();
  for (let check = 0; check < (quick ? QUICK_CHECKS : CHECKS); check += 1) {
    const code = String(random.between(0, 99_999_999)).padStart(8, '0');
    const owner = random.oneIn(2) ? { owner: 'Swift Parcels' } : {};
    const fromMs = sharedMs();
    const why = await rig
      .do({ type: 'start-visit', terminal: random.pick([TERMINALS.a, TERMINALS.b]), code, ...owner })
      .then(() => 'let in', reasonOf);
    times.push(sharedMs() - fromMs);
    refused.set(why, (refused.get(why) ?? 0) + 1);
    // So that some are looked up, some meet the pause, and some the limit of the whole building.
    await rig.clock.advance(random.between(0, BETWEEN_MS));
  }
  await rig.kill();
  const told = [...refused].map(([why, count]) => `${count} ${why}`).join(', ');
  say(`${CODES} living codes; ${told}; p50 ${median(times).toFixed(3)} ms`);
  const p95 = percentile(times, 95);
  const what = `code check with its limits, ${CODES} living codes, p95`;
  return [{ what, product: p95, unit: 'ms', digits: 3, aim: `≤ ${AIM_MS} ms`, met: p95 <= AIM_MS }];
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.code;
  throw error;
}
