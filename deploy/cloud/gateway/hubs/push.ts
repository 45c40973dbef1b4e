/** What a hub hands over: entries, rows, and what it still held when another one replaced it. Each in one transaction. */
import type {
  EntriesTaken,
  OrphansTaken,
  PushEntries,
  PushOrphans,
  PushRows,
  RowsTaken,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import type { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { type Building, type Found, lockBuilding, readBuilding, told } from '../buildings/building.ts';
import { type IncidentKind, recordIncident } from '../buildings/incidents.ts';
import { reporting } from '../buildings/reporting.ts';
import { requireSpeaker } from '../credentials/speaker.ts';
import { type Credential, tokenUnknown } from '../credentials/tokens.ts';
import type { Client } from '../database/database.ts';
import { provenClaim } from '../enrolment/epoch-proof.ts';
import { takeEntries } from '../log/take-entries.ts';
import { takeOrphans } from '../log/take-orphans.ts';
import { type TakenRows, takeRows } from '../rows/take-rows.ts';
import { countersign } from './heartbeat.ts';

/** @throws GatewayError as the SPEC's table says; then nothing was taken */
export async function pushEntries(
  gateway: Gateway,
  credential: Credential,
  push: PushEntries,
): Promise<EntriesTaken> {
  const { found, nowMs } = await asSpeaker(
    gateway,
    credential,
    push,
    async (client, { building, cloud }, atMs) => {
      const { head, quarantined } = await takeEntries(client, building, push, atMs);
      const [first] = quarantined;
      if (first) {
        const detail = `entry ${first.seq} and ${quarantined.length - 1} more take no effect: ${first.reason}`;
        await note(client, credential, 'quarantine', detail, atMs);
      }
      return { building: { ...building, head }, cloud };
    },
  );
  return { ...told(found, nowMs), countersignature: countersign(gateway, found.building, nowMs) };
}

/** @throws GatewayError `request-invalid` for a row that is none, and what `requireSpeaker` says */
export async function pushRows(gateway: Gateway, credential: Credential, push: PushRows): Promise<RowsTaken> {
  let taken: TakenRows = { restamped: [], merged: [], unknownTables: [] };
  const { found, nowMs } = await asSpeaker(gateway, credential, push, async (client, before, atMs) => {
    taken = await takeRows(client, before.building.id, push.rows, atMs);
    if (taken.restamped.length > 0) {
      const detail = `${taken.restamped.length} stamps of ${push.rows.length} rows ran ahead of the cloud's clock and were replaced`;
      await note(client, credential, 'clock-ahead', detail, atMs);
    }
    return before;
  });
  const { restamped, merged, unknownTables } = taken;
  return {
    ...told(found, nowMs),
    ...{ restamped: [...restamped], merged: [...merged], unknownTables: [...unknownTables] },
  };
}

/** Any hub of the building may, as long as its token holds: who was fenced is who has them. @throws GatewayError `token-unknown` */
export async function pushOrphans(
  { database, clock }: Gateway,
  credential: Credential,
  push: PushOrphans,
): Promise<z.infer<typeof OrphansTaken>> {
  const nowMs = clock.wallMs();
  const found = await database.asBuilding(credential.building, async (client) => {
    requireAuthor((await readBuilding(client, credential.building)).building, credential, push);
    const fresh = await takeOrphans(client, push, nowMs);
    if (fresh > 0)
      await note(client, credential, 'orphans', `${fresh} entries of hub ${push.instance}`, nowMs);
    return readBuilding(client, credential.building);
  });
  return told(found, nowMs);
}

/**
 * Under a name that is not its own a hub could pass them off as another's. The token says whose they are, or the
 * certificate: two copies of a folder have one token, and it goes with the one that bears the higher epoch.
 */
function requireAuthor(building: Building, credential: Credential, push: PushOrphans): void {
  if (push.instance === credential.instance) return;
  if (!push.certificate || building.authority === null) throw tokenUnknown();
  const { instance, number, building: slug } = provenClaim(push.certificate, building.authority);
  if (instance !== push.instance || number !== push.epoch || slug !== building.slug) throw tokenUnknown();
}

type Take = (client: Client, before: Found, nowMs: number) => Promise<Found>;

/** Runs `take` under the building's lock, if this hub speaks for it. */
function asSpeaker(
  gateway: Gateway,
  credential: Credential,
  said: PushEntries | PushRows,
  take: Take,
): Promise<{ readonly found: Found; readonly nowMs: number }> {
  const nowMs = Math.floor(gateway.clock.wallMs());
  const work = async (client: Client) => {
    const before = await lockBuilding(client, credential.building);
    requireSpeaker(before.building, credential, said);
    return { found: await take(client, before, nowMs), nowMs };
  };
  return reporting(
    gateway,
    () => credential.building,
    () => gateway.database.asBuilding(credential.building, work),
  );
}

function note(
  client: Client,
  { building }: Credential,
  kind: IncidentKind,
  detail: string,
  atMs: number,
): Promise<void> {
  return recordIncident(client, { building, kind, detail, atMs });
}
