/** A hub that has enrolled bears a higher epoch since: it proves that with a heartbeat. */

import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import type { HubLog } from '@lockerhub/protocol/sync/hub-messages.ts';
import { lockBuilding } from '../buildings/building.ts';
import type { Speaker } from '../credentials/speaker.ts';
import { type Credential, tokenUnknown } from '../credentials/tokens.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { requireContinuation } from '../log/same-log.ts';
import { adoptEpoch } from './adopt.ts';
import { clash, compareClaim, fenced, provenClaim } from './epoch-proof.ts';

/**
 * Adopts the certificate if it is higher and its hub goes on with the log that is here, and lets the token go with the instance that it names.
 *
 * @returns The credential as it now is.
 * @throws GatewayError `key-foreign`, `epoch-clash`, `epoch-fenced`, `fork`, `epoch-unproven`; `token-unknown` if that
 *   instance has a token of its own
 */
export async function proveEpoch(
  client: Client,
  credential: Credential,
  said: Speaker & HubLog,
  certificate: EpochCertificate,
): Promise<Credential> {
  const { building } = await lockBuilding(client, credential.building);
  if (building.authority === null) throw tokenUnknown();
  const claim = provenClaim(certificate, building.authority);
  if (claim.instance !== said.instance || claim.number !== said.epoch || claim.building !== building.slug) {
    throw new GatewayError('request-invalid', 'body.certificate: is about another hub or epoch', {
      where: 'body.certificate',
    });
  }
  const standing = compareClaim(claim, { epoch: building.epoch, instance: building.epochInstance });
  // Two copies of one folder have one token, so that the token does not tell them apart; this does.
  if (standing === 'clash') throw clash(building.epoch);
  if (standing === 'lower') throw fenced(building.epoch);
  if (standing === 'same') return credential;
  await requireContinuation(client, building, said);
  await adoptEpoch(client, building.id, claim, certificate);
  const { rowCount } = await client.query(
    `update hubs set instance = $2, epoch = $3 where token_hash = $1
     and not exists (select 1 from hubs other
       where other.building = $4 and other.instance = $2 and other.token_hash <> $1)`,
    [credential.tokenHash, claim.instance, claim.number, building.id],
  );
  if (rowCount !== 1) throw tokenUnknown();
  return { ...credential, instance: claim.instance };
}
