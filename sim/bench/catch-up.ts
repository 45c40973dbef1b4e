/**
 * A building that was offline for a month catches up: its entries go through the gateway's intake, which checks the chain,
 * appends, lets them take effect and moves the head, batch by batch, each durable before the next. Beside it, in turns and
 * in the same Postgres, the rows of the same log, ready made, by one insert of many rows for as many.
 */
import { insertEntries, readEntry } from '@lockerhub/deploy/cloud/gateway/log/entry-row.ts';
import { EMPTY_HEAD, type Entry, type Head } from '@lockerhub/protocol/log/entry.ts';
import { ENTRIES_A_PUSH } from '@lockerhub/protocol/sync/hub-messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { temporaryPostgres } from '../postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '../testing/cloud-database.ts';
import { logHistory } from '../testing/log-history.ts';
import { median } from './samples.ts';
import type { Row } from './table.ts';

const ENTRIES = 100_000;
const QUICK_ENTRIES = 10_000;
const ROUNDS = 3;
/** Of the fourth issue, "Speed": of the insert's rate. */
const AIM = 0.5;

/** Runs the bench. */
export async function benchCatchUp(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const count = quick ? QUICK_ENTRIES : ENTRIES;
  const entries = logHistory(new SeededRandom(1), count, EMPTY_HEAD);
  // Commits reach the disk; memory as a small server has it.
  const { postgres, remove } = await temporaryPostgres({
    durable: true,
    settings: { shared_buffers: '256MB', max_wal_size: '4GB' },
  });
  try {
    const cloud = await cloudDatabase(postgres, 'bench');
    try {
      const rounds: { product: number; peer: number }[] = [];
      for (let round = 1; round <= (quick ? 1 : ROUNDS); round += 1) {
        const peer = rateOf(count, await insert(cloud, entries));
        const product = rateOf(count, await catchUp(cloud, entries));
        say(
          `round ${round}: ${product.toFixed(0)} entries a second, their rows alone ${peer.toFixed(0)}: ` +
            `${(product / peer).toFixed(2)} ×`,
        );
        rounds.push({ product, peer });
        await postgres.sql('checkpoint');
      }
      return [rowOf(count, rounds)];
    } finally {
      await cloud.close();
    }
  } finally {
    await remove();
  }
}

/** The round of the median ratio: the two of one round saw the same machine. */
function rowOf(count: number, rounds: readonly { product: number; peer: number }[]): Row {
  const middle = median(rounds.map(({ product, peer }) => product / peer));
  const shown = rounds.find(({ product, peer }) => product / peer === middle);
  if (!shown) throw new RangeError('nothing was measured');
  return {
    what: `catching up ${count.toLocaleString('en')} entries, against a batched insert of their rows`,
    product: shown.product,
    peer: shown.peer,
    unit: '/s',
    digits: 0,
    aim: `≥ ${AIM} ×`,
    met: middle >= AIM,
  };
}

const rateOf = (count: number, ms: number) => (count * 1_000) / ms;

/** How long it takes, in ms. */
async function catchUp(cloud: CloudDatabase, entries: readonly Entry[]): Promise<number> {
  const building = await cloud.addBuilding();
  const instance = newId(systemClock, systemRandom);
  let after: Head = EMPTY_HEAD;
  const beganMs = performance.now();
  while (after.seq < entries.length) {
    const batch = entries.slice(after.seq, after.seq + ENTRIES_A_PUSH);
    const { head, quarantined } = await cloud.push(building, { instance, epoch: 1, after, entries: batch });
    if (quarantined.length > 0) throw new Error(`entry ${quarantined[0]?.seq} took no effect`);
    after = head;
  }
  return performance.now() - beganMs;
}

/** How long it takes, in ms: as much a transaction, and nothing to make of the entries before. */
async function insert(cloud: CloudDatabase, entries: readonly Entry[]): Promise<number> {
  const building = await cloud.addBuilding();
  const read = entries.map(readEntry);
  const beganMs = performance.now();
  for (let from = 0; from < read.length; from += ENTRIES_A_PUSH) {
    await cloud.database.asBuilding(building, (client) =>
      insertEntries(client, read.slice(from, from + ENTRIES_A_PUSH)),
    );
  }
  return performance.now() - beganMs;
}
