/** The fire contact over real Modbus TCP, a real hub and its broker: from the alarm to the bank that is used again. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { waitFor } from '../testing/wait-for.ts';
import { bankFileOf } from './bank-files.ts';
import { Fire } from './fire.ts';
import { type StandingBank, standUp } from './plcs.ts';
import { StaffLink } from './staff-link.ts';

const WITHIN_MS = 30_000;
const DOORS = [1, 2, 3, 4];
const LAYOUT: Layout = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  bottomMm: 100,
  columns: [{ widthMm: 450, cells: DOORS.map((number) => ({ number, size: 'M', heightMm: 400 })) }],
};

describe('the fire contact of a bank', () => {
  let rig: HubRig;
  let lobby: StandingBank;
  let fire: Fire;
  let kiosk: string;
  /** Locks under current now, and the most that ever were at once; each door that was energised, in order. */
  const current = { now: 0, most: 0, order: [] as number[] };

  beforeAll(async () => {
    const planned = { layout: LAYOUT, unsensed: new Set<number>(), reach: 'hub' } as const;
    lobby = await standUp(planned, 0, systemClock, (_, event) => {
      if (event.kind === 'energised') {
        current.now += 1;
        current.most = Math.max(current.most, current.now);
        current.order.push(event.door);
      }
      if (event.kind === 'released') current.now -= 1;
    });
    rig = await startHubRig({ ...smallPlan(), banks: [], terminals: [] });
    const token = await rig.signIn('manager');
    const file = bankFileOf(LAYOUT, new Set(), lobby.server.port);
    await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
    const { json: issued } = await rig.ask('/api/v1/terminals/codes', {
      token,
      body: { name: 'hall', bank: 'lobby' },
    });
    const { json: paired } = await rig.ask('/api/v1/terminals/pair', { body: { code: issued.code } });
    kiosk = paired.token;
    const staff = new StaffLink(rig.httpUrl, { login: 'manager', password: RIG_PASSWORD });
    fire = new Fire({ clock: systemClock, staff, say: () => {}, changed: () => {} });
    await waitFor(() => rig.hub.banks.online === 1, WITHIN_MS, 'the bank to be online');
  });
  afterAll(async () => {
    await rig.end();
    await lobby.server.stop();
  });

  const open = () => lobby.plc.doors.filter((door) => door.open).map(({ door }) => door);
  const isShownAtKiosk = async () => (await rig.ask('/api/v1/kiosk', { token: kiosk })).json.emergency;
  const closeDoor = (door: number) =>
    waitFor(() => lobby.plc.hand.close(door), WITHIN_MS, `door ${door} to shut`).then(() => {});

  it('releases nothing while it is closed', async () => {
    expect(open()).toEqual([]);
    expect([await isShownAtKiosk(), rig.hub.building.emergency('lobby')]).toEqual([false, null]);
  });

  it('opens every door, one after another, and screens and staff are told', async () => {
    fire.set(lobby, true);
    await waitFor(() => open().length === DOORS.length, WITHIN_MS, 'every door to open');
    expect([current.order, current.most]).toEqual([DOORS, 1]);
    await waitFor(() => rig.hub.building.emergency('lobby') === 'released', WITHIN_MS, 'the hub to hear');
    expect(await isShownAtKiosk()).toBe(true);
    expect(fire.mayRelease('lobby')).toBe(true);
    const token = await rig.signIn('auditor');
    const { json } = await rig.ask('/api/v1/log?limit=100', { token });
    const types = json.items.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['emergency.began', 'emergency.told']));
    expect(types.filter((type: string) => type === 'door.reported').length).toBeGreaterThanOrEqual(
      DOORS.length,
    );
  });

  it('gives the bank back only once it is closed again and staff have walked the doors', async () => {
    fire.set(lobby, false);
    await fire.walkDoors(lobby, closeDoor);
    expect(open()).toEqual([]);
    expect([await isShownAtKiosk(), rig.hub.building.emergency('lobby')]).toEqual([false, null]);
    expect(current.order).toEqual(DOORS);
  });
});
