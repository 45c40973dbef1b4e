/**
 * A process that opens a store after a crash and prints all that is in it: `node store-reader.ts <kind> <folder>`.
 * It ends with 0 only if the store opened and holds together.
 */
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import { EMPTY_HEAD, type Entry, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';

/** Entries read in one query. */
const PAGE = 2_000;

async function readProduct(folder: string): Promise<void> {
  const fail = (error: Error) => {
    throw error;
  };
  const store = await openStore({
    folder,
    epoch: 1,
    node: 'h-1',
    clock: systemClock,
    random: systemRandom,
    onBroken: fail,
    onWarning: fail,
  });
  let head = EMPTY_HEAD;
  for (;;) {
    const page = await store.query<Entry>(
      'select seq, epoch, salt, payload, hash from log where seq > $1 order by seq limit $2',
      [head.seq, PAGE],
    );
    if (page.length === 0) break;
    head = verifyChain(head, page);
    process.stdout.write(page.map(({ seq, hash }) => `${seq} ${hash}\n`).join(''));
  }
  if (head.seq !== store.head().seq) throw new Error('the log goes on after its head');
  await projectionsAgree(store);
  await store.close();
}

/** What was projected in the same transactions must be there to the same extent. */
async function projectionsAgree(store: {
  query<Row extends object>(sql: string): Promise<readonly Row[]>;
}): Promise<void> {
  const [counts] = await store.query<Record<string, number>>(
    `select
      (select count(*) from log where type = 'delivery.assigned') as assigned,
      (select count(*) from deliveries) as deliveries,
      (select count(*) from grants) as grants,
      (select count(*) from living) as living,
      (select value from tallies where name = 'deliveries.deposited') as deposited`,
  );
  if (!counts || new Set(Object.values(counts)).size !== 1) {
    throw new Error(`log and projections differ: ${JSON.stringify(counts)}`);
  }
}

async function readAsShipped(folder: string): Promise<void> {
  const db = await PGlite.create(join(folder, 'store'));
  const { rows } = await db.query<{ n: number; body: string }>('select n, body from entries order by n');
  if (rows.some(({ n, body }) => body !== `body ${n}`)) throw new Error('a row was changed');
  process.stdout.write(rows.map(({ n }) => `${n} -\n`).join(''));
  await db.close();
}

const [kind, folder] = process.argv.slice(2);
if (!folder) throw new Error('name the kind of store and its folder');
await (kind === 'product' ? readProduct(folder) : readAsShipped(folder));
