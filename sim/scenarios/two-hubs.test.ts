/**
 * One building and its cloud, both real, with a PLC that the hub drives: what operators ask for from afar, and what happens
 * when two hubs claim the building.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreHub } from '@lockerhub/hub/recovery/restore.ts';
import type { CommandView } from '@lockerhub/protocol/http/cloud-commands.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CloudWorld } from '../testing/cloud-world.ts';
import { type HubRig, smallPlan, startHubIn, startHubRig } from '../testing/hub-rig.ts';
import { firstAdmin, invited, type SignedIn } from '../testing/operator-rig.ts';
import { PlcBank } from '../testing/plc-bank.ts';
import { waitFor } from '../testing/wait-for.ts';

const WITHIN_MS = 90_000;
const HOUR_MS = 3_600_000;

let world: CloudWorld;
let yard: PlcBank;
let hub: HubRig;
let copy: HubRig | undefined;
let copied: string;
let ada: SignedIn;
let ben: SignedIn;
let building: string;
let commands: string;

beforeAll(async () => {
  world = await CloudWorld.start();
  ada = await firstAdmin(world.gateway, 'Linden Homes', 'ada');
  ben = await invited(world.url, ada, 'support', 'ben');
  const made = await ada.ask(`/api/v1/organisations/${ada.organisation}/buildings`, {
    name: 'Rig House',
    slug: 'rig-house',
    timeZone: 'UTC',
  });
  building = (made.body as { building: string }).building;
  commands = `/api/v1/buildings/${building}/commands`;
  yard = await PlcBank.start('yard');
  hub = await startHubRig(smallPlan());
  copied = await mkdtemp(join(tmpdir(), 'lockerhub-two-hubs-'));
  const token = await hub.signIn('manager');
  await hub.ask('/api/v1/banks', { token, body: { file: yard.file, reach: 'hub' } });
  const body = { url: world.url, code: await world.rig.code(building) };
  expect((await hub.ask('/api/v1/sync/join', { token, body })).status).toBe(204);
  await isDriven(hub);
}, 2 * WITHIN_MS);
afterAll(async () => {
  await copy?.end();
  await hub.end();
  await rm(copied, { recursive: true, force: true });
  await yard.stop();
  await world.end();
});

const asked = async (rig: HubRig, path: string) =>
  (await rig.ask(path, { token: await rig.signIn('manager') })).json;
const stateOf = async (rig: HubRig) => (await asked(rig, '/api/v1/sync')).state;
/** The hub reaches the PLC and the cloud. */
const isDriven = (rig: HubRig) =>
  waitFor(
    async () => {
      const { banks } = await asked(rig, '/api/v1/building');
      const { online, lines } = banks.find(({ bank }: { bank: string }) => bank === 'yard');
      const isUp = online && lines.every((line: { state: string }) => line.state === 'online');
      const state = await stateOf(rig);
      if (!isUp || state !== 'live') throw new Error(`${state}, bank ${isUp ? 'up' : 'away'}`);
      return true;
    },
    WITHIN_MS,
    'the hub to have its PLC and its cloud',
  );
const hasCase = (rig: HubRig, kind: string) =>
  waitFor(
    async () =>
      (await asked(rig, '/api/v1/cases?state=open')).items.some(
        (open: { kind: string }) => open.kind === kind,
      ),
    WITHIN_MS,
    `a case ${kind}`,
  );

const openDoor = (compartment: number) => ({
  kind: 'open-compartment',
  bank: 'yard',
  compartment,
  reason: 'a resident is locked out',
});
/** Ada asks, and Ben agrees if it takes two. */
async function command(argument: { readonly kind: string }): Promise<string> {
  const { status, body } = await ada.ask(commands, argument);
  expect([status, body]).toMatchObject([200, {}]);
  const { command: id } = body as { command: string };
  if (argument.kind === 'open-compartment') {
    expect((await ben.ask(`${commands}/${id}/approve`, {})).status).toBe(204);
  }
  return id;
}
/** As the operators' page shows it, once the building has answered by its log. */
const answerTo = (id: string) =>
  waitFor(
    async () => {
      const { items } = (await ada.ask(commands)).body as { items: CommandView[] };
      const shown = items.find((each) => each.command === id);
      return shown?.outcome ? shown : undefined;
    },
    WITHIN_MS,
    'the answer to the command',
  );
