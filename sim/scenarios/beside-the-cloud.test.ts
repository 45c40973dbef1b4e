/**
 * One building with a PLC and its cloud, both real, while the cloud is dead, slow, or says "begin anew" again and again: doors
 * open and staff work as ever (I9), and in the end both hold the same.
 */
import { editRow } from '@lockerhub/deploy/cloud/gateway/rows/edit-row.ts';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ChooseFault } from '../internet/fault.ts';
import { NO_FAULT } from '../internet/fault.ts';
import { FaultProxy } from '../internet/fault-proxy.ts';
import { disagreements } from '../testing/agreement.ts';
import { CloudWorld } from '../testing/cloud-world.ts';
import { type HubRig, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { PlcBank } from '../testing/plc-bank.ts';
import { waitFor } from '../testing/wait-for.ts';

const WITHIN_MS = 60_000;
const TEST_MS = 150_000;
const DOORS_WITHIN_MS = 20_000;
/** A lock that is opened often gets hot, and is refused: each door serves a few times. */
const DOORS = 8;
/** How often each shape has to begin anew. */
const TIMES = 3;

let world: CloudWorld;
let internet: FaultProxy;
let yard: PlcBank;
let hub: HubRig;
let token: string;
let building: string;

beforeAll(async () => {
  [world, yard, hub] = await Promise.all([
    CloudWorld.start(),
    PlcBank.start('yard', DOORS),
    startHubRig(smallPlan()),
  ]);
  internet = await FaultProxy.start(world.url);
  token = await hub.signIn('manager');
  await hub.ask('/api/v1/banks', { token, body: { file: yard.file, reach: 'hub' } });
  building = await world.rig.building();
  const body = { url: internet.url, code: await world.rig.code(building) };
  expect((await hub.ask('/api/v1/sync/join', { token, body })).status).toBe(204);
  await doorsAre('closed', everyDoor);
  await agree('at first');
}, 2 * WITHIN_MS);
afterAll(async () => {
  await hub.end();
  await internet.stop();
  await yard.stop();
  await world.end();
});

const asked = async (path: string) => (await hub.ask(path, { token })).json;

/** These doors are so, and the hub knows it. */
const doorsAre = (state: 'closed' | 'open', which: readonly number[]) =>
  waitFor(
    async () => {
      const { banks } = await asked('/api/v1/building');
      const { doors } = banks.find(({ bank }: { bank: string }) => bank === 'yard');
      return doors
        .filter(({ number }: { number: number }) => which.includes(number))
        .every(({ door }: { door: string }) => door === state);
    },
    DOORS_WITHIN_MS,
    `doors ${which.join()} to be ${state}`,
  );

const everyDoor = Array.from({ length: DOORS }, (_, index) => index + 1);
let opens = 0;
/** Staff open so many doors, one behind the other, and shut them again. */
async function openDoors(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    const door = (opens % DOORS) + 1;
    const before = yard.pulses(door);
    opens += 1;
    const body = { reason: 'a trial' };
    const answer = await hub.ask(`/api/v1/banks/yard/compartments/${door}/open`, { token, body });
    expect(answer.status).toBe(200);
    await waitFor(() => yard.pulses(door) === before + 1, DOORS_WITHIN_MS, 'the door to open');
    await doorsAre('open', [door]);
    await waitFor(() => yard.plc.hand.close(door), DOORS_WITHIN_MS, 'the door to latch');
    await doorsAre('closed', [door]);
  }
}

let residents = 0;
async function addResident(): Promise<void> {
  residents += 1;
  const body = { unitName: `U${residents}`, name: `Person ${residents}`, language: 'en' };
  expect((await hub.ask('/api/v1/residents', { token, body })).status).toBe(200);
}

/** As an operator's page does it. */
async function operatorRenames(name: string): Promise<void> {
  const [{ resident }] = await asked('/api/v1/residents');
  await world.gateway.gateway.database.asBuilding(building, (client) =>
    editRow(
      client,
      building,
      { table: 'residents', id: resident, changes: { fields: { name } } },
      Date.now(),
    ),
  );
}

