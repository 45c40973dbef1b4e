/** What a shape is of: rows of one table, some of its columns. */
import { createHash } from 'node:crypto';
import type { Table } from '../tables/table.ts';
import type { Expression } from '../where/expression.ts';

export interface ShapeDefinition {
  readonly table: Table;
  /** Null: all rows. */
  readonly where: Expression | null;
  /** By name, in the order in which Electric writes them: the alphabet's. The primary key is among them. */
  readonly columns: readonly string[];
  /** `full`: updates and deletes carry whole rows, and updates the old values. */
  readonly replica: 'default' | 'full';
  /** `changes_only`: the rows that were there before are left out. */
  readonly log: 'full' | 'changes_only';
}

/** Two definitions with one key share one shape. The table's columns count: with others it is another shape. */
export function definitionKey({ table, where, columns, replica, log }: ShapeDefinition): string {
  return JSON.stringify([table, where, columns, replica, log]);
}

/** The first half of a handle, as Electric forms it: a number below 2^27 that says which definition it is. */
export function definitionHash(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) >>> 5;
}
