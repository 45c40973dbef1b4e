/** Whether a row is within a filter, by SQL's logic: true, false, or null for unknown. */
import type { Row, Table } from '../tables/table.ts';
import type { Constant, Expression, Operator } from './expression.ts';
import { COMPARE, kindOf } from './kinds-of-type.ts';

type Truth = boolean | null;

/** Rows in the text form of Postgres. Unknown is out, as with a WHERE of SQL. */
export type RowFilter = (row: Row) => boolean;

/** @param expression Null: every row is in. */
export function rowFilter(expression: Expression | null, table: Table): RowFilter {
  if (!expression) return () => true;
  const compare = comparisons(table);
  return (row) => evaluate(expression, row, compare) === true;
}

type Comparisons = Readonly<Record<string, (a: string, b: string) => number>>;

function comparisons(table: Table): Comparisons {
  return Object.fromEntries(
    table.columns.map((column) => [column.name, COMPARE[kindOf(column) ?? 'text']] as const),
  );
}

function evaluate(expression: Expression, row: Row, compare: Comparisons): Truth {
  switch (expression.kind) {
    case 'and':
      return both(expression.parts.map((part) => evaluate(part, row, compare)));
    case 'or':
      return not(both(expression.parts.map((part) => not(evaluate(part, row, compare)))));
    case 'not':
      return not(evaluate(expression.part, row, compare));
    case 'compare': {
      const order = orderOf(expression.column, expression.value, row, compare);
      return order === null ? null : HOLDS[expression.operator](order);
    }
    case 'in':
      return isIn(expression.values.map((value) => orderOf(expression.column, value, row, compare)));
    case 'is-null':
      return row[expression.column] == null;
    case 'always':
      return expression.value;
  }
}

const HOLDS: Readonly<Record<Operator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function orderOf(column: string, value: Constant, row: Row, compare: Comparisons): number | null {
  const own = row[column];
  return own == null || value === null ? null : (compare[column]?.(own, value) ?? null);
}

function both(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function isIn(orders: readonly (number | null)[]): Truth {
  if (orders.includes(0)) return true;
  return orders.includes(null) ? null : false;
}
