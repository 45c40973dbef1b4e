/** `living`: the subjects whose entries a restart folds, each with the entry that gave it life. */
import type { Payload } from '../payload.ts';
import { subjectOf } from '../subject.ts';
import { type Position, type Statement, statement } from './statement.ts';
import type { Table } from './table.ts';

export const LIVING_TABLE: Table = {
  name: 'living',
  columns: { subject: 'text', since: 'bigint not null' },
  key: ['subject'],
  indexes: [],
};

// A subject born twice (a code issued again) keeps its first birth: all that was said of it still counts.
const BORN =
  'insert into living (subject, since) values ($1::text, $2::bigint) on conflict on constraint living_pkey do nothing';
const DIES = 'delete from living where subject = $1::text';

/** Every text that `projectLiving` uses. */
export const LIVING_TEXTS = [BORN, DIES];

/** What the entry does to its subject's life. */
export function projectLiving(payload: Payload, { seq }: Position): Statement[] {
  const about = subjectOf(payload);
  switch (about?.life) {
    case 'born':
      return [statement(BORN, about.subject, seq)];
    case 'dies':
      return [statement(DIES, about.subject)];
    default:
      return [];
  }
}
