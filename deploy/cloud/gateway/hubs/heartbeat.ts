/** A hub says that it is there, how far its log goes, and what waits; the gateway signs what it holds. */
import { sign } from 'node:crypto';
import { countersignedBytes } from '@lockerhub/protocol/sync/countersign.ts';
import type { Countersignature, Heartbeat, HeartbeatAnswer } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Gateway } from '../api/api.ts';
import { type Building, type Found, readBuilding, told } from '../buildings/building.ts';
import { recordIncident } from '../buildings/incidents.ts';
import { reporting } from '../buildings/reporting.ts';
import { requireSpeaker } from '../credentials/speaker.ts';
import type { Credential } from '../credentials/tokens.ts';
import type { Client } from '../database/database.ts';
import { keepEnvelope } from '../enrolment/envelope.ts';
import { proveEpoch } from '../enrolment/prove-epoch.ts';
import { forked, isOtherEntry } from '../log/same-log.ts';

/**
 * Takes a heartbeat.
 *
 * @throws GatewayError `epoch-fenced`, `epoch-clash`, `epoch-unproven`, `key-foreign`; `fork` if the hub's head is not
 *   the entry that the cloud has with its number: the heartbeat of the hub that speaks is kept all the same, and the
 *   epoch of another one is not adopted
 */
export function takeHeartbeat(
  gateway: Gateway,
  credential: Credential,
  message: Heartbeat,
): Promise<HeartbeatAnswer> {
  const { building } = credential;
  const nowMs = Math.floor(gateway.clock.wallMs());
  const work = async (client: Client) => {
    const speaker = message.certificate
      ? await proveEpoch(client, credential, message, message.certificate)
      : credential;
    requireSpeaker((await readBuilding(client, building)).building, speaker, message);
    await keepHeartbeat(client, building, message, nowMs);
    if (message.envelope !== undefined) await keepEnvelope(client, building, message.envelope);
    const found = await readBuilding(client, building);
    return { found, isFork: await isOtherEntry(client, found.building, message.head) };
  };
  return reporting(
    gateway,
    () => building,
    async () => {
      const { found, isFork } = await gateway.database.asBuilding(building, work);
      if (isFork) throw forked(found.building, message.head.seq);
      return answer(gateway, found, nowMs);
    },
  );
}

/** The gateway's signature over what it holds of a building's log. */
export function countersign(
  { config }: Pick<Gateway, 'config'>,
  building: Building,
  atMs: number,
): Countersignature {
  const bytes = countersignedBytes(building.id, building.head, atMs);
  return { head: building.head, atMs, signature: sign(null, bytes, config.signingKey).toString('base64') };
}

function answer(gateway: Gateway, found: Found, nowMs: number): HeartbeatAnswer {
  const { building } = found;
  return {
    ...told(found, nowMs),
    countersignature: building.head.seq === 0 ? null : countersign(gateway, building, nowMs),
    envelopeHash: building.envelopeHash,
    frozen: building.frozenSinceMs !== null,
  };
}

async function keepHeartbeat(
  client: Client,
  building: string,
  message: Heartbeat,
  nowMs: number,
): Promise<void> {
  const { rows } = await client.query<{ was: number }>(
    'select hub_head_seq as was from heartbeats where building = $1 and instance = $2',
    [building, message.instance],
  );
  const was = rows[0]?.was ?? 0;
  if (message.head.seq < was) {
    const detail = `the hub’s log ended at entry ${was} and now at ${message.head.seq}: it was restored without a new epoch`;
    await recordIncident(client, { building, kind: 'hub-behind', detail, atMs: nowMs });
  }
  await client.query(
    `insert into heartbeats (building, instance, at, hub_head_seq, hub_head_hash, unsent_entries, unsent_rows, wall_ms,
       clock, disk, software, schema, agents)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (building) do update set instance = excluded.instance, at = excluded.at,
       hub_head_seq = excluded.hub_head_seq, hub_head_hash = excluded.hub_head_hash,
       unsent_entries = excluded.unsent_entries, unsent_rows = excluded.unsent_rows, wall_ms = excluded.wall_ms,
       clock = excluded.clock, disk = excluded.disk, software = excluded.software, schema = excluded.schema,
       agents = excluded.agents`,
    [
      building,
      message.instance,
      nowMs,
      message.head.seq,
      message.head.hash,
      message.unsentEntries,
      message.unsentRows,
      Math.floor(message.wallMs),
      message.clock,
      message.disk,
      message.software,
      message.schema,
      message.agents === undefined ? null : JSON.stringify(message.agents),
    ],
  );
}
