/** Whether a hub's log and the cloud's are one log, as far as can be told from heads. */
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { HubLog } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Building } from '../buildings/building.ts';
import { unproven } from '../credentials/speaker.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/** Whether the cloud has another entry where the hub's log ends. */
export async function isOtherEntry(client: Client, building: Building, head: Head): Promise<boolean> {
  if (head.seq === 0 || head.seq > building.head.seq) return false;
  if (head.seq === building.head.seq) return head.hash !== building.head.hash;
  const { rows } = await client.query<{ hash: string }>(
    'select hash from log where building = $1 and seq = $2',
    [building.id, head.seq],
  );
  return rows[0]?.hash !== head.hash;
}

export function forked({ head }: Building, seq: number): GatewayError {
  return new GatewayError(
    'fork',
    `entry ${seq} of the hub’s log is another than the cloud’s: one of the two was changed`,
    { head },
  );
}

/**
 * Before a higher epoch is adopted, for that fences the hub that speaks now: the one that bears it has to hold the
 * cloud's newest entry. A copy that was put back, or one that wrote on by itself, does not: whatever it wrote would
 * contradict what is here. Under the building's lock.
 *
 * @throws GatewayError `fork`; `epoch-unproven` with the head, if the hub did not say what it holds there
 */
export async function requireContinuation(client: Client, building: Building, log: HubLog): Promise<void> {
  const { head } = building;
  if (head.seq === 0) return;
  if (await isOtherEntry(client, building, log.head)) throw forked(building, log.head.seq);
  if (log.head.seq < head.seq) {
    throw new GatewayError(
      'fork',
      `the hub’s log ends at entry ${log.head.seq}, the cloud’s at ${head.seq}: it is an earlier copy; replace the hub instead (hub replace)`,
      { head },
    );
  }
  if (log.head.seq === head.seq) return;
  if (log.holds?.seq !== head.seq) throw unproven(building);
  if (log.holds.hash !== head.hash) throw forked(building, head.seq);
}
