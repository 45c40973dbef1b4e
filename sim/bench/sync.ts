/**
 * What comes down from the cloud: the first sync of many residents, beside downloading the same shape and inserting its
 * rows, many at once, into the same kind of durable store; and a change in the cloud until it is committed in the hub's
 * store, beside the moment at which a bare `ShapeStream` hands it over.
 */

import { join } from 'node:path';
import {
  type Row as Columns,
  isChangeMessage,
  isControlMessage,
  type Offset,
  ShapeStream,
} from '@electric-sql/client';
import { BuildingLog } from '@lockerhub/hub/log/building-log.ts';
import { Register } from '@lockerhub/hub/log/register.ts';
import { hydrateTable } from '@lockerhub/hub/replace/hydrate.ts';
import { openDurable } from '@lockerhub/hub/store/pglite/durable.ts';
import type { Store } from '@lockerhub/hub/store/store.ts';
import type { ShapePlace } from '@lockerhub/hub/sync/cloud.ts';
import { Downlink } from '@lockerhub/hub/sync/downlink.ts';
import { ElectricShapes } from '@lockerhub/hub/sync/electric-shapes.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';
import { waitFor } from '../testing/wait-for.ts';
import { median } from './samples.ts';
import { freshStore, type SyncRig, startSyncRig } from './sync-rig.ts';
import type { Row } from './table.ts';

const RESIDENTS = 30_000;
const QUICK_RESIDENTS = 3_000;
const ROUNDS = 3;
const CHANGES = 100;
const QUICK_CHANGES = 10;
const CHANGES_A_TURN = 10;
/** Rows of one insert of the peer: some 100 kB. */
const ROWS_AN_INSERT = 1_000;
/** Of the fourth issue, "Speed". */
const AIM = 1.5;
const WITHIN_MS = 60_000;

type Resident = Columns;

/** Runs the bench. */
export async function benchSync(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const count = quick ? QUICK_RESIDENTS : RESIDENTS;
  const rig = await startSyncRig(count);
  try {
    // The shape server makes the shape at its first reader, whoever that is.
    await download(rig);
    const rounds: { product: number; peer: number }[] = [];
    for (let round = 1; round <= (quick ? 1 : ROUNDS); round += 1) {
      const peer = await downloadAndInsert(rig);
      const product = await firstSync(rig, count);
      say(
        `round ${round}: ${count} residents in ${product.toFixed(0)} ms, downloaded and inserted in ${peer.toFixed(0)} ms: ` +
          `${(product / peer).toFixed(2)} ×`,
      );
      rounds.push({ product, peer });
    }
    const changes = await change(rig, quick ? QUICK_CHANGES : CHANGES);
    say(`a change: ${changes.product.toFixed(1)} ms, a bare stream ${changes.peer.toFixed(1)} ms`);
    const middle = median(rounds.map(({ product, peer }) => product / peer));
    const shown = rounds.find(({ product, peer }) => product / peer === middle);
    if (!shown) throw new RangeError('nothing was measured');
    return [
      row(`first sync of ${count.toLocaleString('en')} residents, against download and insert`, shown, 0),
      row('a change in the cloud → in the hub’s store, p50, against a bare ShapeStream', changes, 1),
    ];
  } finally {
    await rig.end();
  }
}

function row(what: string, { product, peer }: { product: number; peer: number }, digits: number): Row {
  return { what, product, peer, unit: 'ms', digits, aim: `≤ ${AIM} ×`, met: product <= AIM * peer };
}

/** As a hub that takes a building over; durable when it returns. In ms. */
async function firstSync(rig: SyncRig, count: number): Promise<number> {
  const { store, end } = await freshStore();
  try {
    const beganMs = performance.now();
    await hydrateTable(store, shapesOf(rig), 'residents');
    const tookMs = performance.now() - beganMs;
    const [found] = await store.query<{ count: number }>('select count(*)::int as count from residents');
    if (found?.count !== count) throw new Error(`${found?.count} of ${count} residents came`);
    return tookMs;
  } finally {
    await end();
  }
}

/** The peer, in ms: the same shape from the same gateway, and its rows into a table of the same columns. */
async function downloadAndInsert(rig: SyncRig): Promise<number> {
  const { folder, remove } = await freshStoreFolder();
  const { db } = await openDurable(join(folder, 'store'));
  try {
    await db.exec(
      'create table bench (id uuid primary key, household uuid, name text, language text, email text, stamps jsonb)',
    );
    const beganMs = performance.now();
    const rows = await download(rig);
    for (let at = 0; at < rows.length; at += ROWS_AN_INSERT) {
      const some = rows.slice(at, at + ROWS_AN_INSERT);
      const column = (name: string) => some.map((each) => each[name] ?? null);
      await db.query(
        `insert into bench select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`,
        [
          ...['id', 'household', 'name', 'language', 'email'].map(column),
          some.map(({ stamps }) => JSON.stringify(stamps)),
        ],
      );
    }
    return performance.now() - beganMs;
  } finally {
    await db.close();
    await remove();
  }
}

