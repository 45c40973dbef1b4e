/** Writes a filter as SQL. From the tree, never from what a request said: nothing of a request reaches Postgres as text. */
import { escapeLiteral } from 'pg';
import { quoteName, type Table } from '../tables/table.ts';
import { typeForCast } from './constants.ts';
import type { Constant, Expression } from './expression.ts';

export function whereSql(expression: Expression, table: Table): string {
  const write = (part: Expression): string => {
    switch (part.kind) {
      case 'and':
      case 'or':
        return `(${part.parts.map(write).join(` ${part.kind.toUpperCase()} `)})`;
      case 'not':
        return `(NOT ${write(part.part)})`;
      case 'compare':
        return `(${column(part.column)} ${part.operator} ${constant(part.column, part.value)})`;
      case 'in':
        return `(${column(part.column)} IN (${part.values.map((value) => constant(part.column, value)).join(', ')}))`;
      case 'is-null':
        return `(${quoteName(part.column)} IS NULL)`;
      case 'always':
        return part.value ? 'true' : 'false';
    }
  };
  const isText = (name: string) =>
    /^(text|varchar)$/.test(table.columns.find((own) => own.name === name)?.type ?? '');
  // As the filter of changes compares texts, whatever the database's collation is.
  const column = (name: string) => quoteName(name) + (isText(name) ? ' COLLATE "C"' : '');
  const constant = (name: string, value: Constant) =>
    value === null ? 'NULL' : `${escapeLiteral(value)}::${typeForCast(table, name)}`;
  return write(expression);
}
