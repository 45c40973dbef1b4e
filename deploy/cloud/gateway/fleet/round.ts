/** A round through all buildings: what each needs, for the list, and what of it rings (`alarms/`). */

import { advanceAlarms } from '../alarms/advance.ts';
import type { Gateway } from '../api/api.ts';
import type { Client } from '../database/database.ts';
import { SAMPLE_EVERY_MS, takeSamples } from './samples.ts';
import { judge, type Look, newestSoftware, readKnown } from './standings.ts';

/** How often buildings are looked at. The shortest thing that rings takes minutes; people look at the page for seconds. */
const ROUND_EVERY_MS = 10_000;
/** A gateway that dies in a round has its turn taken by another after so long. */
const ROUND_WITHIN_MS = 120_000;
/** Buildings of one transaction. */
const BATCH = 500;

/**
 * Goes round if it is time and no other gateway does.
 *
 * @returns Whether it went round
 */
export async function goRound(gateway: Pick<Gateway, 'database' | 'clock' | 'random'>): Promise<boolean> {
  const { database, clock } = gateway;
  const nowMs = Math.floor(clock.wallMs());
  if (!(await claim(gateway, 'standings', ROUND_WITHIN_MS))) return false;
  await recount(gateway);
  const { rows } = await database.query<{ id: string }>('select id from organisations order by id', []);
  for (const { id } of rows) await lookThrough(gateway, id, nowMs);
  if (await claim(gateway, 'samples', SAMPLE_EVERY_MS)) {
    await database.transaction((client) => takeSamples(client, nowMs));
  }
  await database.query(`update rounds set due_at = $1 where name = 'standings'`, [nowMs + ROUND_EVERY_MS]);
  return true;
}

/** Takes a turn: true for one gateway, when it is due. A clock that was set back does not hold it up for long. */
async function claim(
  { database, clock }: Pick<Gateway, 'database' | 'clock'>,
  name: string,
  forMs: number,
): Promise<boolean> {
  const nowMs = Math.floor(clock.wallMs());
  const { rowCount } = await database.query(
    'update rounds set due_at = $2 where name = $1 and (due_at <= $3 or due_at > $4)',
    [name, nowMs + forMs, nowMs, nowMs + Math.max(forMs, ROUND_WITHIN_MS)],
  );
  return rowCount === 1;
}

/** Counts cases and quarantine anew where the log has grown: these tables show one building a transaction. */
async function recount({ database, clock }: Pick<Gateway, 'database' | 'clock'>): Promise<void> {
  const { rows } = await database.query<{ id: string; organisation: string; head_seq: number }>(
    `select b.id, b.organisation, b.head_seq from buildings b left join standings s on s.building = b.id
     where s.building is null or s.head_seq <> b.head_seq`,
    [],
  );
  for (const { id, organisation, head_seq } of rows) {
    await database.asBuilding(id, async (client) => {
      await client.query(
        `insert into standings
           (building, organisation, weight, needs, open_cases, quarantined, head_seq, counted_at)
         select $1, $2, 0, '[]', coalesce((select value from tallies where name = 'cases.open'), 0),
           (select count(*) from quarantine), $3, $4
         on conflict (building) do update set open_cases = excluded.open_cases,
           quarantined = excluded.quarantined, head_seq = excluded.head_seq, counted_at = excluded.counted_at`,
        [id, organisation, head_seq, Math.floor(clock.wallMs())],
      );
    });
  }
}

async function lookThrough(
  { database, clock, random }: Pick<Gateway, 'database' | 'clock' | 'random'>,
  organisation: string,
  nowMs: number,
): Promise<void> {
  const newest = await database.transaction((client) => newestSoftware(client, organisation));
  let after: string | null = null;
  do {
    const page: string | null = after;
    const looks = await database.transaction(async (client) => {
      const known = await readKnown(client, organisation, { after: page, limit: BATCH }, nowMs);
      const judged = known.map((each): Look => [each, judge(each, nowMs, newest)]);
      await keepStandings(client, judged);
      await advanceAlarms(client, { clock, random }, organisation, judged, nowMs);
      return judged;
    });
    after = looks.length === BATCH ? (looks.at(-1)?.[0].building ?? null) : null;
  } while (after !== null);
}

/** Only what changed is written: most buildings need nobody, for months. */
async function keepStandings(client: Client, looks: readonly Look[]): Promise<void> {
  // A need's figure grows with every look (how long it is silent); the page computes it when it is asked for.
  const rows = looks.map(([{ building }, { needs, weight }]) => ({
    building,
    weight,
    needs: needs.map(({ kind }) => kind),
  }));
  await client.query(
    `update standings s set weight = given.weight, needs = given.needs
     from jsonb_to_recordset($1::jsonb) as given (building uuid, weight integer, needs jsonb)
     where s.building = given.building and (s.weight <> given.weight or s.needs <> given.needs)`,
    [JSON.stringify(rows)],
  );
}
