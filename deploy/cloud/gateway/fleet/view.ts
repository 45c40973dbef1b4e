/** One building as its page shows it. In a transaction that sees the building. */
import type { FleetBuilding, FleetHub } from '@lockerhub/protocol/http/fleet.ts';
import { standingTo } from '@lockerhub/protocol/update/version.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { readCheck } from '../log/log-checks.ts';
import { fleetRow } from './list.ts';
import { judge, type KnownBuilding, newestSoftware, readThese } from './standings.ts';

interface DetailRow {
  time_zone: string;
  epoch: number;
  head_seq: number;
  head_hash: string;
  instance: string | null;
  enrolled_at: number | null;
  schema: number | null;
  waiting: number;
}

/** @throws GatewayError `not-found` */
export async function readFleetBuilding(
  client: Client,
  { organisation, building }: { readonly organisation: string; readonly building: string },
  nowMs: number,
): Promise<FleetBuilding> {
  const known = (await readThese(client, organisation, [building], nowMs)).get(building);
  const { rows } = await client.query<DetailRow>(
    `select b.time_zone, b.epoch, b.head_seq, b.head_hash, h.instance, h.enrolled_at, coalesce(t.schema, h.schema) as schema,
       coalesce((select value from tallies where name = 'deliveries.deposited'), 0) as waiting
     from buildings b
     left join hubs h on h.building = b.id and h.instance = b.epoch_instance and h.revoked_at is null
     left join heartbeats t on t.building = b.id and t.instance = h.instance
     where b.id = $1`,
    [building],
  );
  const [detail] = rows;
  if (!known || !detail) throw new GatewayError('not-found', `no building ${building}`);
  const judged = judge(known, nowMs, await newestSoftware(client, organisation));
  return {
    ...fleetRow(known, judged),
    nowMs,
    organisation,
    timeZone: detail.time_zone,
    epoch: detail.epoch,
    head: { seq: detail.head_seq, hash: detail.head_hash },
    logCheck: await readCheck(client, building),
    hub: hubOf(known, detail),
    waiting: detail.waiting,
  };
}

function hubOf(known: KnownBuilding, detail: DetailRow): FleetHub | null {
  const { hub } = known.standing;
  if (hub === null || detail.instance === null) return null;
  const isHeard = known.heardAtMs !== null;
  return {
    instance: detail.instance,
    enrolledAtMs: detail.enrolled_at ?? 0,
    heardAtMs: known.heardAtMs,
    software: known.software,
    schema: detail.schema,
    clock: isHeard ? hub.clock : null,
    clockOffMs: known.clockOffMs,
    disk: isHeard ? hub.disk : null,
    unsentEntries: known.unsentEntries,
    unsentRows: known.unsentRows,
    agents: known.agents.map((agent) => ({
      ...agent,
      standing: standingTo(agent.software, known.software ?? ''),
    })),
  };
}
