/**
 * A process that only writes, to be killed or to have its power cut: `node store-writer.ts <kind> <folder>`.
 * It prints a line for each transaction that was acknowledged: what counts is what it has said.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';

/** `product`: the store as we run it. `as-shipped`: PGlite as it comes, which must lose. */
export type WriterKind = 'product' | 'as-shipped';

/** How many appends are under way at once, so that groups are cut as well. */
const AT_ONCE = 3;

/** Synchronously: what was said must have left the process before the next append begins. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function writeProduct(folder: string): Promise<void> {
  const fail = (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
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
  say('ready');
  const writers = Array.from({ length: AT_ONCE }, async () => {
    for (;;) {
      const entries = await store.append({ payloads: parcel() });
      for (const { seq, hash } of entries) say(`${seq} ${hash}`);
    }
  });
  await Promise.all(writers);
}

function parcel(): Payload[] {
  const stamp = { at: systemClock.wallMs(), clock: 'trusted', by: { kind: 'hub' } } as const;
  const id = () => newId(systemClock, systemRandom);
  const [delivery, visit] = [id(), id()];
  const door = { bank: 'lobby', compartment: 1 };
  const who = { unit: id(), household: id(), resident: null, carrier: null };
  return [
    { ...stamp, type: 'delivery.assigned', data: { delivery, visit, ...who, size: 'M', ...door } },
    { ...stamp, type: 'grant.issued', data: { grant: id(), purpose: 'deposit', delivery, visit, ...door } },
    { ...stamp, type: 'delivery.deposited', data: { delivery, confirmation: 'confirmed' } },
  ];
}

async function writeAsShipped(folder: string): Promise<void> {
  const db = await PGlite.create(join(folder, 'store'));
  await db.exec('create table if not exists entries (n bigint primary key, body text not null)');
  const { rows } = await db.query<{ n: number }>('select coalesce(max(n), 0) as n from entries');
  say('ready');
  for (let n = (rows[0]?.n ?? 0) + 1; ; n += 5) {
    await db.transaction(async (transaction) => {
      for (let step = 0; step < 5; step += 1) {
        await transaction.query('insert into entries (n, body) values ($1, $2)', [
          n + step,
          `body ${n + step}`,
        ]);
      }
    });
    for (let step = 0; step < 5; step += 1) say(`${n + step} -`);
  }
}

const [kind, folder] = process.argv.slice(2);
if (!folder) throw new Error('name the kind of store and its folder');
await (kind === 'product' ? writeProduct(folder) : writeAsShipped(folder));
