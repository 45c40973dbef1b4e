/** `command_results`: operators' commands that the hub took or answered, and how each ended. */
import type { Payload } from '../payload.ts';
import { change, type Effect, effect } from './change.ts';
import { type Position, wholeMs } from './statement.ts';
import type { Table } from './table.ts';

/** What a hub refuses without taking it has no `taken_at`, `kind` and `operator` here. */
export const COMMAND_RESULTS_TABLE: Table = {
  name: 'command_results',
  columns: {
    command: 'uuid',
    kind: 'text',
    operator: 'uuid',
    approved_by: 'uuid',
    taken_at: 'bigint',
    outcome: 'text',
    detail: 'text',
    grant_id: 'uuid',
    ended_at: 'bigint',
    seq: 'bigint not null',
  },
  key: ['command'],
  indexes: [{ name: 'command_results_by_seq', columns: ['seq'], unique: true }],
};

const TAKEN = change(
  'command_results',
  { command: 'uuid', kind: 'text', operator: 'uuid', approved_by: 'uuid', at: 'bigint', seq: 'bigint' },
  (given) => `insert into command_results (command, kind, operator, approved_by, taken_at, seq)
    select command, kind, operator, approved_by, at, seq from ${given}
    on conflict on constraint command_results_pkey do nothing`,
);

const ENDED = change(
  'command_results',
  { command: 'uuid', outcome: 'text', detail: 'text', grant_id: 'uuid', at: 'bigint', seq: 'bigint' },
  (given) => `insert into command_results (command, outcome, detail, grant_id, ended_at, seq)
    select command, outcome, detail, grant_id, at, seq from ${given}
    on conflict on constraint command_results_pkey do update set
      outcome = excluded.outcome, detail = excluded.detail, grant_id = excluded.grant_id, ended_at = excluded.ended_at`,
);

/** Every change that `projectCommands` makes. */
export const COMMANDS_CHANGES = [TAKEN, ENDED];

/** What the entry says of a command. */
export function projectCommands(payload: Payload, { seq }: Position): Effect[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'command.taken': {
      const { command, kind, operator, approvedBy } = payload.data;
      return [effect(TAKEN, [command, kind, operator, approvedBy, at, seq])];
    }
    case 'command.ended': {
      const { command, outcome, detail, grant } = payload.data;
      return [effect(ENDED, [command, outcome, detail ?? null, grant, at, seq])];
    }
    default:
      return [];
  }
}
