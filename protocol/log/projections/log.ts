/** `log`: every entry as it was chained, with what people search it by. */
import type { Entry } from '../entry.ts';
import type { Payload, UnknownPayload } from '../payload.ts';
import { subjectOf } from '../subject.ts';
import { type Parameter, type Statement, statement, storable, wholeMs } from './statement.ts';
import type { Table } from './table.ts';

/** `data` is derived and never hashed; it and `subject` are null for a type that this software does not know. */
export const LOG_TABLE: Table = {
  name: 'log',
  columns: {
    seq: 'bigint',
    epoch: 'bigint not null',
    salt: 'text not null',
    payload: 'text not null',
    hash: 'text not null',
    type: 'text not null',
    at: 'bigint not null',
    clock: 'text not null',
    subject: 'text',
    data: 'jsonb',
  },
  key: ['seq'],
  indexes: [{ name: 'log_by_subject', columns: ['subject', 'seq'], where: 'subject is not null' }],
};

const INSERT = `insert into log (${Object.keys(LOG_TABLE.columns).join(', ')})
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)`;

/** The statement that writes the entry's row. */
export function projectLog(entry: Entry, payload: Payload | UnknownPayload): Statement[] {
  return [statement(INSERT, ...logRow(entry, payload))];
}

/** The entry's row, in the order of `LOG_TABLE`'s columns. */
export function logRow(entry: Entry, payload: Payload | UnknownPayload): Parameter[] {
  const known = payload.type !== 'unknown';
  return [
    entry.seq,
    entry.epoch,
    entry.salt,
    entry.payload,
    entry.hash,
    known ? payload.type : storable(payload.name),
    wholeMs(payload.at),
    payload.clock,
    known ? (subjectOf(payload)?.subject ?? null) : null,
    known ? JSON.stringify(payload.data, storableStrings) : null,
  ];
}

/** jsonb refuses an escaped NUL and half a surrogate pair. Keys are the schemas' own and need no such care. */
function storableStrings(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value;
}
