/** Hub and agent both alive but parted: one delivery is never released by both. Over real sockets. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VERSION } from '@lockerhub/protocol/bank/messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { expect, it, type TestContext } from 'vitest';
import { type AgentRig, startRig } from '../../sim/testing/agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import type { Agent } from '../agent/agent.ts';
import { PageWatch } from './page-watch.ts';
import type { Pickups } from './pickups.ts';
import { ListSeal, listedHash } from './sealed-list.ts';

const WITHIN_MS = 40_000;
const CODE = '12345678';
/** Point 32 of the rig's bank file. */
const EMERGENCY_INPUT = 31;
const TOKEN = 'token-of-the-screen';
const CODE_KEY = 'cd'.repeat(32);

/** One agent with its hub, apart from those of the other tests: they run side by side, since most of it is waiting. */
interface Scene {
  readonly rig: AgentRig;
  readonly delivery: string;
  agent: Agent;
}

async function sceneFor({ onTestFinished }: TestContext): Promise<Scene> {
  const rig = await startRig({ pickups: true, emergency: true });
  onTestFinished(() => rig.end());
  const agent = await rig.startAgent();
  await rig.ready();
  const scene = { rig, agent, delivery: rig.id() };
  await handOutList(scene);
  return scene;
}

interface Places {
  readonly version?: number;
  readonly compartments?: readonly number[];
  /** Of the room behind each; none: compartments. */
  readonly zones?: readonly string[];
}

async function handOutList(
  { rig, delivery }: Scene,
  { version = 1, compartments = [1], zones = [] }: Places = {},
): Promise<void> {
  const sealed = new ListSeal(new Uint8Array(32).fill(3)).seal({
    building: rig.building,
    bank: rig.bank,
    version,
    epoch: 1,
    issuedAt: 0,
    poweredHours: 72,
    buildingName: 'Rig',
    language: 'en',
    policy: { retries: 2, idleMs: 45_000, warnMs: 15_000, openNoticeMs: 30_000, openAlarmMs: 120_000 },
    codeKey: CODE_KEY,
    terminals: [{ terminal: rig.id(), tokenHash: createHash('sha256').update(TOKEN).digest('hex') }],
    holders: [
      {
        holder: rig.id(),
        digits: listedHash(CODE_KEY, { digits: CODE, tag: null }),
        qr: listedHash(CODE_KEY, { digits: CODE, tag: '00' }),
        unitName: '1A',
        language: 'en',
      },
    ],
    deliveries: compartments.map((compartment, at) => ({
      delivery: at === 0 ? delivery : rig.id(),
      compartment,
      ...(zones[at] === undefined ? {} : { zone: zones[at] }),
      size: 'M',
      holders: [0],
    })),
  });
  let toldIn: typeof rig.session | undefined;
  const held = () => {
    // A hub tells each session: on a slow machine the agent may be back with another one.
    if (toldIn !== rig.session) rig.say('pickups', { v: VERSION, session: rig.session, ...sealed });
    toldIn = rig.session;
    return rig.heard.some(({ name, message }) => name === 'listHeld' && message.version === version);
  };
  await waitFor(held, WITHIN_MS, 'the list to be held');
}

/** The heartbeat stays away until the agent answers by itself. */
async function alone(scene: Scene): Promise<Pickups> {
  scene.rig.beats = false;
  await waitFor(() => scene.agent.pickups?.isAnswering, WITHIN_MS, 'the agent to take over');
  const { pickups } = scene.agent;
  if (!pickups) throw new Error('the agent has no pickups');
  return pickups;
}

/** The hub is heard again; what it asks for then is judged by more than the silence. */
async function heardAgain({ rig }: Scene): Promise<void> {
  rig.beats = true;
  const reason = async () => (await rig.answered(rig.open(3))).reason;
  await waitFor(async () => (await reason()) === undefined, WITHIN_MS, 'an open to be obeyed again');
}

const releases = ({ rig }: Scene) =>
  rig.heard.flatMap(({ name, message }) => (name === 'handOver' ? [message.release] : []));

