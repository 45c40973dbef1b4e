/** `messages`: what residents are told, and whether it went out. Never what it says: that is made when it is sent. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import type { Table } from './table.ts';
import { countBorn, countMoved } from './tallies.ts';

export const MESSAGES_TABLE: Table = {
  name: 'messages',
  columns: {
    message: 'uuid',
    kind: 'text not null',
    resident: 'uuid not null',
    visit: 'uuid',
    deliveries: 'uuid[] not null',
    state: 'text not null',
    channel: 'text',
    reason: 'text',
    queued_at: 'bigint not null',
    sent_at: 'bigint',
    seq: 'bigint not null',
  },
  key: ['message'],
  indexes: [
    { name: 'messages_by_seq', columns: ['seq'], unique: true },
    { name: 'messages_by_state', columns: ['state', 'seq'] },
  ],
};

const QUEUED = `with born as (
    insert into messages (message, kind, resident, visit, deliveries, state, queued_at, seq)
    values ($1::uuid, $2::text, $3::uuid, $4::uuid, string_to_array($5::text, ',')::uuid[], 'queued', $6::bigint,
      $7::bigint)
    returning state
  ) ${countBorn('messages')}`;

/** A change of state; `assignments` names further columns. */
function moves(state: string, assignments: string): string {
  return `with was as (
      select state from messages where message = $1::uuid
    ), now as (
      update messages set state = '${state}', ${assignments} where message = $1::uuid returning state
    ) ${countMoved('messages')}`;
}

const SENT = moves('sent', 'channel = $2::text, reason = null, sent_at = $3::bigint');
const GIVEN_UP = moves('failed', 'channel = $2::text, reason = $3::text');
const TRIED = 'update messages set channel = $2::text, reason = $3::text where message = $1::uuid';

/** Every text that `projectMessages` uses. */
export const MESSAGES_TEXTS = [QUEUED, SENT, GIVEN_UP, TRIED];

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
