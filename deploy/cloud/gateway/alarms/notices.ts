/** What people and programs are told of alarms: rows that any number of gateways work off (see `SPEC.md`). */
import { type AlarmKind, AlarmNotice, NAMED_BUILDINGS } from '@lockerhub/protocol/http/alarms.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { fraction, newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { Client, Database } from '../database/database.ts';
import type { Alarm } from './alarm.ts';

/** A gateway that took a notice has so long to send it; then it is due again. Longer than any channel's own limit. */
const LEASE_MS = 60_000;
/** Tries of one notice; with the waits below some 5 h. */
const MAX_TRIES = 8;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 2 * 3_600_000;
/** Notices taken at once. */
const BATCH = 20;
/** Notices that are kept after they were sent or given up on. */
const KEEP_MS = 30 * 24 * 3_600_000;

export interface NoticeTarget {
  readonly channel: 'mail' | 'webhook';
  readonly address: string;
  readonly secret: string | null;
}

/** Sends one notice; throws if it did not arrive. The same `id` may come twice. */
export type SendNotice = (id: string, body: AlarmNotice, target: NoticeTarget) => Promise<void>;

interface OpenAlarmRow {
  alarm: string;
  started_at: number;
  last_joined_at: number;
  ended_at: number | null;
  acknowledged_at: number | null;
  now: number;
  total: number;
  told_event: 'began' | 'grew' | 'ended' | null;
  told_at: number | null;
  told_total: number | null;
}

/** Alarms of which something may still be to tell. */
export async function readAlarms(
  client: Client,
  organisation: string,
): Promise<{ readonly id: string; readonly alarm: Alarm }[]> {
  const { rows } = await client.query<OpenAlarmRow>(
    `select alarm, started_at, last_joined_at, ended_at, acknowledged_at, now, total, told_event, told_at, told_total
     from alarms where organisation = $1 and told_event is distinct from 'ended'`,
    [organisation],
  );
  return rows.map((row) => ({
    id: row.alarm,
    alarm: {
      startedAtMs: row.started_at,
      lastJoinedAtMs: row.last_joined_at,
      endedAtMs: row.ended_at,
      acknowledged: row.acknowledged_at !== null,
      now: row.now,
      total: row.total,
      told:
        row.told_event === null
          ? null
          : { event: row.told_event, atMs: row.told_at ?? 0, total: row.told_total ?? 0 },
    },
  }));
}

/** Writes a notice for each of the organisation's targets. */
export async function queueNotices(
  client: Client,
  makers: { readonly clock: Clock; readonly random: Random },
  what: {
    readonly organisation: string;
    readonly alarm: string;
    readonly event: AlarmNotice['event'];
    readonly nowMs: number;
  },
): Promise<void> {
  const { rows } = await client.query<{ target: string }>(
    'select target from alarm_targets where organisation = $1 and removed_at is null',
    [what.organisation],
  );
  if (rows.length === 0) return;
  const body = await noticeBody(client, what.alarm, what.event);
  for (const { target } of rows) await queue(client, makers, target, body, what.nowMs);
}

/** Writes one notice. */
export async function queue(
  client: Client,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  target: string,
  body: AlarmNotice,
  nowMs: number,
): Promise<void> {
  await client.query(
    `insert into notices (notice, target, body, state, made_at, due_at, tries)
     values ($1, $2, $3, 'due', $4, $4, 0)`,
    [newId(clock, random), target, JSON.stringify(body), nowMs],
  );
}

async function noticeBody(client: Client, alarm: string, event: AlarmNotice['event']): Promise<AlarmNotice> {
  const { rows } = await client.query<{
    kind: AlarmKind;
    organisation: string;
    started_at: number;
    ended_at: number | null;
    now: number;
    total: number;
  }>(
    `select a.kind, g.name as organisation, a.started_at, a.ended_at, a.now, a.total
     from alarms a join organisations g on g.id = a.organisation where a.alarm = $1`,
    [alarm],
  );
  const { rows: buildings } = await client.query<{ slug: string | null; name: string }>(
    `select b.slug, b.name from alarm_buildings m join buildings b on b.id = m.building
     where m.alarm = $1 order by m.ended_at is not null, b.name limit $2`,
    [alarm, NAMED_BUILDINGS],
  );
  const row = rows[0];
  return AlarmNotice.parse({
    event,
    alarm,
    organisation: row?.organisation,
    kind: row?.kind,
    startedAtMs: row?.started_at,
    endedAtMs: row?.ended_at,
    now: row?.now,
    total: row?.total,
    // A building whose hub has not come yet has no name in addresses.
    buildings: buildings.map(({ slug, name }) => ({ building: slug ?? 'new', name })),
  });
}

interface TakenRow extends NoticeTarget {
  notice: string;
  body: unknown;
  tries: number;
  removed: boolean;
}

export interface NoticeWork {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly send: SendNotice;
}

/**
 * Sends what is due, as far as no other gateway has taken it.
 *
 * @returns How many were taken; as many as a batch holds: there may be more
 */
export async function sendDue(work: NoticeWork): Promise<number> {
  const taken = await take(work);
  await Promise.all(taken.map((row) => sendOne(work, row)));
  return taken.length;
}

/** Takes notices for the length of a lease, and counts the try: one that kills its gateway is not tried for ever. */
async function take({ database, clock }: NoticeWork): Promise<TakenRow[]> {
  const nowMs = Math.floor(clock.wallMs());
  const { rows } = await database.query<TakenRow>(
    `update notices n set due_at = $2, tries = n.tries + 1
     from alarm_targets t
     where t.target = n.target and n.notice in (
       select notice from notices where state = 'due' and due_at <= $1
       order by due_at limit ${BATCH} for update skip locked)
     returning n.notice, n.body, n.tries, t.channel, t.address, t.secret, t.removed_at is not null as removed`,
    [nowMs, nowMs + LEASE_MS],
  );
  return rows;
}

async function sendOne(work: NoticeWork, row: TakenRow): Promise<void> {
  const { database, clock, log } = work;
  const done = (state: 'sent' | 'failed', reason: string | null) =>
    database.query('update notices set state = $2, ended_at = $3, reason = $4 where notice = $1', [
      row.notice,
      state,
      Math.floor(clock.wallMs()),
      reason,
    ]);
  if (row.removed) {
    await done('failed', 'the target was removed');
    return;
  }
  try {
    await work.send(row.notice, AlarmNotice.parse(row.body), row);
    await done('sent', null);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    log.warn({ notice: row.notice, tries: row.tries, reason }, 'a notice did not arrive');
    if (row.tries >= MAX_TRIES) await done('failed', reason);
    else await putOff(work, row, reason);
  }
}

async function putOff({ database, clock, random }: NoticeWork, row: TakenRow, reason: string): Promise<void> {
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (row.tries - 1), LONGEST_WAIT_MS);
  // Half of the wait is by chance, so that a server that comes back is not met by all at once.
  const dueMs = Math.floor(clock.wallMs() + waitMs * (0.5 + fraction(random) / 2));
  await database.query('update notices set due_at = $2, reason = $3 where notice = $1', [
    row.notice,
    dueMs,
    reason,
  ]);
}

/** Forgets notices that were sent or given up on long ago. */
export async function forgetOld({ database, clock }: Pick<NoticeWork, 'database' | 'clock'>): Promise<void> {
  await database.query(`delete from notices where state <> 'due' and ended_at < $1`, [
    Math.floor(clock.wallMs()) - KEEP_MS,
  ]);
}
