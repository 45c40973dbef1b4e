/** What each side of the internet holds of the building, each by its own account. */
import { CourierView, LogEntryView, pageOf, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { Client } from 'pg';
import { z } from 'zod';
import type { StaffLink } from './staff-link.ts';
import type { Side } from './state.ts';

/** As staff may ask it. @throws HubRefusal */
export async function sideOfHub(who: 'hub' | 'old', staff: StaffLink): Promise<Side> {
  const [{ state, entries, rows }, newest, residents, couriers] = await Promise.all([
    staff.ask('GET', '/api/v1/sync', SyncReport),
    staff.ask('GET', '/api/v1/log?limit=1', pageOf(LogEntryView)),
    staff.ask('GET', '/api/v1/residents', z.array(ResidentView)),
    staff.ask('GET', '/api/v1/couriers', z.array(CourierView)),
  ]);
  const { seq = 0, hash = '', epoch = 0 } = newest.items[0] ?? {};
  const people = residents.length + couriers.length;
  return { who, state, waiting: entries + rows, entries: seq, head: hash, epoch, people };
}

/** Of a row that was neither removed nor erased. */
const LIVES = "stamps ->> 'removed' is null and stamps ->> 'erased' is null";

/** @param databaseUrl As its owner. @throws Error while it is away */
export async function sideOfCloud(databaseUrl: string, slug: string): Promise<Side | null> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select head_seq, head_hash, epoch,
         (select count(*) from residents where building = b.id and ${LIVES}) +
         (select count(*) from couriers where building = b.id and ${LIVES}) as people
       from buildings b where slug = $1`,
      [slug],
    );
    const [row] = rows;
    if (!row) return null;
    const { head_seq: entries, head_hash: head, epoch, people } = row;
    return {
      ...{ who: 'cloud', state: null, waiting: 0, head, epoch },
      ...{ entries: Number(entries), people: Number(people) },
    };
  } finally {
    await client.end();
  }
}
