/** `messages`: what residents are told, and whether it went out. Never what it says: that is made when it is sent. */
import type { Payload } from '../payload.ts';
import { type Change, change, type Effect, effect } from './change.ts';
import { type Position, wholeMs } from './statement.ts';
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
    without: 'text',
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

const QUEUED = change(
  'messages',
  {
    message: 'uuid',
    kind: 'text',
    resident: 'uuid',
    visit: 'uuid',
    deliveries: 'text',
    at: 'bigint',
    seq: 'bigint',
    without: 'text',
  },
  (given) => `with born as (
      insert into messages (message, kind, resident, visit, deliveries, state, queued_at, seq, without)
      select message, kind, resident, visit, string_to_array(deliveries, ',')::uuid[], 'queued', at, seq, without
        from ${given}
      returning state
    ) ${countBorn('messages')}`,
);

/** A change of state; `assignments` names further columns. */
function moves(state: string, parameters: Readonly<Record<string, string>>, assignments: string): Change {
  return change(
    'messages',
    { message: 'uuid', ...parameters },
    (given) => `with was as (
        select state from messages, ${given} where messages.message = given.message
      ), now as (
        update messages set state = '${state}', ${assignments} from ${given} where messages.message = given.message
      ) ${countMoved('messages', state)}`,
  );
}

const TRIED = change(
  'messages',
  { message: 'uuid', channel: 'text', reason: 'text' },
  (given) => `update messages set channel = given.channel, reason = given.reason
    from ${given} where messages.message = given.message`,
);
const SENT = moves(
  'sent',
  { channel: 'text', at: 'bigint' },
  'channel = given.channel, reason = null, sent_at = given.at',
);
const GIVEN_UP = moves(
  'failed',
  { channel: 'text', reason: 'text' },
  'channel = given.channel, reason = given.reason',
);
const VOID = moves('void', {}, 'reason = null');
const DELIVERED = moves('delivered', { channel: 'text' }, 'channel = given.channel, reason = null');

/** Every change that `projectMessages` makes, in the order of a message's way. */
export const MESSAGES_CHANGES = [QUEUED, TRIED, SENT, GIVEN_UP, VOID, DELIVERED];

/** What the entry changes of its message. */
export function projectMessages(payload: Payload, { seq }: Position): Effect[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'message.queued': {
      const { message, kind, resident, visit, deliveries, without = [] } = payload.data;
      const skipped = without.length > 0 ? without.join(',') : null;
      return [effect(QUEUED, [message, kind, resident, visit, deliveries.join(','), at, seq, skipped])];
    }
    case 'message.sent':
      return [effect(SENT, [payload.data.message, payload.data.channel, at])];
    case 'message.failed': {
      const { message, channel, reason, final } = payload.data;
      return [effect(final ? GIVEN_UP : TRIED, [message, channel, reason])];
    }
    case 'message.void':
      return [effect(VOID, [payload.data.message])];
    case 'message.delivered':
      return [effect(DELIVERED, [payload.data.message, payload.data.channel])];
    case 'message.undelivered': {
      const { message, channel, reason } = payload.data;
      return [effect(GIVEN_UP, [message, channel, reason])];
    }
    default:
      return [];
  }
}
