/** `living`: the subjects whose entries a restart folds, each with the entry that gave it life. */
import type { Payload } from '../payload.ts';
import { subjectOf } from '../subject.ts';
import { change, type Effect, effect } from './change.ts';
import type { Position } from './statement.ts';
import type { Table } from './table.ts';

export const LIVING_TABLE: Table = {
  name: 'living',
  columns: { subject: 'text', since: 'bigint not null' },
  key: ['subject'],
  indexes: [],
};

// A subject born twice (a code issued again) keeps its first birth: all that was said of it still counts.
const BORN = change(
  'living',
  { subject: 'text', since: 'bigint' },
  (given) =>
    `insert into living (subject, since) select subject, since from ${given} order by place
      on conflict on constraint living_pkey do nothing`,
  { repeats: true },
);
const DIES = change(
  'living',
  { subject: 'text' },
  (given) => `delete from living using ${given} where living.subject = given.subject`,
  { repeats: true },
);

/** Every change that `projectLiving` makes. */
export const LIVING_CHANGES = [BORN, DIES];

/** What the entry does to its subject's life. */
export function projectLiving(payload: Payload, { seq }: Position): Effect[] {
  const about = subjectOf(payload);
  switch (about?.life) {
    case 'born':
      return [effect(BORN, [about.subject, seq])];
    case 'dies':
      return [effect(DIES, [about.subject])];
    default:
      return [];
  }
}
