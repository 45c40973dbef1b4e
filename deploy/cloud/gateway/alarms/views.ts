/** Alarms and their targets as the page shows them. */
import {
  type AlarmKind,
  type AlarmTargetView,
  type AlarmView,
  NAMED_BUILDINGS,
} from '@lockerhub/protocol/http/alarms.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

interface AlarmRow {
  alarm: string;
  kind: AlarmKind;
  started_at: number;
  ended_at: number | null;
  now: number;
  total: number;
  acknowledged_at: number | null;
  note: string | null;
  by_name: string | null;
  buildings: AlarmView['buildings'] | null;
}

export async function readAlarmViews(
  client: Client,
  organisation: string,
  state: 'open' | 'over',
  page: { readonly before: string | null; readonly limit: number },
): Promise<AlarmView[]> {
  const { rows } = await client.query<AlarmRow>(
    `select a.alarm, a.kind, a.started_at, a.ended_at, a.now, a.total, a.acknowledged_at, a.note, o.name as by_name,
       (select jsonb_agg(named.one) from (
          select jsonb_build_object('building', b.id, 'name', b.name, 'over', m.ended_at is not null) as one
          from alarm_buildings m join buildings b on b.id = m.building where m.alarm = a.alarm
          order by m.ended_at is not null, b.name limit ${NAMED_BUILDINGS}) named) as buildings
     from alarms a left join operators o on o.operator = a.acknowledged_by
     where a.organisation = $1 and (a.ended_at is null) = $2 and ($3::uuid is null or a.alarm < $3)
     order by a.alarm desc limit $4`,
    [organisation, state === 'open', page.before, page.limit],
  );
  return rows.map((row) => ({
    alarm: row.alarm,
    kind: row.kind,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    now: row.now,
    total: row.total,
    buildings: row.buildings ?? [],
    acknowledged:
      row.acknowledged_at === null
        ? null
        : { by: row.by_name ?? '', atMs: row.acknowledged_at, note: row.note ?? '' },
  }));
}

/** @throws GatewayError `not-found` if the organisation has no such alarm */
export async function acknowledge(
  client: Client,
  organisation: string,
  alarm: string,
  said: { readonly by: string; readonly note: string; readonly nowMs: number },
): Promise<void> {
  const { rowCount } = await client.query(
    `update alarms set acknowledged_by = $3, note = $4, acknowledged_at = $5
     where organisation = $1 and alarm = $2`,
    [organisation, alarm, said.by, said.note, said.nowMs],
  );
  if (rowCount !== 1) throw new GatewayError('not-found', `no alarm ${alarm} in this organisation`);
}

interface TargetRow {
  target: string;
  channel: AlarmTargetView['channel'];
  address: string;
  sent_at: number | null;
  state: string | null;
  reason: string | null;
}

export async function readTargets(client: Client, organisation: string): Promise<AlarmTargetView[]> {
  const { rows } = await client.query<TargetRow>(
    `select t.target, t.channel, t.address, n.state, n.reason,
       (select max(ended_at) from notices s where s.target = t.target and s.state = 'sent') as sent_at
     from alarm_targets t left join lateral (
       select state, reason from notices where target = t.target order by made_at desc limit 1) n on true
     where t.organisation = $1 and t.removed_at is null order by t.target`,
    [organisation],
  );
  return rows.map(({ target, channel, address, sent_at, state, reason }) => ({
    target,
    channel,
    address,
    sentAtMs: sent_at,
    failed: state === 'sent' ? null : reason,
  }));
}

/** The organisation's name, if the target is one of its. @throws GatewayError `not-found` */
export async function requireTarget(client: Client, organisation: string, target: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select g.name from alarm_targets t join organisations g on g.id = t.organisation
     where t.organisation = $1 and t.target = $2 and t.removed_at is null`,
    [organisation, target],
  );
  const [row] = rows;
  if (!row) throw new GatewayError('not-found', `no alarm target ${target} in this organisation`);
  return row.name;
}
