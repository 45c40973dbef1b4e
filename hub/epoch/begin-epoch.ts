/** The first entries of an epoch that is not the building's first: another hub spoke for it before. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { HUB } from '../deliveries/draft.ts';
import { unverifiedBanks } from '../deliveries/unverified.ts';
import type { Log } from '../store/store.ts';
import type { Epoch } from './epoch-file.ts';

export interface BeginEpochOptions {
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  /** Which hub speaks from here on, and why. */
  readonly began: Epoch;
  /** The epoch of the log's newest entry; null in an empty log. */
  readonly lastEpoch: number | null;
  readonly layouts: readonly Layout[];
}

/**
 * Marks every door as unverified, if nothing was written under this epoch yet. To be called before anything else is
 * written: one transaction, so that no kill leaves a new epoch in which old records are believed.
 *
 * @throws StoreError
 */
export async function beginEpoch({
  log,
  clock,
  began,
  lastEpoch,
  layouts,
}: BeginEpochOptions): Promise<void> {
  if (lastEpoch === null || lastEpoch >= began.number) return;
  // Nobody has looked at the clock yet.
  const stamp = { at: clock.wallMs(), clock: 'untrusted', by: HUB } as const;
  const payloads: Payload[] = [
    { type: 'epoch.began', data: began, ...stamp },
    ...unverifiedBanks(layouts, began.number).map(
      (data) => ({ type: 'bank.unverified', data, ...stamp }) as const,
    ),
  ];
  await log.append({ payloads });
}
