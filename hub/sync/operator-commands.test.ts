/** Commands of operators: taken once, whatever comes between, and ended each. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../config/logging.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { HubError } from '../error.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { openStore } from '../store/pglite/open.ts';
import type { Store } from '../store/store.ts';
import { OperatorCommands } from './operator-commands.ts';

const NOW_MS = 1_000_000;
const id = () => newId(systemClock, systemRandom);

let store: Store;
let log: BuildingLog;
let remove: () => Promise<void>;
let gatewayMs: number | null;
let done: string[];
let execute: () => Promise<{ grant: string | null }>;

beforeAll(async () => {
  const made = await freshStoreFolder();
  remove = made.remove;
  const unexpected = (error: Error) => {
    throw error;
  };
  store = await openStore({
    folder: made.folder,
    epoch: 1,
    node: 'h-1',
    clock: systemClock,
    random: systemRandom,
    onBroken: unexpected,
    onWarning: unexpected,
    freeBytes: async () => 1e12,
  });
  const register = await Register.load(store);
  log = new BuildingLog({ log: store, register, clock: systemClock, clockTrust: () => 'trusted' });
});
afterAll(async () => {
  await store.close();
  await remove();
});
beforeEach(() => {
  gatewayMs = NOW_MS;
  done = [];
  execute = async () => ({ grant: id() });
});

const commands = () =>
  new OperatorCommands({
    store,
    log,
    epoch: 1,
    execute: (async (command: { type: string }) => {
      done.push(command.type);
      return execute();
    }) as never,
    update: async ({ version }) => {
      done.push(`update to ${version}`);
      await execute();
    },
    gatewayMs: () => gatewayMs,
    logger: createLogger('silent'),
  });

/** As it comes by the shape. */
const open = (more: object = {}) => ({
  command: id(),
  epoch: 1n,
  argument: { kind: 'open-compartment', bank: id(), compartment: 3, reason: 'a resident called' },
  operator: id(),
  approved_by: null,
  issued_at: BigInt(NOW_MS - 1_000),
  expires_at: BigInt(NOW_MS + 59_000),
  ...more,
});

/** What the log says of a command, in its order. */
async function said(command: string): Promise<string[]> {
  const rows = await store.query<{ payload: string }>(
    'select payload from log where subject = $1 order by seq',
    [command],
  );
  return rows.map(({ payload }) => {
    const { type, data } = JSON.parse(payload) as { type: string; data: { outcome: string } };
    return type === 'command.ended' ? data.outcome : type;
  });
}

it('does a command once, however often it comes', async () => {
  const row = open();
  await commands().take([row, row]);
  await commands().take([row]);
  expect([done, await said(row.command)]).toEqual([['staff-open'], ['command.taken', 'done']]);
});

it('does none of another epoch nor one that expired by the cloud’s clock, and says so', async () => {
  const [foreign, late] = [open({ epoch: 2n }), open({ expires_at: BigInt(NOW_MS) })];
  await commands().take([foreign, late]);
  expect(done).toEqual([]);
  expect(await said(foreign.command)).toEqual(['command.taken', 'other-epoch']);
  expect(await said(late.command)).toEqual(['command.taken', 'expired']);
});

it('takes none before it has heard the cloud’s clock', async () => {
  gatewayMs = null;
  const row = open();
  await expect(commands().take([row])).rejects.toMatchObject({ code: 'unreachable' });
  expect([done, await said(row.command)]).toEqual([[], []]);
});

it('ends what was refused and what failed, and goes on with the next', async () => {
  const rows = [open(), open(), open()] as const;
  const ways = [new Refusal('bank-away', 'the bank does not answer'), new Error('a fault of ours'), null];
  execute = async () => {
    const way = ways.shift();
    if (way) throw way;
    return { grant: id() };
  };
  await commands().take(rows);
  const outcomes = await Promise.all(rows.map(async ({ command }) => (await said(command)).at(-1)));
  expect(outcomes).toEqual(['refused', 'failed', 'done']);
});

it('begins an update, or says why not', async () => {
  const files = [{ machine: 'x64', sha256: 'a'.repeat(64), bytes: 5 }];
  const update = () => open({ argument: { kind: 'update-hub', version: '0.2.0', files, reason: 'a fault' } });
  const rows = [update(), update()] as const;
  const ways = [null, new HubError('update-running', 'an update is under way')];
  execute = async () => {
    const way = ways.shift();
    if (way) throw way;
    return { grant: null };
  };
  await commands().take(rows);
  const outcomes = await Promise.all(rows.map(async ({ command }) => (await said(command)).at(-1)));
  expect([done, outcomes]).toEqual([
    ['update to 0.2.0', 'update to 0.2.0'],
    ['done', 'refused'],
  ]);
});

it('refuses a kind that newer gateways know, and one of which they say more, and goes on with the next', async () => {
  const argument = { kind: 'open-compartment', bank: id(), compartment: 3, reason: 'a resident called' };
  const rows = [
    open({ argument: { kind: 'sing-a-song', loudly: true } }),
    open({ argument: { ...argument, onlyIfEmpty: true } }),
    open(),
  ] as const;
  await commands().take(rows);
  const outcomes = await Promise.all(rows.map(({ command }) => said(command)));
  expect(outcomes.map((each) => each.at(-1))).toEqual(['refused', 'refused', 'done']);
  expect(done).toEqual(['staff-open']);
});

it('ends as failed what the process before took and did not end, and does it no second time', async () => {
  const row = open();
  execute = () => new Promise(() => {});
  void commands().take([row]);
  await expect.poll(() => said(row.command)).toEqual(['command.taken']);
  await commands().settle();
  execute = async () => ({ grant: id() });
  await commands().take([row]);
  expect([done, await said(row.command)]).toEqual([['staff-open'], ['command.taken', 'failed']]);
});
