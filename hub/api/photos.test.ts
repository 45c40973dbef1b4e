/** The photo of a label, from the kiosk to the staff who find out whose the parcel is. */
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ToldBank } from '../../sim/testing/told-bank.ts';

const PHOTO = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 7, 7, 7);

const WORDS = 'N. Oduya, 14 Linden Row, from Paper & Co';

let rig: HubRig;
let kiosk: string;
let otherKiosk: string;
let unknown: string;

beforeAll(async () => {
  const plan = smallPlan();
  rig = await startHubRig({ ...plan, terminals: [...(plan.terminals ?? []), { name: 'other' }] });
  const [first, other] = rig.made?.terminals ?? [];
  kiosk = first?.token ?? '';
  otherKiosk = other?.token ?? '';
});
afterAll(() => rig.end());

const send = (path: string, body: Uint8Array<ArrayBuffer>, token = kiosk) =>
  fetch(`${rig.httpUrl}${path}/photo`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
  });
const look = async (delivery: string, role: 'manager' | 'desk' | 'installer') => {
  const authorization = `Bearer ${await rig.signIn(role)}`;
  const path = `/api/v1/deliveries/${delivery}/photo`;
  return fetch(`${rig.httpUrl}${path}`, { headers: { authorization } });
};

it('is taken for a parcel of which nobody knows whose it is, and seen by those who may see people', async () => {
  // A bank that is there, with a parcel of somebody known.
  const bank = new ToldBank(rig);
  const known = await bank.dropOff();
  const { json: visit } = await rig.ask('/api/v1/visits', {
    token: kiosk,
    body: { code: rig.made?.couriers[0]?.code ?? '' },
  });
  const path = `/api/v1/visits/${visit.visit}/parcels`;
  const { json } = await rig.ask(path, { token: kiosk, body: { unit: null, resident: null, size: 'S' } });
  const { delivery } = json.stops[0];
  expect((await look(delivery, 'manager')).status).toBe(404);
  expect((await send(`${path}/${known}`, PHOTO)).status).toBe(404);
  expect((await send(`${path}/${delivery}`, PHOTO, await rig.signIn('manager'))).status).toBe(401);
  expect((await send(`${path}/${delivery}`, Uint8Array.of(1, 2, 3))).status).toBe(400);
  expect((await send(`${path}/${delivery}`, PHOTO, otherKiosk)).status).toBe(404);
  expect((await send(`${path}/${delivery}`, PHOTO)).status).toBe(204);
  const seen = await look(delivery, 'desk');
  expect([seen.status, seen.headers.get('content-type'), seen.headers.get('cache-control')]).toEqual([
    200,
    'image/jpeg',
    'private, no-store',
  ]);
  expect(new Uint8Array(await seen.arrayBuffer())).toEqual(PHOTO);
  expect((await look(delivery, 'installer')).status).toBe(403);

  const say = async (words: string, parcel = delivery) =>
    (await rig.ask(`${path}/${parcel}/words`, { token: kiosk, body: { words } })).status;
  const readBy = async (role: string) =>
    rig.ask(`/api/v1/deliveries/${delivery}/words`, { token: await rig.signIn(role) });
  expect((await readBy('desk')).status).toBe(404);
  expect([await say(WORDS, known), await say(' '), await say('x'.repeat(121))]).toEqual([404, 400, 400]);
  expect(await say(WORDS)).toBe(204);
  expect((await readBy('desk')).json).toEqual({ words: WORDS });
  expect((await readBy('installer')).status).toBe(403);
  const logged = await rig.hub.store.query<{ payload: string }>('select payload from log');
  expect(logged.every(({ payload }) => !/jpe?g|photo|oduya/i.test(payload))).toBe(true);

  await bank.openAndClose(delivery, json.stops[0].place.compartment);
  await rig.ask(`${path}/${delivery}/confirm`, { token: kiosk, body: { inside: true } });
  const maras = await rig.ask(path, { token: kiosk, body: { ...mara(), size: 'S' } });
  const hers = maras.json.stops.find((stop: { delivery: string }) => stop.delivery !== delivery);
  expect((await send(`${path}/${hers.delivery}`, PHOTO)).status).toBe(404);
  await bank.openAndClose(hers.delivery, hers.place.compartment);
  await rig.ask(`${path}/${hers.delivery}/confirm`, { token: kiosk, body: { inside: true } });
  await rig.ask(`/api/v1/visits/${visit.visit}/end`, { token: kiosk, body: {} });

  const { json: next } = await rig.ask('/api/v1/visits', {
    token: kiosk,
    body: { code: rig.made?.couriers[0]?.code ?? '' },
  });
  expect((await send(`/api/v1/visits/${next.visit}/parcels/${delivery}`, PHOTO)).status).toBe(404);
  await rig.ask(`/api/v1/visits/${next.visit}/end`, { token: kiosk, body: {} });
  unknown = delivery;
});

/** Her home, as a courier finds it. */
function mara(): { unit: string; resident: string } {
  const { register } = rig.hub;
  const found = register.all('residents').find(({ name }) => name === 'Mara Olsen');
  const unit = found && register.get('households', found.household)?.unit;
  if (!found || !unit) throw new Error('Mara Olsen does not live here');
  return { unit, resident: found.id };
}

it('goes with the person whom its parcel turned out to be for, also if only the unit was found out', async () => {
  const { building, register, store } = rig.hub;
  const { unit, resident } = mara();
  const staff = register.all('staff').find(({ login }) => login === 'manager')?.id ?? '';
  await building.execute({ type: 'match', staff, delivery: unknown, unit, resident: null });
  const waiting = await store.query<{ delivery: string }>(
    `select delivery from deliveries where state = 'deposited'`,
  );
  for (const { delivery } of waiting) await building.execute({ type: 'withdraw', staff, delivery });
  expect((await look(unknown, 'desk')).status).toBe(200);
  const token = await rig.signIn('manager');
  const erased = await rig.ask(`/api/v1/residents/${resident}/erase`, { token, method: 'POST' });
  expect(erased.status).toBe(204);
  expect((await look(unknown, 'desk')).status).toBe(404);
  expect((await rig.ask(`/api/v1/deliveries/${unknown}/words`, { token })).status).toBe(404);
});
