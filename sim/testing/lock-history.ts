/** Openings and jams of the past, written into a hub's log as the hub would have written them then. */
import type { Hub } from '@lockerhub/hub/api/hub.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';

const DAY_MS = 86_400_000;

export interface PastOpenings {
  readonly bank: string;
  readonly compartment: number;
  readonly daysAgo: number;
  /** One opening for each; in ms from the pulse to the sight of the open door. */
  readonly latenciesMs: readonly number[];
  readonly jams?: number;
}

/** Writes what a lock did on one day. Only the figures of the locks know of it: no model folds grants that are over. */
export async function writeLockHistory(
  { clock, random, buildingLog }: Pick<Hub, 'clock' | 'random' | 'buildingLog'>,
  days: readonly PastOpenings[],
): Promise<void> {
  const payloads = days.flatMap(({ bank, compartment, daysAgo, latenciesMs, jams = 0 }) => {
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
  });
  await buildingLog.append({ payloads });
}
