/** Brings a filter's constants into the form in which Postgres writes values of their columns' types. */
import type { Table } from '../tables/table.ts';
import type { Constant, Expression } from './expression.ts';

/** A constant and the column that it is compared with. */
export interface Compared {
  readonly column: string;
  readonly value: string;
}

export function constantsOf(expression: Expression): readonly Compared[] {
  const found: Compared[] = [];
  mapConstants(expression, (column, value) => {
    found.push({ column, value });
    return value;
  });
  return found;
}

/** The same filter with other constants, in the order of `constantsOf`. */
export function withConstants(expression: Expression, values: readonly string[]): Expression {
  let next = 0;
  return mapConstants(expression, (_column, old) => values[next++] ?? old);
}

/** Of what type Postgres must take a constant: its column's, without length or precision. */
export function typeForCast(table: Table, column: string): string {
  const type = table.columns.find(({ name }) => name === column)?.type ?? 'text';
  return `pg_catalog."${type}"`;
}

function mapConstants(expression: Expression, change: (column: string, value: string) => string): Expression {
  const constant = (column: string, value: Constant) => (value === null ? null : change(column, value));
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, parts: expression.parts.map((part) => mapConstants(part, change)) };
    case 'not':
      return { ...expression, part: mapConstants(expression.part, change) };
    case 'compare':
      return { ...expression, value: constant(expression.column, expression.value) };
    case 'in':
      return { ...expression, values: expression.values.map((value) => constant(expression.column, value)) };
    case 'is-null':
    case 'always':
      return expression;
  }
}
