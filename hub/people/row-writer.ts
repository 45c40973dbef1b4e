/** Collects rows of people and the entries that tell of them. */
import type { Fact } from '../log/building-log.ts';
import type { RegisterTable } from '../log/register.ts';
import type { RowChange } from '../store/store.ts';

type PeopleTable = Extract<RegisterTable, 'units' | 'households' | 'residents' | 'carriers' | 'couriers'>;
type FieldsOf<Table extends PeopleTable> = Omit<
  Extract<RowChange, { table: Table; row: unknown }>['row'],
  'id'
>;

/** The log names what changed, the row says what it is now. */
export class RowWriter {
  readonly facts: Fact[] = [];
  readonly changes: RowChange[] = [];

  add<Table extends PeopleTable>(
    table: Table,
    id: string,
    fields: FieldsOf<Table>,
    changed: readonly string[] = Object.keys(fields),
  ): string {
    this.facts.push({ type: 'row.changed', data: { table, row: id, fields: namedInLog(changed) } });
    // The fields are those of the table; the compiler cannot pair the two through the union.
    this.changes.push({ table, row: { ...fields, id } } as unknown as RowChange);
    return id;
  }

  /** Takes a row away, for good. */
  remove(table: PeopleTable, id: string): void {
    this.facts.push({ type: 'row.changed', data: { table, row: id, fields: ['removed'] } });
    this.changes.push({ table, remove: id } as RowChange);
  }
}

/** Wishes tell of a person's body and household, and the log keeps what it is told for good: it hears that one changed. */
const WISHES: readonly string[] = ['accessible', 'onlyMe'];

function namedInLog(fields: readonly string[]): string[] {
  return [...new Set(fields.map((field) => (WISHES.includes(field) ? 'wishes' : field)))];
}
