/**
 * Grows a furnished building's store to many deliveries that are over, as years would: rows by SQL, many at once, and
 * at the end of the log entries that are really chained, for a hub follows the newest to its head when it starts.
 *
 * Arguments: the hub's folder, how many deliveries. Says how far it is.
 */
import { join } from 'node:path';
import { openDurable } from '@lockerhub/hub/store/pglite/durable.ts';
import { Pipeline } from '@lockerhub/hub/store/pglite/pipeline.ts';
import { type Head, nextEntry, SALT_BYTES } from '@lockerhub/protocol/log/entry.ts';
import { encodePayload } from '@lockerhub/protocol/log/payload.ts';
import { PROJECTION_TABLES, project } from '@lockerhub/protocol/log/projections/project.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';

const CHUNK = 50_000;
/** More than a hub verifies at its start (engine.ts), and some. */
const CHAINED = 1_500;
const CHAINED_AT_ONCE = 100;
/** Entries of each delivery: its beginning and its end. */
const ENTRIES_EACH = 2;
/** One delivery in so many ended in a case. */
const CASE_EVERY = 100;

const folder = String(process.argv[2]);
const count = Number(process.argv[3]);
const { db } = await openDurable(join(folder, 'store'));

/** An id that ends in `n`, in order of `n` as ids that are made one after the other are. */
const id = (kind: string, n: string) =>
  `('0190${kind}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

const NUMBERED = `select n, ${id('dddd', 'n')} as delivery, ${id('aaaa', 'n')} as visit,
    ${id('eeee', 'n')} as grant_id, ${id('bbbb', 'n')} as message, home.*,
    $3::bigint + (n - $1) * ${ENTRIES_EACH} as seq, $4::bigint + n * 60000 as at,
    case when n % 50 = 7 then 'missing' when n % 20 = 3 then 'withdrawn' else 'collected' end as state,
    (array['S', 'M', 'L', 'XL'])[1 + n % 4] as size, 1 + n % 32 as compartment
  from generate_series($1::bigint, $2::bigint) n
  join homes home on home.i = n * 7919 % (select count(*) from homes)
  order by n`;

const entry = (type: string, seq: string, at: string, data: string) => `insert into log
    (seq, epoch, salt, payload, hash, type, at, clock, subject, data)
  select ${seq}, 1, md5(${seq}::text),
    '{"type":"${type}","at":' || ${at} || ',"clock":"trusted","by":{"kind":"hub"},"data":' || data || '}',
    md5(${seq}::text) || md5(delivery::text), '${type}', ${at}, 'trusted', delivery::text, data::jsonb
  from (select of.*, ${data} as data from chunk of) made`;

/** The rows of deliveries `$1` to `$2`, their entries from `$3` on. */
const FILL = [
  `insert into deliveries (delivery, state, visit, unit, household, resident, carrier, size, bank, compartment,
      confirmation, assigned_at, deposited_at, ended_at, over_since, seq)
    select delivery, state, visit, unit, household, resident, (select id from carriers limit 1), size, 'wall',
      compartment, 'confirmed', at, at + 20000, at + 7200000, at + 7200000, seq from chunk`,
  `insert into grants (grant_id, delivery, visit, purpose, bank, compartment, issued_at, ended, latency_ms, seq)
    select grant_id, delivery, visit, 'deposit', 'wall', compartment, at, 'opened', 40, seq from chunk`,
  `insert into messages (message, kind, resident, visit, deliveries, state, channel, queued_at, sent_at, seq)
    select message, 'parcels-arrived', resident, visit, array[delivery], 'sent', 'email', at, at + 1000, seq from chunk`,
  `insert into parcels (id, tracking) select delivery, '1Z' || lpad((n * 104729 % 10000000000)::text, 16, '0') from chunk`,
  `insert into cases (case_id, kind, state, bank, compartment, delivery, opened_at, closed_at, resolution, seq)
    select ${id('cccc', 'n')}, 'jammed', 'closed', 'wall', compartment, delivery, at, at + 1000, 'freed', seq
    from chunk where n % ${CASE_EVERY} = 0`,
  entry(
    'delivery.assigned',
    'seq',
    'at',
    `format('{"delivery":"%s","visit":"%s","unit":"%s","household":"%s","resident":"%s","carrier":null,"size":"%s","bank":"wall","compartment":%s}',
      delivery, visit, unit, household, resident, size, compartment)`,
  ),
  entry(
    'delivery.collected',
    '(seq + 1)',
    '(at + 7200000)',
    `format('{"delivery":"%s","visit":null,"confirmation":"confirmed"}', delivery)`,
  ),
];

const STAMP = { atMs: 0, count: 0, node: 'bench' };

async function fill(): Promise<void> {
  // As a hub writes them: rows that the cloud gets too bear a stamp (hub/store/pglite/row-stamps.ts).
  await db.query("select set_config('lockerhub.stamp', $1, false)", [JSON.stringify(STAMP)]);
  await db.exec(`create temp table homes as
    select row_number() over (order by r.id) - 1 as i, h.unit, r.household, r.id as resident
    from residents r join households h on h.id = r.household`);
  const { seq: first } = await lastEntry();
  const startMs = systemClock.wallMs() - count * 60_000;
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(from + CHUNK, count) - 1;
    await db.exec('begin');
    await db.query(`create temp table chunk on commit drop as ${NUMBERED}`, [
      from,
      to,
      first + 1 + from * ENTRIES_EACH,
      startMs,
    ]);
    for (const sql of FILL) await db.exec(sql);
    await db.exec('commit');
    await db.exec('checkpoint');
    console.log(`${(to + 1).toLocaleString('en')} of ${count.toLocaleString('en')} deliveries`);
  }
  await db.exec('drop table homes');
}

async function tally(): Promise<void> {
  for (const table of ['deliveries', 'messages', 'cases']) {
    await db.exec(`update tallies set value = counted.value
      from (select '${table}.' || state as name, count(*) as value from ${table} group by state) counted
      where counted.name = tallies.name`);
  }
}

async function chainOn(): Promise<void> {
  const pipeline = new Pipeline(db);
  let head: Head = await lastEntry();
  for (let done = 0; done < CHAINED; done += CHAINED_AT_ONCE) {
    const statements = Array.from({ length: CHAINED_AT_ONCE }, () => {
      const text = encodePayload({
        type: 'hub.started',
        at: systemClock.wallMs(),
        clock: 'trusted',
        by: { kind: 'hub' },
        data: { bootId: newId(systemClock, systemRandom), software: 'bench' },
      });
      const made = nextEntry(head, 1, text, systemRandom.bytes(SALT_BYTES));
      head = made;
      return project(made);
    });
    await pipeline.run(statements.flat());
  }
}

async function lastEntry(): Promise<Head> {
  const { rows } = await db.query<Head>('select seq, hash from log order by seq desc limit 1');
  const [last] = rows;
  if (!last) throw new Error('the store holds no building');
  return last;
}

await fill();
await tally();
await chainOn();
console.log('tidying up, as the store itself does in a lull');
for (const table of ['log', 'parcels', ...PROJECTION_TABLES]) await db.exec(`vacuum (analyze) ${table}`);
await db.exec('checkpoint');
await db.close();
