/** Carries conditions and alarms on by one look at buildings, in the transaction of that look. */
import { ALARM_KINDS, type AlarmKind } from '@lockerhub/protocol/http/alarms.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Client } from '../database/database.ts';
import type { Look } from '../fleet/standings.ts';
import { noticeOf, takesMore } from './alarm.ts';
import { type Condition, nextCondition } from './condition.ts';
import { queueNotices, readAlarms } from './notices.ts';

interface ConditionRow {
  building: string;
  kind: AlarmKind;
  state: Condition['state'];
  since: number;
  alarm: string | null;
}

type Makers = { readonly clock: Clock; readonly random: Random };

/** @param looks buildings of one organisation, each once */
export async function advanceAlarms(
  client: Client,
  makers: Makers,
  organisation: string,
  looks: readonly Look[],
  nowMs: number,
): Promise<void> {
  const before = await readConditions(
    client,
    looks.map(([{ building }]) => building),
  );
  for (const [{ building }, { needs }] of looks) {
    for (const kind of ALARM_KINDS) {
      const isThere = needs.some((need) => need.kind === kind);
      const known = before.get(`${building} ${kind}`);
      // Nothing was and nothing is: the way of nearly all.
      if (!isThere && !known) continue;
      await advance(client, makers, { organisation, building, kind, isThere, known, nowMs });
    }
  }
  await tell(client, makers, organisation, nowMs);
}

interface Step {
  readonly organisation: string;
  readonly building: string;
  readonly kind: AlarmKind;
  readonly isThere: boolean;
  readonly known: ConditionRow | undefined;
  readonly nowMs: number;
}

async function advance(client: Client, makers: Makers, step: Step): Promise<void> {
  const { building, kind, known, nowMs } = step;
  const was = known ? { state: known.state, sinceMs: known.since } : null;
  const { condition, effect } = nextCondition(kind, was, step.isThere, nowMs);
  if (effect === 'end' && known?.alarm) await endFor(client, known.alarm, building, nowMs);
  if (condition === null) {
    await client.query('delete from alarm_conditions where building = $1 and kind = $2', [building, kind]);
    return;
  }
  if (effect === null && condition.state === known?.state) return;
  const alarm = effect === 'raise' ? await raise(client, makers, step) : (known?.alarm ?? null);
  await client.query(
    `insert into alarm_conditions (building, kind, state, since, alarm) values ($1, $2, $3, $4, $5)
     on conflict (building, kind) do update
     set state = excluded.state, since = excluded.since, alarm = excluded.alarm`,
    [building, kind, condition.state, condition.sinceMs, alarm],
  );
}

/** The alarm that this building's need belongs to: an open one that still gathers, or a new one. */
async function raise(client: Client, { clock, random }: Makers, step: Step): Promise<string> {
  const { organisation, building, kind, nowMs } = step;
  const { rows } = await client.query<{ alarm: string; last_joined_at: number }>(
    `select alarm, last_joined_at from alarms where organisation = $1 and kind = $2 and ended_at is null
     order by last_joined_at desc limit 1`,
    [organisation, kind],
  );
  const [open] = rows;
  const joins = open && takesMore({ endedAtMs: null, lastJoinedAtMs: open.last_joined_at }, nowMs);
  const alarm = joins ? open.alarm : newId(clock, random);
  if (!joins) {
    await client.query(
      `insert into alarms (alarm, organisation, kind, started_at, last_joined_at, now, total)
       values ($1, $2, $3, $4, $4, 0, 0)`,
      [alarm, organisation, kind, nowMs],
    );
  }
  const { rows: fresh } = await client.query<{ is_new: boolean }>(
    `insert into alarm_buildings (alarm, building, joined_at) values ($1, $2, $3)
     on conflict (alarm, building) do update set ended_at = null returning xmax = 0 as is_new`,
    [alarm, building, nowMs],
  );
  await client.query(
    'update alarms set now = now + 1, total = total + $2, last_joined_at = $3 where alarm = $1',
    [alarm, fresh[0]?.is_new ? 1 : 0, nowMs],
  );
  return alarm;
}

async function endFor(client: Client, alarm: string, building: string, nowMs: number): Promise<void> {
  await client.query('update alarm_buildings set ended_at = $3 where alarm = $1 and building = $2', [
    alarm,
    building,
    nowMs,
  ]);
  await client.query(
    `update alarms set now = now - 1, ended_at = case when now = 1 then $2::bigint end where alarm = $1`,
    [alarm, nowMs],
  );
}

/** Queues what is to be told of alarms now. An alarm that ended untold counts as told, so that nobody asks again. */
async function tell(client: Client, makers: Makers, organisation: string, nowMs: number): Promise<void> {
  for (const { id, alarm } of await readAlarms(client, organisation)) {
    const event = noticeOf(alarm, nowMs);
    if (event !== null) await queueNotices(client, makers, { organisation, alarm: id, event, nowMs });
    const isUntold = event === null && alarm.endedAtMs !== null;
    if (event === null && !isUntold) continue;
    await client.query(
      'update alarms set told_event = $2, told_at = $3, told_total = total where alarm = $1',
      [id, event ?? 'ended', nowMs],
    );
  }
}

async function readConditions(
  client: Client,
  buildings: readonly string[],
): Promise<Map<string, ConditionRow>> {
  const { rows } = await client.query<ConditionRow>(
    'select building, kind, state, since, alarm from alarm_conditions where building = any($1::uuid[])',
    [buildings],
  );
  return new Map(rows.map((row) => [`${row.building} ${row.kind}`, row]));
}
