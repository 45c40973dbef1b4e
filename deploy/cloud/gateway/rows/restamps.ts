/** Stamps of clocks that run ahead, and what the gateway put in their place: remembered for good. */
import { chooseRestamp, type Restamp, stampKey } from '@lockerhub/protocol/log/restamp.ts';
import { compareStamps, FieldStamp, isTooFarAhead } from '@lockerhub/protocol/log/stamp.ts';
import type { Client } from '../database/database.ts';

/** Who made the gateway's stamps, whichever gateway it was: the building's lock lets one at a time. */
export const GATEWAY_NODE = 'cloud';

/** The latest stamp that the gateway made for the building. Under its lock. */
export async function readLastStamp(client: Client, building: string): Promise<FieldStamp | null> {
  const { rows } = await client.query<{ last_stamp: unknown }>(
    'select last_stamp from buildings where id = $1',
    [building],
  );
  return FieldStamp.nullable().parse(rows[0]?.last_stamp ?? null);
}

export async function writeLastStamp(client: Client, building: string, stamp: FieldStamp): Promise<void> {
  await client.query('update buildings set last_stamp = $2 where id = $1', [building, JSON.stringify(stamp)]);
}

/**
 * What stands in the place of these stamps; those that are missing stand for themselves. Under the building's lock. Those
 * that are ahead and were never seen are replaced now, the earlier ones first.
 */
export async function restampsFor(
  client: Client,
  building: string,
  stamps: Iterable<FieldStamp>,
  nowMs: number,
): Promise<ReadonlyMap<string, Restamp>> {
  const given = new Map([...stamps].map((stamp) => [stampKey(stamp), stamp]));
  const made = await readRestamps(client, [...given.values()]);
  const ahead = [...given]
    .filter(([key, stamp]) => !made.has(key) && isTooFarAhead(stamp, nowMs))
    .map(([, stamp]) => stamp)
    .toSorted(compareStamps);
  if (ahead.length === 0) return made;
  let last = await readLastStamp(client, building);
  const top = await readTop(client);
  const fresh: Restamp[] = [];
  for (const stamp of ahead) {
    // Rarely: one that was under way for long.
    const isLate = top !== null && compareStamps(stamp, top.from) < 0;
    const neighbours = isLate ? await neighboursOf(client, stamp) : { below: null, above: null };
    const pair = chooseRestamp(stamp, last, neighbours, { wallMs: nowMs, node: GATEWAY_NODE });
    if (last === null || compareStamps(pair.to, last) > 0) last = pair.to;
    made.set(stampKey(stamp), pair);
    if (isLate) await writeRestamps(client, [pair]);
    else fresh.push(pair);
  }
  await writeRestamps(client, fresh);
  if (last !== null) await writeLastStamp(client, building, last);
  return made;
}

/** Most buildings have none: then this is one look into an empty index. */
async function readRestamps(client: Client, stamps: readonly FieldStamp[]): Promise<Map<string, Restamp>> {
  if ((await readTop(client)) === null) return new Map();
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from restamps
      where (at_ms, count, node) in (select * from unnest($1::bigint[], $2::integer[], $3::text[]))`,
    columnsOf(stamps),
  );
  return new Map(rows.map((row) => [stampKey(pairOf(row).from), pairOf(row)]));
}

/** The one of the latest stamp. */
async function readTop(client: Client): Promise<Restamp | null> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from restamps order by at_ms desc, count desc, node desc limit 1`,
  );
  return rows[0] ? pairOf(rows[0]) : null;
}

async function neighboursOf(
  client: Client,
  { atMs, count, node }: FieldStamp,
): Promise<{ below: Restamp | null; above: Restamp | null }> {
  const next = async (side: '<' | '>', order: 'asc' | 'desc') => {
    const { rows } = await client.query<Row>(
      `select ${COLUMNS} from restamps where (at_ms, count, node) ${side} ($1, $2, $3)
        order by at_ms ${order}, count ${order}, node ${order} limit 1`,
      [atMs, count, node],
    );
    return rows[0] ? pairOf(rows[0]) : null;
  };
  return { below: await next('<', 'desc'), above: await next('>', 'asc') };
}

async function writeRestamps(client: Client, pairs: readonly Restamp[]): Promise<void> {
  if (pairs.length === 0) return;
  await client.query(
    `insert into restamps (at_ms, count, node, replacement)
      select * from unnest($1::bigint[], $2::integer[], $3::text[], $4::jsonb[])`,
    [...columnsOf(pairs.map(({ from }) => from)), pairs.map(({ to }) => JSON.stringify(to))],
  );
}

function columnsOf(stamps: readonly FieldStamp[]): [number[], number[], string[]] {
  return [stamps.map(({ atMs }) => atMs), stamps.map(({ count }) => count), stamps.map(({ node }) => node)];
}

const COLUMNS = 'at_ms, count, node, replacement';

interface Row {
  at_ms: number;
  count: number;
  node: string;
  replacement: FieldStamp;
}

function pairOf({ at_ms: atMs, count, node, replacement }: Row): Restamp {
  return { from: { atMs, count, node }, to: FieldStamp.parse(replacement) };
}
