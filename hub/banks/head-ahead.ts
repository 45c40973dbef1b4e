/** Whether an agent has seen more of the log than there is here: then this hub was put back to an older copy. */
import type { BankState } from '@lockerhub/protocol/bank/messages.ts';
import type { Head } from '@lockerhub/protocol/log/entry.ts';

export interface OwnLog {
  readonly epoch: number;
  readonly head: () => Head;
  /** The hash of an entry of the log; null if it has none of that number. */
  readonly hashAt: (seq: number) => Promise<string | null>;
}

/** What the agent has seen that is not here, in words; null: nothing. */
export async function headAhead(
  { epoch, head }: Pick<BankState, 'epoch' | 'head'>,
  own: OwnLog,
): Promise<string | null> {
  if (epoch > own.epoch) return `its agent obeys epoch ${epoch}, this hub bears ${own.epoch}`;
  // What it saw under a lower epoch is another hub's, and is compared door by door.
  if (epoch < own.epoch || !head) return null;
  const { seq } = own.head();
  if (head.seq > seq) return `its agent has seen entry ${head.seq}, the log ends at ${seq}`;
  return (await own.hashAt(head.seq)) === head.hash ? null : `its agent has seen another entry ${head.seq}`;
}
