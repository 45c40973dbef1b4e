/** The walk over HTTP, against a real hub that reaches a simulated PLC whose cables are mixed up. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { bankFileOf } from '@lockerhub/sim/demo/bank-files.ts';
import { type StandingBank, standUp } from '@lockerhub/sim/demo/plcs.ts';
import { type Answer, type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
const DOORS = [1, 2, 3, 4, 5];
const LAYOUT: Layout = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  bottomMm: 100,
  columns: [{ widthMm: 450, cells: DOORS.map((number) => ({ number, size: 'M', heightMm: 300 })) }],
};
const WALK = '/api/v1/commissioning/lobby';

describe('the commissioning walk', () => {
  let rig: HubRig;
  let lobby: StandingBank;
  let token: string;

  beforeAll(async () => {
    const miswiring = { outputs: [[1, 2]], sensors: [[3, 4]], reversed: [5] } as const;
    lobby = await standUp(
      { layout: LAYOUT, unsensed: new Set(), reach: 'hub', miswiring },
      0,
      systemClock,
      () => {},
    );
    rig = await startHubRig(smallPlan());
    token = await rig.signIn('installer');
    await post('/api/v1/banks', { file: bankFileOf(LAYOUT, new Set(), lobby.server.port), reach: 'hub' });
  });
  afterAll(async () => {
    await rig.end();
    await lobby.server.stop();
  });

  const post = async (path: string, body: unknown): Promise<Answer> => {
    const answer = await rig.ask(path, { token, body });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    return answer;
  };
  const step = (body: object) => post(WALK, body);
  const walk = async () => (await rig.ask(WALK, { token })).json.walk;
  const isOnline = async () => {
    const { json } = await rig.ask('/api/v1/building', { token });
    const bank = json.banks.find((one: { bank: string }) => one.bank === 'lobby');
    return bank?.online && bank.doors.every(({ door }: { door: string }) => !/un(seen|available)/.test(door));
  };

  /** Fires a door, says truly which one popped, and closes it. Returns what was found. */
  async function tryDoor(door: number): Promise<{ finding: string; popped: number; changed: number[] }> {
    await waitFor(async () => (await walk()).open.length === 0, WITHIN_MS, 'all doors closed');
    await step({ step: 'fire', door });
    await waitFor(() => DOORS.some((one) => lobby.plc.door(one).open), WITHIN_MS, 'a door to pop');
    const popped = DOORS.find((one) => lobby.plc.door(one).open) ?? 0;
    await step({ step: 'answer', popped });
    await waitFor(async () => (await walk()).firing === null, WITHIN_MS, 'the verdict');
    await waitFor(() => lobby.plc.hand.close(popped), WITHIN_MS, 'the door to shut');
    const { found } = await walk();
    return found.find(({ compartment }: { compartment: number }) => compartment === door);
  }

  async function correct(door: number): Promise<Answer> {
    const answer = await post(`${WALK}/corrections`, { door });
    await waitFor(isOnline, WITHIN_MS, 'the bank to come back with the corrected file');
    return answer;
  }

  it('is for those who may change banks', async () => {
    const desk = await rig.signIn('desk');
    expect((await rig.ask(WALK, { token: desk })).status).toBe(403);
    expect((await rig.ask(WALK)).status).toBe(401);
    expect((await rig.ask('/api/v1/commissioning/nowhere', { token })).status).toBe(404);
  });

  it('finds every mistake, puts it right in the bank file, and ends in a signed map that verifies', async () => {
    await waitFor(isOnline, WITHIN_MS, 'the bank');
    await step({ step: 'start', door: null });
    const { json } = await step({ step: 'doors-closed' });
    expect(json.walk.found).toMatchObject([{ compartment: 5, finding: 'says-open' }]);
    expect((await correct(5)).json.corrections).toEqual([{ part: 'polarity', a: 5, b: 5 }]);

    expect(await tryDoor(1)).toMatchObject({ finding: 'outputs-crossed', popped: 2, changed: [2] });
    expect((await correct(1)).json).toMatchObject({ doors: [1, 2], agentNeedsFile: false });
    expect(await tryDoor(3)).toMatchObject({ finding: 'sensors-crossed', popped: 3, changed: [4] });
    await correct(3);
    for (const door of DOORS) expect(await tryDoor(door)).toMatchObject({ finding: 'right', popped: door });

    const map = (await post(`${WALK}/sign`, {})).json;
    expect(JSON.parse(map.text)).toMatchObject({ bank: 'lobby', building: 'rig-house', earlier: null });
    expect((await post('/api/v1/commissioning-maps/verify', map)).json).toEqual({ valid: true, inLog: true });
    expect((await rig.ask(`${WALK}/map`, { token })).json).toEqual(map);
    const forged = { ...map, text: map.text.replace('"popped":1', '"popped":2') };
    expect((await post('/api/v1/commissioning-maps/verify', forged)).json.valid).toBe(false);
    const foreign = { ...map, signature: Buffer.from('x'.repeat(64)).toString('base64') };
    expect((await post('/api/v1/commissioning-maps/verify', foreign)).json.valid).toBe(false);
  }, 120_000);

  it('goes on after a restart of the hub', async () => {
    await step({ step: 'start', door: 2 });
    await step({ step: 'doors-closed' });
    rig = await rig.restart();
    token = await rig.signIn('installer');
    await waitFor(isOnline, WITHIN_MS, 'the bank');
    expect(await walk()).toMatchObject({ state: 'walking', next: 2, doors: [2] });
    expect(await tryDoor(2)).toMatchObject({ finding: 'right' });
    expect((await rig.ask(WALK, { token })).json.lastMap).not.toBeNull();
    // One door tried again after a repair leaves the proof of the others as it was.
    expect(JSON.parse((await post(`${WALK}/sign`, {})).json.text)).toMatchObject({
      doors: [2],
      covers: DOORS,
    });
    const { banks } = (await rig.ask('/api/v1/building', { token })).json;
    expect(banks.find(({ bank }: { bank: string }) => bank === 'lobby').map).toEqual({
      signed: true,
      untried: [],
    });
  });
});
