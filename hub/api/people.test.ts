/** What staff change of who lives here, and what becomes of what waits. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';

let rig: HubRig;
let token: string;
let delivery: string;
let mara: string;

const ask = (path: string, body?: unknown, as = token) => rig.ask(`/api/v1${path}`, { body, token: as });
const change = (resident: string, body: object, as = token) => ask(`/residents/${resident}`, body, as);
const unitOf = async (name: string) =>
  (await ask('/units')).json.find(({ unitName }: { unitName: string }) => unitName === name);

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  delivery = await new ToldBank(rig).dropOff();
  token = await rig.signIn('desk');
  mara = rig.made?.residents.find(({ unitName }) => unitName === '1A')?.resident ?? '';
});
afterAll(() => rig.end());

it('changes who is meant and nobody else of the same name, and the log names no one', async () => {
  const body = { unitName: '1B', name: 'Mara Olsen', language: 'en' };
  const { json: other } = await ask('/residents', body);
  const changed = await change(mara, { name: 'Mara Olsen-Ray', language: 'es' });
  expect(changed.json).toMatchObject({ name: 'Mara Olsen-Ray', language: 'es', unitName: '1A' });
  expect((await change(mara, { name: 'X' }, await rig.signIn('auditor'))).status).toBe(403);
  const { json: all } = await ask('/residents');
  expect(all.find(({ resident }: { resident: string }) => resident === other.resident)).toEqual(other);
  const { length: before } = await rig.hub.store.query('select 1 from log');
  expect((await change(mara, {})).json).toEqual(changed.json);
  const entries = await rig.hub.store.query<{ payload: unknown }>('select payload from log');
  expect(entries).toHaveLength(before);
  expect(JSON.stringify(entries)).not.toContain('Olsen');
});

it('moves who lives alone with the household, and what waits is collected there by the same code', async () => {
  const { household } = (await change(mara, {})).json;
  expect((await change(mara, { unitName: '9Z', household })).json).toMatchObject({ where: 'body.household' });
  expect((await change(mara, { unitName: '9Z' })).json).toMatchObject({ unitName: '9Z', household });
  const { json: stored } = await ask(`/residents/${mara}/stored`);
  expect(stored.deliveries.map((each: { delivery: string }) => each.delivery)).toEqual([delivery]);
  const { code } = await rig.hub.building.execute({ type: 'issue-code', staff: mara, holder: mara });
  const kiosk = rig.made?.terminals[0]?.token ?? '';
  const visit = await rig.ask('/api/v1/visits', { token: kiosk, body: { code } });
  expect(visit.json.stops).toMatchObject([{ delivery }]);
  await rig.ask(`/api/v1/visits/${visit.json.visit}/end`, { token: kiosk, body: {} });
});

it('lets somebody join a household, and leave it for one of their own', async () => {
  const { household } = (await change(mara, {})).json;
  const { json: kim } = await ask('/residents', { unitName: '7T', name: 'Kim Poe', language: 'en' });
  expect((await change(kim.resident, { household })).json).toMatchObject({ household, unitName: '9Z' });
  const own = (await change(kim.resident, { household: null })).json;
  expect(own.unitName).toBe('9Z');
  expect(own.household).not.toBe(household);
});

it('renames a unit, and takes one away only where it was never needed', async () => {
  const moved = await unitOf('9Z');
  expect(moved).toMatchObject({ residents: 2, households: 2, movedOut: 0 });
  expect((await ask(`/units/${moved.unit}`, { unitName: ' 1b ' })).json.code).toBe('unit-taken');
  expect((await ask(`/units/${moved.unit}`, { unitName: '09Z' })).status).toBe(204);
  expect((await change(mara, {})).json.unitName).toBe('09Z');
  const remove = async (name: string) =>
    rig.ask(`/api/v1/units/${(await unitOf(name)).unit}/remove`, { token, method: 'POST' });
  // A parcel came for it, though nobody lives there any more.
  expect((await remove('1A')).json.code).toBe('unit-in-use');
  expect((await remove('09Z')).json.code).toBe('unit-in-use');
  expect((await remove('7T')).status).toBe(204);
  expect(await unitOf('7T')).toBeUndefined();
  const { json: lee } = await ask('/residents', { unitName: '7T', name: 'Lee', language: 'en' });
  expect((await change(lee.resident, { movedOut: true })).json.movedOut).toBe(true);
  expect((await remove('7T')).json.code).toBe('unit-in-use');
});
