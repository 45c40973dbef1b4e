/** Whether a hub's batch follows from what the cloud holds, and what of it is new: the table of `protocol/sync/SPEC.md`. */
import { type Entry, GENESIS_HASH, type Head, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import type { PushEntries } from '@lockerhub/protocol/sync/hub-messages.ts';
import { GatewayError } from '../error.ts';
import { systemSha256 } from './system-sha256.ts';

/** Where the cloud's log of the building ends. `epoch`: of the last entry; 0 if there is none. */
export interface LogEnd {
  readonly head: Head;
  readonly epoch: number;
}

/**
 * The entries of a push that the cloud lacks, in order; none if it holds them all. That they follow from one another is
 * still to be told (`requireChain`).
 *
 * @param known the cloud's hashes by `seq`, from `push.after.seq` on as far as both reach
 * @throws GatewayError `cursor-ahead`, `fork`, or `chain-broken` for its epochs, with the cloud's head
 */
export function newEntries(end: LogEnd, push: PushEntries, known: ReadonlyMap<number, string>): Entry[] {
  const { head } = end;
  const { after, entries } = push;
  if (after.seq > head.seq) {
    throw refusal(
      'cursor-ahead',
      `the cloud holds entries up to ${head.seq}, these begin after ${after.seq}`,
      head,
    );
  }
  for (const { seq, hash } of [after, ...entries]) {
    if (seq <= head.seq && hash !== (seq === 0 ? GENESIS_HASH : known.get(seq))) {
      throw refusal('fork', `entry ${seq} is another one here: two hubs wrote on, or one was changed`, head);
    }
  }
  const fresh = entries.filter(({ seq }) => seq > head.seq);
  requireEpochs(end, fresh, push.epoch);
  return fresh;
}

/**
 * That the entries of a push follow from one another: before a fork is concluded from them, and before what they do is
 * committed.
 *
 * @throws GatewayError `chain-broken` with the cloud's head
 */
export function requireChain({ head }: LogEnd, push: PushEntries): void {
  const unkeepable = push.entries.find(({ payload }) => payload.includes('\u0000'));
  if (unkeepable) {
    // No hub of ours can have it either: JSON has it escaped.
    throw refusal('chain-broken', `entry ${unkeepable.seq} holds a NUL, which no store can keep`, head);
  }
  try {
    verifyChain(push.after, push.entries, systemSha256);
  } catch (cause) {
    throw refusal('chain-broken', (cause as Error).message, head, cause);
  }
}

/** Epochs only rise along the chain, and nobody writes in the name of a later one than its own. */
function requireEpochs({ head, epoch }: LogEnd, entries: readonly Entry[], own: number): void {
  let lowest = epoch;
  for (const entry of entries) {
    if (entry.epoch < lowest || entry.epoch > own) {
      throw refusal(
        'chain-broken',
        `entry ${entry.seq} is of epoch ${entry.epoch}; after ${lowest} and from a hub of ${own} it cannot be`,
        head,
      );
    }
    lowest = entry.epoch;
  }
}

function refusal(
  code: 'cursor-ahead' | 'fork' | 'chain-broken',
  message: string,
  head: Head,
  cause?: unknown,
): GatewayError {
  return new GatewayError(code, message, { head, ...(cause === undefined ? {} : { cause }) });
}
