/**
 * A building that stood alone for long joins a cloud, and sends its log from the first entry and all its rows, while it goes on
 * living: `node sim/torture/year-alone.ts --entries 100000`.
 *
 * Store, sync, gateway, Postgres and the line between are real. Held against: one request at a time and of bounded size,
 * heartbeats in between, what happens meanwhile is written at once, and in the end both sides are compared entry by entry,
 * effect by effect, field by field.
 */
import { createLogger } from '@lockerhub/hub/config/logging.ts';
import { BuildingLog } from '@lockerhub/hub/log/building-log.ts';
import { Register } from '@lockerhub/hub/log/register.ts';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import type { RowChange, Store } from '@lockerhub/hub/store/store.ts';
import type { CloudPush } from '@lockerhub/hub/sync/cloud.ts';
import { ElectricShapes } from '@lockerhub/hub/sync/electric-shapes.ts';
import { GatewayClient } from '@lockerhub/hub/sync/gateway-client.ts';
import { Sync } from '@lockerhub/hub/sync/sync.ts';
import { EMPTY_HEAD } from '@lockerhub/protocol/log/entry.ts';
import { ENTRIES_A_PUSH, ROWS_A_PUSH } from '@lockerhub/protocol/sync/hub-messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { SeededRandom } from '../clock/seeded-random.ts';
import { disagreements } from '../testing/agreement.ts';
import { CloudHub } from '../testing/cloud-hub.ts';
import { CloudWorld } from '../testing/cloud-world.ts';
import { logHistory } from '../testing/log-history.ts';
import { wholeNumber } from '../testing/numbers.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';
import { waitFor } from '../testing/wait-for.ts';

/** Entries of one transaction while the past is made up. */
const WRITTEN_AT_ONCE = 250;
/** For so many entries a row of each of three tables. */
const ENTRIES_PER_ROWS = 50;
/** Behind each batch of entries so much happens in the building. */
const MEANWHILE = 1;
const WITHIN_MS = 600_000;
const SEED = 4;
const MEBIBYTE = 2 ** 20;

export interface YearTotals {
  readonly entries: number;
  readonly rows: number;
  readonly seconds: number;
  readonly pushes: number;
  readonly beats: number;
  /** Written while the past was sent, and the longest that one took. */
  readonly meanwhile: number;
  readonly slowestMs: number;
  /** Of this process, gateway and hub together, above what it took before. */
  readonly grewMiB: number;
  readonly violations: readonly string[];
}

/** Makes the building's past, lets it join, and compares. */
export async function joinAfterYear(count: number): Promise<YearTotals> {
  const world = await CloudWorld.start();
  const { folder, remove } = await freshStoreFolder();
  const hub = await CloudHub.make(world.url, 'year-alone');
  const store = await openStore({
    ...{ folder, epoch: 1, node: `h-${hub.instance.slice(-8)}` },
    ...{ clock: systemClock, random: systemRandom, onBroken: fail, onWarning: fail },
  });
  try {
    const rows = await makePast(store, count);
    const building = await world.rig.building();
    await hub.enrol(await world.rig.code(building));
    const log = new BuildingLog({
      log: store,
      register: await Register.load(store),
      clock: systemClock,
      clockTrust: () => 'trusted',
    });
    const watched = new WatchedPush(new GatewayClient(world.url, hub.token), () => goOn(log));
    const sync = syncOf({ world, hub, store, log, push: watched });
    const before = process.memoryUsage().rss;
    const startedMs = systemClock.monotonicMs();
    sync.start();
    await waitFor(
      async () => {
        const { state, entries, rows: left } = await sync.view();
        if (state === 'live' && entries + left === 0) return true;
        throw new Error(`${state}: ${entries} entries and ${left} rows wait`);
      },
      WITHIN_MS,
      'all to be sent',
    );
    const seconds = Number(((systemClock.monotonicMs() - startedMs) / 1_000).toFixed(1));
    await sync.stop();
    const { pushes, beats, meanwhile, slowestMs, highest, violations } = watched;
    return {
      ...{ entries: log.head().seq, rows, seconds, pushes, beats, meanwhile },
      slowestMs: Math.round(slowestMs),
      grewMiB: Math.max(0, Math.round((highest - before) / MEBIBYTE)),
      violations: [...violations, ...(await disagreements(store, world.rig, building)).slice(0, 10)],
    };
  } finally {
    await store.close();
    await remove();
    await world.end();
  }
}

/** The log from its first entry, and rows that were never sent. How many rows. */
async function makePast(store: Store, count: number): Promise<number> {
  const entries = logHistory(new SeededRandom(SEED), count, EMPTY_HEAD);
  for (let at = 0; at < entries.length; at += WRITTEN_AT_ONCE) {
    await store.append({ payloads: [], imported: entries.slice(at, at + WRITTEN_AT_ONCE) });
  }
  const rows = Array.from({ length: Math.ceil(count / ENTRIES_PER_ROWS) }, (_, index) => some(index)).flat();
  for (let at = 0; at < rows.length; at += WRITTEN_AT_ONCE) {
    await store.append({ payloads: [], rows: rows.slice(at, at + WRITTEN_AT_ONCE) });
  }
  return rows.length;
}

