/** Openings and jams of the past, written into a hub's log as the hub would have written them then. */
import type { Hub } from '@lockerhub/hub/api/hub.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';

const DAY_MS = 86_400_000;

export interface PastOpenings {
  readonly bank: string;
  readonly compartment: number;
  readonly daysAgo: number;
  /** One opening for each; in ms from the pulse to the sight of the open door. */
  readonly latenciesMs: readonly number[];
  readonly jams?: number;
}

/** A transaction of the store has to be over within its deadline, also on a busy machine. */
const AT_ONCE = 200;

/** Writes what locks did on some days. Only their figures know of it: no model folds grants that are over. */
export async function writeLockHistory(
  { clock, random, buildingLog }: Pick<Hub, 'clock' | 'random' | 'buildingLog'>,
  days: readonly PastOpenings[],
): Promise<void> {
  const payloads = days.flatMap((day) => payloadsOf(day, clock, random));
  for (let from = 0; from < payloads.length; from += AT_ONCE) {
    await buildingLog.append({ payloads: payloads.slice(from, from + AT_ONCE) });
  }
}

function payloadsOf(
  { bank, compartment, daysAgo, latenciesMs, jams = 0 }: PastOpenings,
  clock: Clock,
  random: Random,
): Payload[] {
  const by = { kind: 'hub' } as const;
  const stamp = { at: clock.wallMs() - daysAgo * DAY_MS, clock: 'trusted', by } as const;
  const door = { bank, compartment };
  const opened = latenciesMs.map((latencyMs): Payload[] => {
    const about = { grant: newId(clock, random), delivery: null };
    return [
      { type: 'grant.issued', ...stamp, data: { ...about, purpose: 'staff', visit: null, ...door } },
      { type: 'grant.ended', ...stamp, data: { ...about, end: 'opened', latencyMs } },
    ];
  });
  const jammed = Array.from({ length: jams }, (): Payload => {
    const grant = newId(clock, random);
    return {
      type: 'lock.jammed',
      ...stamp,
      data: { ...door, supply: `lock/${compartment}`, grant, jams: 1 },
    };
  });
  return [...opened.flat(), ...jammed];
}
