import type { EpochCertificate, EpochClaim } from '@lockerhub/protocol/sync/epoch.ts';
import type { Client } from '../database/database.ts';

/** From now on the claim's hub speaks for the building, whichever did before; a freeze is over. Under the building's lock. */
export async function adoptEpoch(
  client: Client,
  building: string,
  claim: EpochClaim,
  certificate: EpochCertificate,
): Promise<void> {
  await client.query(
    `update buildings set epoch = $2, epoch_instance = $3, epoch_certificate = $4, frozen_since = null where id = $1`,
    [building, claim.number, claim.instance, JSON.stringify(certificate)],
  );
}
