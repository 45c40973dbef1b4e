/** What of the log stands out. */
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';

/** How much an entry matters to somebody who looks on: what is wrong stands out. */
export type Weight = 'wrong' | 'good' | 'plain' | 'quiet';

/** The weight of an entry, by what it says. */
export function weightOf(entry: LogEntryView): Weight {
  const { type, data } = entry;
  if (type === 'case.opened' || type === 'clock.distrusted' || type === 'disk.low' || type === 'bank.offline')
    return 'wrong';
  if (type === 'notice.ended' && data.outcome === 'failed') return 'wrong';
  if (type === 'agent.updated' && (data.update as { isKept?: unknown } | undefined)?.isKept === false)
    return 'wrong';
  if (type === 'update.ended' && data.outcome === 'not-kept') return 'wrong';
  if (type === 'entries.orphaned' || type === 'staff.reset' || type === 'cloud.rewound') return 'wrong';
  if (type === 'supply.failed' || type === 'emergency.began' || type === 'agent.refused') return 'wrong';
  if (type === 'delivery.missing' || (type === 'message.failed' && data.final === true)) return 'wrong';
  if (type === 'door.reported' && ['jammed', 'forced', 'unknown'].includes(String(data.kind))) return 'wrong';
  if (type === 'grant.ended' && ['jammed', 'unknown'].includes(String(data.end))) return 'wrong';
  if (type === 'delivery.deposited' || type === 'delivery.collected' || type === 'bank.online') return 'good';
  if (
    [
      'grant.issued',
      'row.changed',
      'visit.ended',
      'delivery.archived',
      'delivery.announced',
      'delivery.reminded',
      'code.issued',
    ].includes(type)
  )
    return 'quiet';
  return 'plain';
}
