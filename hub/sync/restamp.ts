/** Puts the gateway's stamps in the place of those that ran ahead of its clock. */
import type { MergedRow } from '@lockerhub/protocol/log/field-merge.ts';
import { compareStamps, type FieldStamp } from '@lockerhub/protocol/log/stamp.ts';
import type { RowsTaken } from '@lockerhub/protocol/sync/hub-messages.ts';

/** The row with each replaced stamp, wherever it stands; the very same row if it holds none of them. */
export function replaceStamps(row: MergedRow, restamped: RowsTaken['restamped']): MergedRow {
  let isChanged = false;
  const replaced = (stamp: FieldStamp): FieldStamp => {
    const found = restamped.find(({ from }) => compareStamps(from, stamp) === 0);
    if (!found) return stamp;
    isChanged = true;
    return found.to;
  };
  const marks = (of: Readonly<Record<string, FieldStamp>>) =>
    Object.fromEntries(Object.entries(of).map(([node, stamp]) => [node, replaced(stamp)]));
  const result: MergedRow = {
    fields: Object.fromEntries(
      Object.entries(row.fields).map(([name, { value, stamp }]) => [name, { value, stamp: replaced(stamp) }]),
    ),
    switches: Object.fromEntries(
      Object.entries(row.switches).map(([name, { on, off }]) => [name, { on: marks(on), off: marks(off) }]),
    ),
    removed: row.removed && replaced(row.removed),
    erased: row.erased && replaced(row.erased),
  };
  return isChanged ? result : row;
}
