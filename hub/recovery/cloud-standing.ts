/** Asks the cloud how far it has come, before a hub is put back: by the building's key, for a backup holds no token. */
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import { standingBytes } from '@lockerhub/protocol/sync/standing.ts';
import { HubError } from '../error.ts';
import type { Authority } from '../keyring/authority.ts';
import { CloudFault } from '../sync/cloud-fault.ts';
import { GatewayClient } from '../sync/gateway-client.ts';

/** Where a building is found in a cloud. No secret. */
export interface CloudAddress {
  readonly url: string;
  /** The id that the cloud gave it. */
  readonly building: string;
}

export interface CloudStanding {
  /** The highest epoch that the cloud has adopted. */
  readonly epoch: number;
  readonly head: Head;
}

/** Null: it can't be asked; `onProgress` was told why, and what that means. */
export async function askStanding(
  { url, building }: CloudAddress,
  authority: Pick<Authority, 'sign'>,
  onProgress: (what: string) => void,
): Promise<CloudStanding | null> {
  onProgress(`asking the cloud at ${url} how far it has come`);
  const signature = Buffer.from(authority.sign(standingBytes(building))).toString('base64');
  try {
    return await new GatewayClient(url, null).standing({ building, signature });
  } catch (error) {
    if (!(error instanceof CloudFault)) throw error;
    const why = error.code === 'code-unknown' ? 'it does not know this building by its key' : error.message;
    onProgress(
      `the cloud was not asked (${why}): if another hub has spoken for the building since, name its number with --above`,
    );
    return null;
  }
}

/** @throws HubError `backup-behind`: what a hub from this copy would write contradicts what the cloud holds */
export function requireNotBehind({ url }: CloudAddress, standing: CloudStanding, head: Head): void {
  if (standing.head.seq < head.seq) return;
  if (standing.head.seq === head.seq && standing.head.hash === head.hash) return;
  throw new HubError(
    'backup-behind',
    `the cloud at ${url} holds the building's log up to entry ${standing.head.seq}, this backup up to entry ${head.seq}. A hub put back from it would lack what happened since, and the cloud would take nothing from it. Replace the hub from the cloud instead: ask its operator for a code, then run "hub replace --cloud ${url} --code CODE --data FOLDER" with the same recovery key. Where that is impossible: --although-behind puts it back all the same, apart from this cloud`,
  );
}