const outcomeOf = (id: string) =>
  waitFor(
    async () => {
      const [result] = await world.rig.sql<{ outcome: string | null }>(
        'select outcome from command_results where command = $1',
        [id],
      );
      return result?.outcome ?? undefined;
    },
    WITHIN_MS,
    'the answer to the command',
  );
const refusalOf = async (argument: object) => {
  const { status, body } = await ada.ask(commands, argument);
  return [status, (body as { code: string }).code];
};

it('opens a door for two operators, once however often the shape brings the command, and answers by the log', async () => {
  const id = await command(openDoor(1));
  expect(await answerTo(id)).toMatchObject({ outcome: 'done' });
  await waitFor(() => yard.pulses(1) === 1, WITHIN_MS, 'the door to open');
  await world.rig.sql('update commands set issued_at = issued_at where command = $1', [id]);
  // The shape brings rows in their order: once it has brought this one, it has brought that one again.
  const retire = await command({ ...openDoor(2), kind: 'retire-compartment' });
  expect(await answerTo(retire)).toMatchObject({ outcome: 'done' });
  const taken = await hub.hub.store.query('select 1 from log where subject = $1 and type = $2', [
    id,
    'command.taken',
  ]);
  expect([yard.pulses(1), taken.length]).toEqual([1, 1]);
});

it('opens nothing for a command that comes too late', async () => {
  await world.stopShapes();
  const id = await command(openDoor(3));
  await world.rig.sql('update commands set expires_at = $2 where command = $1', [id, Date.now() - 1_000]);
  await world.startShapes();
  expect(await outcomeOf(id)).toBe('expired');
  expect(yard.pulses(3)).toBe(0);
});

it('asks nothing of a building that is offline', async () => {
  await hub.stop();
  await world.rig.sql('update heartbeats set at = at - $2::bigint where building = $1', [building, HOUR_MS]);
  expect(await refusalOf(openDoor(3))).toEqual([409, 'building-offline']);
});

/** The folder's hub speaks from its next start on under a number of its own. */
const restored = (dataFolder: string) =>
  restoreHub({
    ...{ dataFolder, recoveryKey: hub.made?.recoveryKey ?? '', above: 0 },
    ...{ clock: systemClock, random: systemRandom },
  }).number;

it('freezes opening from afar where two copies of one hub bear one number, and calls somebody', async () => {
  await cp(hub.folder, copied, { recursive: true });
  expect([restored(hub.folder), restored(copied)]).toEqual([2, 2]);
  const made = hub.made;
  hub = { ...(await startHubIn(hub.folder)), made };
  await isDriven(hub);
  copy = await startHubIn(copied);
  await waitFor(async () => copy && (await stateOf(copy)) === 'clashed', WITHIN_MS, 'the clash to be seen');
  await hasCase(copy, 'epoch-clash');
  expect(await refusalOf(openDoor(3))).toEqual([409, 'building-frozen']);
  expect(await stateOf(hub)).toBe('live');
});

it('obeys the one that bears a higher number, takes over what the other still held, and has the PLC for itself', async () => {
  await copy?.end();
  // Its disk goes into another box, with its token; then somebody switches the old box on again.
  hub = await hub.restart(async () => {
    await cp(hub.folder, copied, { recursive: true });
    expect(restored(copied)).toBe(3);
    copy = await startHubIn(copied);
    await isDriven(copy);
  });
  await waitFor(async () => (await stateOf(hub)) === 'fenced', WITHIN_MS, 'the other to be fenced');
  expect((await asked(hub, '/api/v1/building')).fencedBy).toBe(3);
  await waitFor(() => copy && hasCase(copy, 'orphaned-entries'), WITHIN_MS, 'what it still held to come');
  if (copy) await isDriven(copy);
});

it('opens from afar again by the one that speaks, and nothing for a command to the one before', async () => {
  const old = newId(systemClock, systemRandom);
  await world.rig.sql(
    `insert into commands (building, command, epoch, argument, operator, approved_by, issued_at, expires_at)
     values ($1, $2, 2, $3, $4, $5, $6, $7)`,
    [building, old, openDoor(3), ada.me.operator, ben.me.operator, Date.now(), Date.now() + HOUR_MS],
  );
  expect(await outcomeOf(old)).toBe('other-epoch');
  const id = await command(openDoor(4));
  expect(await answerTo(id)).toMatchObject({ outcome: 'done' });
  await waitFor(() => yard.pulses(4) === 1, WITHIN_MS, 'the door to open');
  expect(yard.pulses(3)).toBe(0);
});