it.concurrent('what the agent released is refused to the hub until the hub has taken it over', async (context) => {
  const scene = await sceneFor(context);
  const { rig, delivery } = scene;
  const pickups = await alone(scene);
  const { terminal, list } = pickups.terminal(TOKEN);
  await expect(pickups.visits.start(terminal, list, { code: '87654321' })).rejects.toMatchObject({
    code: 'not-listed',
  });
  expect(() => pickups.terminal('another token')).toThrow('pair this screen');
  const { visit } = await pickups.visits.start(terminal, list, { code: CODE });
  const step = () => pickups.visits.view(terminal, visit).stops[0]?.step;
  await waitFor(() => step() === 'open', WITHIN_MS, 'the door to open');

  await heardAgain(scene);
  const asked = () => rig.answered(rig.open(1, { delivery, purpose: 'pickup' }));
  expect(await asked()).toMatchObject({ result: 'refused', reason: 'delivery-released' });
  // Nobody new begins while the hub is coming back; who stands there finishes.
  await expect(pickups.visits.start(terminal, list, { code: CODE })).rejects.toMatchObject({
    code: 'hub-away',
  });
  await rig.close(1);
  await waitFor(() => step() === 'done', WITHIN_MS, 'the door to be closed');
  expect(releases(scene)).toEqual([]);
  pickups.visits.end(terminal, visit);
  const release = await waitFor(() => releases(scene)[0], WITHIN_MS, 'the hand-over');
  expect(release).toMatchObject({ number: 1, delivery, outcome: 'opened', closed: true, list: 1 });
  expect(await asked()).toMatchObject({ reason: 'delivery-released' });

  const { series, number } = release;
  rig.say('takenOver', { v: VERSION, session: rig.session, series, number });
  await waitFor(() => !pickups.isAnswering, WITHIN_MS, 'the hub to answer the kiosk');
  expect(await asked()).toMatchObject({ result: 'begun' });
  expect(rig.pulses(1)).toBe(2);
}, 120_000);

it.concurrent('what the hub released is not released again by the agent', async (context) => {
  const scene = await sceneFor(context);
  const { rig, delivery } = scene;
  const { grant } = rig.open(1, { delivery, purpose: 'pickup' });
  await rig.happened('opened', { grant });
  await rig.close(1);
  await rig.happened('closed', { grant });
  const pickups = await alone(scene);
  const { terminal, list } = pickups.terminal(TOKEN);
  const view = await pickups.visits.start(terminal, list, { code: CODE });
  expect(view.stops).toMatchObject([{ step: 'done', canOpen: false }]);
  await expect(pickups.visits.next(terminal, view.visit)).rejects.toMatchObject({ code: 'not-now' });
  await expect(pickups.visits.act(terminal, view.visit, delivery, 'open')).rejects.toMatchObject({
    code: 'not-now',
  });
  expect(rig.pulses(1)).toBe(1);
}, 120_000);

