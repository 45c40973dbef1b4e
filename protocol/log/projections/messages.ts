/** `messages`: what residents are told, and whether it went out. Never what it says: that is made when it is sent. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import { countBorn, countMoved } from './tallies.ts';

export const MESSAGES_TABLE = [
  `create table messages (
    message uuid primary key,
    kind text not null,
    resident uuid not null,
    visit uuid,
    deliveries uuid[] not null,
    state text not null,
    channel text,
    reason text,
    queued_at bigint not null,
    sent_at bigint,
    seq bigint not null
  )`,
  'create unique index messages_by_seq on messages (seq)',
  'create index messages_by_state on messages (state, seq)',
];

const QUEUED = `with born as (
    insert into messages (message, kind, resident, visit, deliveries, state, queued_at, seq)
    values ($1, $2, $3, $4, string_to_array($5::text, ',')::uuid[], 'queued', $6, $7)
    returning state
  ) ${countBorn('messages')}`;

/** A change of state; `assignments` names further columns. */
function moves(state: string, assignments: string): string {
  return `with was as (
      select state from messages where message = $1
    ), now as (
      update messages set state = '${state}', ${assignments} where message = $1 returning state
    ) ${countMoved('messages')}`;
}

const SENT = moves('sent', 'channel = $2, reason = null, sent_at = $3');
const GIVEN_UP = moves('failed', 'channel = $2, reason = $3');
const TRIED = 'update messages set channel = $2, reason = $3 where message = $1';

/** What the entry changes of its message. */
export function projectMessages(payload: Payload, { seq }: Position): Statement[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'message.queued': {
      const { message, kind, resident, visit, deliveries } = payload.data;
      return [statement(QUEUED, message, kind, resident, visit, deliveries.join(','), at, seq)];
    }
    case 'message.sent':
      return [statement(SENT, payload.data.message, payload.data.channel, at)];
    case 'message.failed': {
      const { message, channel, reason, final } = payload.data;
      return [statement(final ? GIVEN_UP : TRIED, message, channel, reason)];
    }
    default:
      return [];
  }
}