function some(index: number): RowChange[] {
  const carrier = id();
  const courier = { id: id(), carrier, name: `Courier ${index}`, revoked: index % 3 === 0, hours: null };
  return [
    { table: 'units', row: { id: id(), name: `U${index}` } },
    { table: 'carriers', row: { id: carrier, name: `Carrier ${index}` } },
    { table: 'couriers', row: courier },
  ];
}

const id = () => newId(systemClock, systemRandom);

/** What happens in the building all the while. */
const goOn = (log: BuildingLog) =>
  log.record(
    { kind: 'hub' },
    Array.from({ length: MEANWHILE }, () => ({
      type: 'case.opened' as const,
      data: { case: id(), kind: 'bank-away' as const, bank: null, compartment: null, delivery: null },
    })),
  );

/** Passes on what the hub says, and sees how much at once, how often, and what happens meanwhile. */
class WatchedPush implements CloudPush {
  readonly #push: CloudPush;
  readonly #goOn: () => Promise<unknown>;
  readonly violations: string[] = [];
  pushes = 0;
  beats = 0;
  meanwhile = 0;
  slowestMs = 0;
  highest = 0;
  #underWay = 0;

  constructor(push: CloudPush, goesOn: () => Promise<unknown>) {
    this.#push = push;
    this.#goOn = goesOn;
  }

  readonly heartbeat: CloudPush['heartbeat'] = (beat) => {
    this.beats += 1;
    return this.#alone(() => this.#push.heartbeat(beat));
  };

  readonly pushEntries: CloudPush['pushEntries'] = async (push) => {
    this.pushes += 1;
    if (push.entries.length > ENTRIES_A_PUSH) this.violations.push(`${push.entries.length} entries at once`);
    const isPast = push.entries.length === ENTRIES_A_PUSH;
    const [answer] = await Promise.all([
      this.#alone(() => this.#push.pushEntries(push)),
      ...(isPast ? [this.#lives()] : []),
    ]);
    return answer;
  };

  readonly pushRows: CloudPush['pushRows'] = (push) => {
    this.pushes += 1;
    if (push.rows.length > ROWS_A_PUSH) this.violations.push(`${push.rows.length} rows at once`);
    return this.#alone(() => this.#push.pushRows(push));
  };

  readonly pushOrphans: CloudPush['pushOrphans'] = (push) => this.#push.pushOrphans(push);

  async #lives(): Promise<void> {
    const startedMs = systemClock.monotonicMs();
    await this.#goOn();
    this.meanwhile += MEANWHILE;
    this.slowestMs = Math.max(this.slowestMs, systemClock.monotonicMs() - startedMs);
  }

  async #alone<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.#underWay += 1;
    if (this.#underWay > 1) this.violations.push('two requests at once');
    try {
      return await ask();
    } finally {
      this.#underWay -= 1;
      this.highest = Math.max(this.highest, process.memoryUsage().rss);
    }
  }
}

interface Parts {
  readonly world: CloudWorld;
  readonly hub: CloudHub;
  readonly store: Store;
  readonly log: BuildingLog;
  readonly push: CloudPush;
}

function syncOf({ world, hub, store, log, push }: Parts): Sync {
  return new Sync({
    ...{ push, store, log, instance: hub.instance, epoch: hub.epoch, isFenced: false },
    ...{ clock: systemClock, random: systemRandom, logger: createLogger('silent') },
    shapes: new ElectricShapes({
      ...{ url: world.url, token: hub.token ?? '', clock: systemClock, random: systemRandom },
      onFailedAttempt: () => {},
    }),
    condition: async () => ({
      wallMs: systemClock.wallMs(),
      ...{ clock: 'trusted', disk: 'ok', software: 'torture', schema: 1 },
    }),
    envelope: () => ({ envelope: null, envelopeHash: null }),
    certificate: () => hub.certificate(),
    onRefused: (what, fault) => {
      throw new Error(`${what} was refused: ${fault.message}`);
    },
    // As if each batch took half a minute of a bad line.
    heartbeatEveryMs: 1,
    onArrived: () => {},
    onOther: async () => {},
    onState: () => {},
  });
}

function fail(error: Error): never {
  throw error;
}

async function main(): Promise<void> {
  const { entries } = new Command('year-alone')
    .description('A building that stood alone for long joins a cloud.')
    .option('--entries <number>', 'how long its log is', wholeNumber, 100_000)
    .parse()
    .opts<{ entries: number }>();
  const { violations, ...totals } = await joinAfterYear(entries);
  console.table({ 'year alone': totals });
  for (const violation of violations) console.error(`VIOLATED ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
