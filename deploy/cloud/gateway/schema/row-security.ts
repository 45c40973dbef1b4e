/**
 * One building a transaction: a table with these statements shows the gateway's role the rows of the building that its
 * transaction has named (`database/transaction.ts`), and none without a name. A query that forgets its filter is then
 * harmless (invariant 3 of `protocol/sync/SPEC.md`).
 */
import { BUILDING_SETTING } from '@lockerhub/protocol/log/projections/table.ts';

/** Statements that bind a table with a column `building uuid` to the transaction's building. */
export function boundToBuilding(table: string): readonly string[] {
  const mine = `building = nullif(current_setting('${BUILDING_SETTING}', true), '')::uuid`;
  return [
    `alter table ${table} enable row level security`,
    `create policy of_building on ${table} using (${mine}) with check (${mine})`,
  ];
}
