/** Couriers over the real API: their hours, what their codes were used for, and an end at once. */
import { newId } from '@lockerhub/protocol/time/random.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ToldBank } from '../../sim/testing/told-bank.ts';

const DAY_MS = 24 * 3_600_000;

let rig: HubRig;
let manager: string;
let kiosk: string;
let courier: string;

beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  manager = await rig.signIn('manager');
  kiosk = rig.made?.terminals[0]?.token ?? '';
  courier = (await rig.ask('/api/v1/couriers', { token: manager })).json[0].courier;
});
afterAll(() => rig.end());

const tell = (path: string, body: object, token = manager) =>
  rig.ask(`/api/v1/couriers/${courier}${path}`, { token, body });
const begin = () =>
  rig.ask('/api/v1/visits', { token: kiosk, body: { code: rig.made?.couriers[0]?.code ?? '' } });
const uses = async (query = '') =>
  (await rig.ask(`/api/v1/couriers/${courier}/uses${query}`, { token: manager })).json;

it('tells when and where a code was used, and for how many parcels', async () => {
  expect(await uses()).toEqual({ items: [], before: null });
  await new ToldBank(rig).dropOff();
  const { items } = await uses();
  expect(items).toMatchObject([{ bank: 'hall', parcels: 1, endedAt: expect.any(Number) }]);
  const { json } = await begin();
  const now = await uses('?limit=1');
  expect(now.items).toMatchObject([{ visit: json.visit, parcels: 0, endedAt: null }]);
  expect((await uses(`?before=${now.before}`)).items).toEqual(items);
});

it('refuses a courier outside the hours that staff gave them, until they are the building’s again', async () => {
  const another = new Date(Date.now() + 3 * DAY_MS).getUTCDay() || 7;
  const hours = { days: [another], fromHour: 8, untilHour: 20 };
  expect((await tell('', { hours })).json).toMatchObject({ courier, hours });
  await rig.ask(`/api/v1/visits/${(await uses()).items[0].visit}/end`, { token: kiosk, body: {} });
  const refused = await begin();
  expect([refused.status, refused.json.code]).toEqual([403, 'outside-hours']);
  expect((await tell('', { hours: { ...hours, days: [] } })).json.code).toBe('request-invalid');
  const auditor = await rig.signIn('auditor');
  expect((await tell('', { hours: null }, auditor)).json.code).toBe('forbidden');
  expect((await tell('', { hours: null })).json.hours).toBeNull();
  expect((await begin()).status).toBe(200);
});

it('finds nobody who moved out, neither by name nor by unit', async () => {
  const { json: visit } = await begin();
  const found = async (query: string) =>
    (await rig.ask(`/api/v1/visits/${visit.visit}/recipients?q=${query}`, { token: kiosk })).json;
  expect(await found('weber')).toMatchObject([{ unitName: '1B', label: 'Jonas Weber' }]);
  expect(await found('1b')).toMatchObject([{ label: '1B' }, { label: 'J. W…' }]);
  const jonas = rig.made?.residents.find(({ unitName }) => unitName === '1B')?.resident ?? '';
  await rig.ask(`/api/v1/residents/${jonas}`, { token: manager, body: { movedOut: true } });
  expect(await found('weber')).toEqual([]);
  expect(await found('1b'), 'the unit, without a name').toMatchObject([{ label: '1B', resident: null }]);
  expect(await found('1b')).toHaveLength(1);
});

it('ends the visit that goes on when the code is revoked', async () => {
  const { json } = await begin();
  expect((await tell('/revoke', {})).json.revoked).toBe(true);
  const seen = await rig.ask(`/api/v1/visits/${json.visit}`, { token: kiosk });
  expect(seen.json).toMatchObject({ state: 'ended', endReason: 'revoked' });
  expect((await begin()).json.code).toBe('code-revoked');
  // Killed in between, a hub has no courier who is revoked and gets in.
  const written = await rig.hub.store.query<{ type: string }>(
    `select type from log where type in ('code.revoked', 'row.changed') order by seq desc limit 2`,
  );
  expect(written.map(({ type }) => type)).toEqual(['row.changed', 'code.revoked']);
});

it('says of which visits nobody knows how long they lasted: the clock was not trusted at their begin or end', async () => {
  const [terminal, holder] = [rig.made?.terminals[0]?.terminal ?? '', courier];
  const say = (type: string, clock: 'trusted' | 'untrusted', data: object) =>
    rig.hub.buildingLog.append({
      payloads: [{ type, at: 5, clock, by: { kind: 'hub' }, data } as never],
      rows: [],
    });
  const visits = [];
  for (const [began, ended] of [
    ['trusted', 'trusted'],
    ['untrusted', 'trusted'],
    ['trusted', 'untrusted'],
  ] as const) {
    const visit = newId(rig.hub.clock, rig.hub.random);
    visits.unshift(visit);
    const kind = { kind: 'courier', means: 'code', fob: null, delegate: null };
    await say('visit.started', began, { visit, terminal, bank: 'hall', holder, ...kind });
    await say('visit.ended', ended, { visit, reason: 'done' });
  }
  const { items } = await uses('?limit=3');
  expect(items.map(({ visit }: { visit: string }) => visit)).toEqual(visits);
  expect(items.map(({ isTimed }: { isTimed: boolean }) => isTimed)).toEqual([false, false, true]);
});
