import type { DeliveryView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';

/** Ends a parcel's stay in the records (protocol/log/projections/deliveries.ts). */
const ENDS: ReadonlySet<string> = new Set([
  'delivery.taken-back',
  'delivery.collected',
  'delivery.missing',
  'delivery.withdrawn',
]);

interface Story {
  readonly delivery: Pick<DeliveryView, 'depositedAt' | 'endedAt'>;
  readonly entries: readonly Pick<LogEntryView, 'type' | 'clock'>[];
}

/** The hub's clock, as of now. */
interface Now {
  readonly ms: number;
  readonly isTrusted: boolean;
}

/** How long a parcel has waited (`isOver` false), or waited until it was taken. */
export interface Stay {
  readonly isOver: boolean;
  readonly ms: number;
}

/**
 * Null where nobody can say: it was never put in, or one of the two times is of a clock that was not trusted.
 *
 * @param entries of the delivery, in the order of their `seq`
 */
export function stayOf({ delivery, entries }: Story, now: Now): Stay | null {
  const { depositedAt, endedAt } = delivery;
  const deposited = entries.findLast(({ type }) => type === 'delivery.deposited');
  if (depositedAt === null || deposited?.clock !== 'trusted') return null;
  if (endedAt === null) {
    return now.isTrusted ? { isOver: false, ms: Math.max(0, now.ms - depositedAt) } : null;
  }
  const ended = entries.findLast(({ type }) => ENDS.has(type));
  return ended?.clock === 'trusted' ? { isOver: true, ms: endedAt - depositedAt } : null;
}