async function agree(what: string): Promise<void> {
  await waitFor(
    async () => {
      const { state, entries, rows } = await asked('/api/v1/sync');
      if (state !== 'live' || entries + rows > 0) throw new Error(`${state}, ${entries} and ${rows} wait`);
      const differences = await disagreements(hub.hub.store, world.rig, building);
      if (differences.length > 0) throw new Error(differences.slice(0, 3).join('; '));
      return true;
    },
    WITHIN_MS,
    `hub and cloud to agree ${what}`,
  );
}

it('opens door after door while the gateway takes requests and answers none, of which the hub has one up at a time', {
  timeout: TEST_MS,
}, async () => {
  const answers = Promise.withResolvers<void>();
  const waiting: string[] = [];
  internet.choose = ({ method, url }) => {
    waiting.push(`${method} ${new URL(url, 'http://x').pathname}`);
    return { kind: 'held', until: answers.promise };
  };
  await waitFor(() => waiting.some((request) => request.startsWith('POST')), WITHIN_MS, 'a request up');
  const before = (await asked('/api/v1/sync')).entries;
  await openDoors(DOORS);
  await addResident();
  // All that is done, before the first of them is answered.
  expect(waiting.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  const { entries, rows } = await asked('/api/v1/sync');
  expect(entries).toBeGreaterThanOrEqual(before + 2 * DOORS);
  expect(rows).toBeGreaterThan(0);
  internet.choose = () => NO_FAULT;
  answers.resolve();
  await agree('once the gateway answers');
});

it('opens doors while the cloud’s Postgres hangs, and while it is dead', { timeout: TEST_MS }, async () => {
  await world.rig.sql('begin');
  await world.rig.sql('lock table buildings in access exclusive mode');
  await addResident();
  await openDoors(1);
  await world.rig.sql('commit');
  await agree('once Postgres goes on');
  await world.rig.postgres.kill();
  await addResident();
  await openDoors(1);
  await world.rig.postgres.start();
  await world.rig.reconnect();
  await agree('once Postgres is back');
});

it('goes on, and gets there, however often all shapes are to begin anew, also amid a load', {
  timeout: TEST_MS,
}, async () => {
  // Electric's client says on the console how it fares.
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const storm = new Storm(TIMES);
  world.shapesLine.choose = storm.choose;
  // Live requests end here.
  world.shapesLine.cut();
  world.shapesLine.mend();
  await operatorRenames('Renamed Meanwhile');
  while (!storm.isOver) {
    await addResident();
    await openDoors(1);
  }
  world.shapesLine.choose = () => NO_FAULT;
  await agree('after the storm');
  expect(storm.amidLoads).toBeGreaterThan(0);
  // Bounded: the client asks up to three times more for a handle that it was told is over, and here is not.
  for (const [table, loads] of storm.loads)
    expect([table, Math.min(loads, 4 * TIMES + 2)]).toEqual([table, loads]);
  const names = (await asked('/api/v1/residents')).map(({ name }: { name: string }) => name);
  expect(names).toContain('Renamed Meanwhile');
  expect(new Set(names).size).toBe(names.length);
  warned.mockRestore();
});

/** Gives up every shape so many times; each load that begins is let begin. */
class Storm {
  readonly #times: number;
  readonly #refused = new Map<string, number>();
  /** Table → how often it was read from its start. */
  readonly loads = new Map<string, number>();
  amidLoads = 0;

  constructor(times: number) {
    this.#times = times;
  }

  get isOver(): boolean {
    return this.#refused.size > 0 && [...this.#refused.values()].every((count) => count >= this.#times);
  }

  readonly choose: ChooseFault = ({ url }) => {
    const query = new URL(url, 'http://x').searchParams;
    const table = query.get('table') ?? '';
    const refused = this.#refused.get(table) ?? 0;
    const isBegin = query.get('offset') === '-1';
    if (isBegin) this.loads.set(table, (this.loads.get(table) ?? 0) + 1);
    if (isBegin || refused >= this.#times) return NO_FAULT;
    this.#refused.set(table, refused + 1);
    if (refused > 0) this.amidLoads += 1;
    return { kind: 'must-refetch' };
  };
}
