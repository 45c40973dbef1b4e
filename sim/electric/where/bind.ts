/** From the tree of a filter's text to a filter of a table: names become columns, parameters their values. */
import type { Column, Table } from '../tables/table.ts';
import { type Constant, type Expression, type Operator, WhereError } from './expression.ts';
import { kindOf } from './kinds-of-type.ts';
import { type ConstantType, type Node, ONLY_ELECTRIC } from './parse.ts';

/** By number, from 1. */
export type Parameters = Readonly<Record<number, string>>;

/** @throws WhereError if a column, a parameter or a comparison is not to be had. */
export function bindWhere(node: Node, table: Table, parameters: Parameters): Expression {
  return new Binder(table, parameters).condition(node);
}

const MIRRORED: Readonly<Record<Operator, Operator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

class Binder {
  readonly #table: Table;
  readonly #parameters: Parameters;

  constructor(table: Table, parameters: Parameters) {
    this.#table = table;
    this.#parameters = parameters;
  }

  condition(node: Node): Expression {
    switch (node.kind) {
      case 'and':
      case 'or':
        return { kind: node.kind, parts: node.parts.map((part) => this.condition(part)) };
      case 'not':
        return { kind: 'not', part: this.condition(node.part) };
      case 'compare':
        return this.#compare(node.left, node.operator, node.right);
      case 'in': {
        const column = this.#column(node.left);
        const values = node.list.map((item) => this.#constant(item, column));
        return { kind: 'in', column: column.name, values };
      }
      case 'is-null':
        return { kind: 'is-null', column: this.#column(node.part).name };
      case 'column':
        return this.#booleanColumn(node);
      case 'constant':
        if (node.type === 'boolean') return { kind: 'always', value: node.text === 'true' };
        throw new WhereError(node.at, 'a condition must be true or false');
      case 'parameter':
        throw new WhereError(node.at, `a parameter as the whole condition ${ONLY_ELECTRIC}`);
    }
  }

  #compare(left: Node, operator: Operator, right: Node): Expression {
    if (left.kind !== 'column' && right.kind === 'column') {
      return this.#compare(right, MIRRORED[operator], left);
    }
    const column = this.#column(left);
    return { kind: 'compare', column: column.name, operator, value: this.#constant(right, column) };
  }

  #booleanColumn(node: Node): Expression {
    const column = this.#column(node);
    if (kindOf(column) !== 'boolean') throw new WhereError(node.at, `${column.name} is not true or false`);
    return { kind: 'compare', column: column.name, operator: '=', value: 'true' };
  }

  #column(node: Node): Column {
    if (node.kind !== 'column')
      throw new WhereError(node.at, `a comparison without a column ${ONLY_ELECTRIC}`);
    const column = this.#table.columns.find(({ name }) => name === node.name);
    if (!column) throw new WhereError(node.at, `unknown reference ${node.name}`);
    return column;
  }

  #constant(node: Node, column: Column): Constant {
    if (node.kind !== 'parameter' && node.kind !== 'constant') {
      if (node.kind === 'column') this.#column(node);
      throw new WhereError(node.at, `a comparison with anything but a constant ${ONLY_ELECTRIC}`);
    }
    const kind = kindOf(column);
    if (!kind)
      throw new WhereError(node.at, `comparing a column of type ${column.declared} ${ONLY_ELECTRIC}`);
    if (node.kind === 'constant') {
      if (node.type === 'null') return null;
      if (!FITS[node.type].includes(kind)) {
        throw new WhereError(
          node.at,
          `a ${node.type} cannot be compared with ${column.name} (${column.declared})`,
        );
      }
      return node.text;
    }
    const value = this.#parameters[node.number];
    if (value === undefined) throw new WhereError(node.at, `parameter $${node.number} was not provided`);
    return value;
  }
}

const NUMBERS = ['integer', 'decimal', 'float'];

/** A text in quotes is of whatever type it is compared with, as in Postgres. */
const FITS: Readonly<Record<Exclude<ConstantType, 'null'>, readonly string[]>> = {
  text: [...NUMBERS, 'text', 'uuid', 'boolean', 'time'],
  number: NUMBERS,
  boolean: ['boolean'],
};