/** All rows of the shape, by Electric's own client. */
async function download(rig: SyncRig): Promise<Resident[]> {
  const over = new AbortController();
  const done = Promise.withResolvers<void>();
  const rows: Resident[] = [];
  const stream = streamOf(rig, over.signal, done.reject);
  stream.subscribe((messages) => {
    for (const message of messages) {
      if (isChangeMessage(message)) rows.push(message.value);
      if (isControlMessage(message) && message.headers.control === 'up-to-date') done.resolve();
    }
  });
  await done.promise;
  over.abort();
  return rows;
}

/** One side of the comparison: follows the shape from where it stood. Resolves once it has caught up and waits for changes. */
type Follower = (onArrived: (resident: string) => void, signal: AbortSignal) => Promise<void>;

/**
 * Medians in ms from the commit in the cloud. The sides take turns, with the same changes: at once they would wait for each
 * other on one machine, and whichever is served second would pay for the first.
 */
async function change(rig: SyncRig, count: number): Promise<{ product: number; peer: number }> {
  const { store, end } = await freshStore();
  try {
    const followers = { product: hubOf(rig, store), peer: bareStreamOf(rig) };
    const samples = { product: [] as number[], peer: [] as number[] };
    for (let at = 0; at < count; at += CHANGES_A_TURN) {
      const residents = rig.residents.slice(at, at + CHANGES_A_TURN);
      for (const side of ['peer', 'product'] as const) {
        samples[side].push(...(await takeTurn(rig, followers[side], residents)));
      }
    }
    return { product: median(samples.product), peer: median(samples.peer) };
  } finally {
    await end();
  }
}

async function takeTurn(rig: SyncRig, follow: Follower, residents: readonly string[]): Promise<number[]> {
  const over = new AbortController();
  const arrivedMs = new Map<string, number>();
  try {
    await follow((resident) => arrivedMs.set(resident, performance.now()), over.signal);
    const samples: number[] = [];
    for (const resident of residents) {
      arrivedMs.delete(resident);
      await rig.rename(resident, `Renamed ${resident.slice(0, 8)} ${samples.length}`);
      const changedMs = performance.now();
      samples.push((await waitFor(() => arrivedMs.get(resident), WITHIN_MS, 'a change')) - changedMs);
    }
    return samples;
  } finally {
    over.abort();
  }
}

/** Arrived: committed in the hub's store. */
function hubOf(rig: SyncRig, store: Store): Follower {
  const register = new Register();
  const log = new BuildingLog({ log: store, register, clock: systemClock, clockTrust: () => 'trusted' });
  let tell: (resident: string) => void = () => {};
  const downlink = new Downlink({
    store,
    log,
    onArrived: (_, ids) => {
      for (const id of ids) tell(id);
    },
  });
  let place: ShapePlace | null = null;
  return async (onArrived, signal) => {
    tell = onArrived;
    const listens = Promise.withResolvers<void>();
    const following = shapesOf(rig).follow(
      'residents',
      place,
      async (rows, next, isUpToDate) => {
        await downlink.apply('residents', rows, next);
        place = next;
        if (isUpToDate) listens.resolve();
      },
      signal,
    );
    following.catch(listens.reject);
    await listens.promise;
  };
}

/** Arrived: handed over by the client. */
function bareStreamOf(rig: SyncRig): Follower {
  let from: { handle: string; offset: Offset } | undefined;
  return async (onArrived, signal) => {
    const listens = Promise.withResolvers<void>();
    const stream = streamOf(rig, signal, listens.reject, from);
    stream.subscribe((messages) => {
      for (const message of messages) {
        if (isChangeMessage(message)) onArrived(String(message.value.id));
        else if (message.headers.control === 'up-to-date') listens.resolve();
      }
      from = { handle: stream.shapeHandle ?? '', offset: stream.lastOffset };
    });
    await listens.promise;
  };
}

function shapesOf({ world, token }: SyncRig): ElectricShapes {
  return new ElectricShapes({ url: world.url, token, onFailedAttempt: () => {} });
}

function streamOf(
  { world, token }: SyncRig,
  signal: AbortSignal,
  onError: (error: Error) => void,
  from?: { readonly handle: string; readonly offset: Offset },
) {
  return new ShapeStream<Resident>({
    url: `${world.url}/hub/v1/shapes/residents`,
    headers: { authorization: `Bearer ${token}` },
    ...from,
    signal,
    onError,
  });
}
