/** From a transaction to what it says to one shape. Pure. */
import type { Change } from '../replication/pgoutput.ts';
import type { Transaction } from '../replication/transaction.ts';
import { keyColumns, type Row, rowKey } from '../tables/table.ts';
import type { RowFilter } from '../where/evaluate.ts';
import type { ShapeDefinition } from './definition.ts';

/** A message as it is sent, in JSON; `op` is the second number of its offset. */
export interface LogMessage {
  readonly op: number;
  readonly text: string;
}

/** One that is not written yet. */
interface Draft {
  readonly op: number;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly key: string;
  readonly value: Row;
  readonly oldValue?: Row;
  readonly moved?: { readonly key_change_to: string } | { readonly key_change_from: string };
}

/** A change of a row's key becomes two messages, so changes stand two apart. */
const OPS_PER_CHANGE = 2;

/** The messages of a transaction for a shape; none if nothing of it is in the shape. */
export function messagesOf(
  definition: ShapeDefinition,
  filter: RowFilter,
  transaction: Transaction,
): readonly LogMessage[] {
  const drafts = transaction.changes.flatMap((change, index) =>
    change.table === definition.table.oid ? draftsOf(definition, filter, change, index * OPS_PER_CHANGE) : [],
  );
  return drafts.map((draft, index) => write(definition, transaction, draft, index === drafts.length - 1));
}

/** A row of a snapshot. */
export function snapshotMessage({ table, columns }: ShapeDefinition, row: Row): string {
  return JSON.stringify({
    key: rowKey(table, row),
    value: pick(row, columns),
    headers: { operation: 'insert', relation: [table.schema, table.name] },
  });
}

function draftsOf(
  definition: ShapeDefinition,
  filter: RowFilter,
  change: Change,
  op: number,
): readonly Draft[] {
  switch (change.kind) {
    case 'insert':
      return filter(change.row) ? [inserted(definition, change.row, op)] : [];
    case 'delete':
      return filter(change.old) ? [deleted(definition, change.old, op)] : [];
    case 'update': {
      const wasIn = filter(change.old);
      const isIn = filter(change.row);
      if (wasIn && isIn) return updated(definition, change.old, change.row, op);
      if (wasIn) return [deleted(definition, change.old, op)];
      return isIn ? [inserted(definition, change.row, op)] : [];
    }
  }
}

function inserted({ table, columns }: ShapeDefinition, row: Row, op: number): Draft {
  return { op, operation: 'insert', key: rowKey(table, row), value: pick(row, columns) };
}

function deleted(definition: ShapeDefinition, old: Row, op: number): Draft {
  const { table, columns, replica } = definition;
  const value = pick(old, replica === 'full' ? columns : keyColumns(table));
  return { op, operation: 'delete', key: rowKey(table, old), value };
}

function updated(definition: ShapeDefinition, old: Row, row: Row, op: number): readonly Draft[] {
  const { table, columns, replica } = definition;
  const before = rowKey(table, old);
  const key = rowKey(table, row);
  if (before !== key) {
    return [
      { ...deleted(definition, old, op), moved: { key_change_to: key } },
      { ...inserted(definition, row, op + 1), moved: { key_change_from: before } },
    ];
  }
  const changed = columns.filter((column) => old[column] !== row[column]);
  if (changed.length === 0) return [];
  if (replica === 'full') {
    return [{ op, operation: 'update', key, value: pick(row, columns), oldValue: pick(old, changed) }];
  }
  const told = new Set([...keyColumns(table), ...changed]);
  return [
    {
      op,
      operation: 'update',
      key,
      value: pick(
        row,
        columns.filter((column) => told.has(column)),
      ),
    },
  ];
}

function write(
  { table }: ShapeDefinition,
  { lsn, xid }: Transaction,
  draft: Draft,
  isLast: boolean,
): LogMessage {
  const headers = {
    ...(isLast ? { last: true } : {}),
    relation: [table.schema, table.name],
    operation: draft.operation,
    lsn: String(lsn),
    op_position: draft.op,
    txids: [xid],
    ...draft.moved,
  };
  const { key, value, oldValue } = draft;
  return {
    op: draft.op,
    text: JSON.stringify({ value, key, headers, ...(oldValue ? { old_value: oldValue } : {}) }),
  };
}

function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
