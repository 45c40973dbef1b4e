/**
 * A list of 30,000 residents is taken over while doors open: how long it takes, how often its progress was seen to move,
 * and what an open has to wait for its commit meanwhile, beside the same open in the same store before.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { BuildingLog } from '@lockerhub/hub/log/building-log.ts';
import { Register } from '@lockerhub/hub/log/register.ts';
import { RosterImports } from '@lockerhub/hub/roster/imports.ts';
import { readCsv } from '@lockerhub/hub/roster/read-list.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { percentile } from './samples.ts';
import { freshStore } from './sync-rig.ts';
import type { Row } from './table.ts';

const RESIDENTS = 30_000;
const QUICK_RESIDENTS = 3_000;
const IN_A_UNIT = 3;
/** Doors of a busy hour, a second's worth of them. */
const BETWEEN_OPENS_MS = 25;
const OPENS_BEFORE = 200;
/** What a door may wait for in the store (the design, section 3). */
const AIM_MS = 50;
const BY = { kind: 'hub' } as const;

/** Runs the bench. */
export async function benchImport(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const count = quick ? QUICK_RESIDENTS : RESIDENTS;
  const { store, end } = await freshStore();
  try {
    const register = await Register.load(store);
    const log = new BuildingLog({ log: store, register, clock: systemClock, clockTrust: () => 'trusted' });
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    const imports = new RosterImports({
      ...{ register, log, store, clock: systemClock, random: systemRandom },
      phoneCountry: () => 'none',
      language: () => 'en',
      isInUse: () => false,
      followMoveOuts: async () => {},
      onFault: failed.reject,
    });
    const before = await opens(log, OPENS_BEFORE);
    const list = await readCsv(new TextEncoder().encode(csv(count)));
    const fromMs = performance.now();
    const begun = imports.begin(BY, { list, columns: undefined, gone: 'stay', confirm: undefined });
    const during: number[] = [];
    const seen = new Set<number>();
    while (imports.view()?.state !== 'done') {
      during.push(...(await Promise.race([opens(log, 1), failed.promise])));
      seen.add(imports.view()?.applied ?? 0);
    }
    await begun;
    const tookMs = performance.now() - fromMs;
    if (register.all('residents').length !== count) throw new Error('not all of the list came');
    await imports.stop();
    const [p95, p95Before] = [percentile(during, 95), percentile(before, 95)];
    say(
      `${count} residents in ${(tookMs / 1_000).toFixed(1)} s; ${during.length} opens meanwhile, the longest ` +
        `${Math.max(...during).toFixed(1)} ms; progress seen ${seen.size} times`,
    );
    const what = `an open’s commit while ${count.toLocaleString('en')} residents are imported, p95, beside one at rest`;
    return [{ what, product: p95, peer: p95Before, unit: 'ms', aim: `≤ ${AIM_MS} ms`, met: p95 <= AIM_MS }];
  } finally {
    await end();
  }
}

/** Grants, one after the other; how long each took to be durable, in ms. */
async function opens(log: BuildingLog, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let open = 0; open < count; open += 1) {
    const data = {
      grant: newId(systemClock, systemRandom),
      purpose: 'staff',
      delivery: null,
      visit: null,
      bank: 'lobby',
      compartment: 1,
    } as const;
    const fromMs = performance.now();
    await log.record(BY, [{ type: 'grant.issued', data }]);
    times.push(performance.now() - fromMs);
    await pause(BETWEEN_OPENS_MS);
  }
  return times;
}

function csv(count: number): string {
  const lines = Array.from(
    { length: count },
    (_, n) => `T${n},${101 + Math.floor(n / IN_A_UNIT)},Resident Number${n},resident${n}@example.org`,
  );
  return ['Tenant Code,Unit,Name,Email', ...lines].join('\n');
}
