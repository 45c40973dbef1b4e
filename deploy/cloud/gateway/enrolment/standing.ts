/** Where a building stands here, for a hub that is put back from a backup: it has no token, but the building's key. */
import { verify } from 'node:crypto';
import type { AskStanding, Standing } from '@lockerhub/protocol/sync/hub-messages.ts';
import { standingBytes } from '@lockerhub/protocol/sync/standing.ts';
import type { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { readBuilding } from '../buildings/building.ts';
import { GatewayError } from '../error.ts';
import { codeUnknown } from './codes.ts';
import { authorityKey } from './epoch-proof.ts';

/** @throws GatewayError `code-unknown` for a building that is not here, and for another key: it counts as a guess */
export async function giveStanding(
  { database }: Pick<Gateway, 'database'>,
  { building: id, signature }: z.infer<typeof AskStanding>,
): Promise<z.infer<typeof Standing>> {
  const { building } = await database
    .asBuilding(id, (client) => readBuilding(client, id))
    .catch((error: unknown) => {
      throw error instanceof GatewayError && error.code === 'not-found' ? codeUnknown() : error;
    });
  const proof = Buffer.from(signature, 'base64');
  if (
    building.authority === null ||
    !verify('sha256', standingBytes(id), authorityKey(building.authority), proof)
  ) {
    throw codeUnknown();
  }
  return { epoch: building.epoch, head: building.head };
}
