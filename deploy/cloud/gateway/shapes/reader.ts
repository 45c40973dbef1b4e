/** Whose rows a hub may read: those of its building, as long as its token holds and no other hub speaks for it. */
import { tokenHashOf, tokenUnknown } from '../credentials/tokens.ts';
import type { Database } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/**
 * The building of the hub that sent this `Authorization` header.
 *
 * @throws GatewayError `token-unknown`, `hub-fenced` for a hub that was replaced
 */
export async function readerOf(database: Database, authorization: string | undefined): Promise<string> {
  const { rows } = await database.query<{
    building: string;
    instance: string;
    epoch: number;
    epoch_instance: string | null;
  }>(
    `select hubs.building, hubs.instance, buildings.epoch, buildings.epoch_instance
     from hubs join buildings on buildings.id = hubs.building
     where hubs.token_hash = $1 and hubs.revoked_at is null`,
    [tokenHashOf(authorization)],
  );
  const [hub] = rows;
  if (!hub) throw tokenUnknown();
  if (hub.epoch_instance !== hub.instance) {
    throw new GatewayError('hub-fenced', `another hub speaks for the building since epoch ${hub.epoch}`);
  }
  return hub.building;
}
