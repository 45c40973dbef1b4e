/**
 * One building a transaction: a table with these statements shows the gateway's role the rows of the building that its
 * transaction has named (`database/transaction.ts`), and none without a name. A query that forgets its filter is then
 * harmless (invariant 3 of `protocol/sync/SPEC.md`).
 */
import { BUILDING_SETTING } from '@lockerhub/protocol/log/projections/table.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/** Statements that bind a table with a column `building uuid` to the transaction's building. */
export function boundToBuilding(table: string): readonly string[] {
  const mine = `building = nullif(current_setting('${BUILDING_SETTING}', true), '')::uuid`;
  return [
    `alter table ${table} enable row level security`,
    `create policy of_building on ${table} using (${mine}) with check (${mine})`,
  ];
}

/**
 * For a gateway that starts: its statements name no building, so it must be a role that sees one alone. To a superuser,
 * the tables' owner or a role that may bypass it, a push of one building would change all.
 *
 * @throws GatewayError `config-invalid`
 */
export async function requireRowSecurity(client: Client): Promise<void> {
  const { rows } = await client.query<{ role: string; bound: boolean }>(
    `select current_user as role, row_security_active('log') as bound`,
  );
  const [found] = rows;
  if (found?.bound) return;
  throw new GatewayError(
    'config-invalid',
    `the database's role ${found?.role} sees the rows of all buildings: let the gateway connect as lockerhub_gateway`,
  );
}