it.concurrent('a hub whose heart beats while its pages hang is taken over for, and answers again once they do', async (context) => {
  const scene = await sceneFor(context);
  const { rig } = scene;
  let hangs = false;
  const pages = createServer((_request, response) => {
    if (!hangs) response.end();
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const hub = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const { pickups } = scene.agent;
  if (!pickups) throw new Error('the agent has no pickups');
  let answers = 0;
  const answered = () => {
    answers += 1;
    pickups.pagesAnswered();
  };
  const watch = new PageWatch({ clock: systemClock, hub: () => hub, answered });
  try {
    pickups.expectPages();
    watch.start();
    await waitFor(() => answers > 1, WITHIN_MS, 'the pages to answer');
    expect(pickups.isAnswering).toBe(false);
    hangs = true;
    await waitFor(() => pickups.isAnswering, WITHIN_MS, 'the agent to take over');
    const { terminal, list } = pickups.terminal(TOKEN);
    const { visit } = await pickups.visits.start(terminal, list, { code: CODE });
    const step = () => pickups.visits.view(terminal, visit).stops[0]?.step;
    await waitFor(() => step() === 'open', WITHIN_MS, 'the door to open');
    await rig.close(1);
    await waitFor(() => step() === 'done', WITHIN_MS, 'the door to be closed');
    hangs = false;
    pickups.visits.end(terminal, visit);
    const { series, number } = await waitFor(() => releases(scene)[0], WITHIN_MS, 'the hand-over');
    rig.say('takenOver', { v: VERSION, session: rig.session, series, number });
    await waitFor(() => !pickups.isAnswering, WITHIN_MS, 'the hub to answer the kiosk');
  } finally {
    watch.stop();
    pages.closeAllConnections();
    await new Promise((resolve) => pages.close(resolve));
  }
}, 120_000);

it.concurrent('opens a package room once for each zone, whichever parcel it was opened for before', async (context) => {
  const scene = await sceneFor(context);
  const { rig } = scene;
  await handOutList(scene, { version: 2, compartments: [1, 1], zones: ['A1', 'B2'] });
  const pickups = await alone(scene);
  const { terminal, list } = pickups.terminal(TOKEN);
  const { visit } = await pickups.visits.start(terminal, list, { code: CODE });
  const stop = (at: number) => pickups.visits.view(terminal, visit).stops[at];
  await waitFor(() => stop(0)?.step === 'open', WITHIN_MS, 'the room to open');
  expect(stop(0)).toMatchObject({ together: 1, zones: ['A1'], place: { zone: 'A1' } });
  await rig.close(1);
  await waitFor(() => stop(0)?.step === 'done', WITHIN_MS, 'the room to be shut');
  await pickups.visits.next(terminal, visit);
  await waitFor(() => stop(1)?.step === 'open', WITHIN_MS, 'the room to open for the other zone');
  await rig.close(1);
  await waitFor(() => stop(1)?.step === 'done', WITHIN_MS, 'the room to be shut again');
  expect(rig.pulses(1)).toBe(2);
}, 120_000);

it.concurrent('gives out nothing behind a door that an emergency opened, before a hub that knows of it lists it anew', async (context) => {
  const scene = await sceneFor(context);
  const { rig } = scene;
  await handOutList(scene, { version: 2, compartments: [1, 2] });
  rig.plc.jam(2);
  rig.acknowledges = false;
  let pickups = await alone(scene);
  const emergencyIs = (state: string) => {
    const last = rig.heard.findLast(({ name }) => name === 'state');
    return last?.name === 'state' && last.message.emergency === state;
  };
  const doors = async () => {
    const { terminal, list } = pickups.terminal(TOKEN);
    const { visit, stops } = await pickups.visits.start(terminal, list, { code: CODE });
    const open = (door: number) =>
      pickups.visits.act(terminal, visit, stops[door - 1]?.delivery ?? '', 'open').catch(({ code }) => code);
    const canOpen = stops.map((stop) => stop.canOpen);
    return {
      steps: stops.map(({ step }) => step),
      canOpen,
      open,
      end: () => pickups.visits.end(terminal, visit),
    };
  };
  expect(pickups.view(TOKEN).emergency).toBe(false);
  rig.plc.setInput(1, EMERGENCY_INPUT, 1);
  await waitFor(() => pickups.view(TOKEN).emergency, WITHIN_MS, 'the release to be shown');
  await waitFor(() => emergencyIs('released'), WITHIN_MS, 'the release');
  rig.plc.setInput(1, EMERGENCY_INPUT, 0);
  await waitFor(() => emergencyIs('normal'), WITHIN_MS, 'the end of it');
  for (const door of [1, 3]) await rig.close(door);
  rig.plc.unjam(2);
  await rig.doorIs(1, 'closed');
  const byEmergency = rig.pulses(1);

  // The jammed one was seen closed throughout.
  const first = await doors();
  expect(first.canOpen[0]).toBe(false);
  expect(await first.open(1)).toBe('door-unverified');
  await waitFor(() => rig.plc.door(2).open, WITHIN_MS, 'the other door to open');
  expect(pickups.view(TOKEN).emergency).toBe(true);
  await rig.close(2);
  first.end();

  // A hub that has not heard of the emergency says nothing about it by a new list, also after a restart of the agent.
  await rig.stopAgent();
  rig.beats = true;
  scene.agent = await rig.startAgent();
  await rig.ready();
  await handOutList(scene, { version: 3 });
  pickups = await alone(scene);
  const again = await doors();
  expect([again.steps, again.canOpen]).toEqual([['waiting'], [false]]);
  expect(rig.pulses(1)).toBe(byEmergency);
  again.end();

  const since = rig.events().length;
  rig.acknowledges = true;
  rig.beats = true;
  const told = (from: number) =>
    new Set(
      rig
        .events()
        .slice(from)
        .flatMap(({ purpose, session, number }) => (purpose === 'emergency' ? [`${session}/${number}`] : [])),
    ).size;
  await waitFor(() => told(since) === told(0), WITHIN_MS, 'the hub to hear of the emergency');
  await handOutList(scene, { version: 4 });
  pickups = await alone(scene);
  expect(pickups.view(TOKEN).emergency).toBe(false);
  // It still has a release to hand over, so it was on its way back to the hub.
  const begun = () =>
    doors().catch((error) => {
      if (error.code !== 'hub-away') throw error;
      return undefined;
    });
  await waitFor(begun, WITHIN_MS, 'the agent to be alone again');
  await waitFor(() => rig.plc.door(1).open, WITHIN_MS, 'the door to open');
  expect(rig.pulses(1)).toBe(byEmergency + 1);
}, 180_000);
