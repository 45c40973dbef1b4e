/** Couriers over the real API: their hours, what their codes were used for, and an end at once. */
import { newId } from '@lockerhub/protocol/time/random.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ToldBank } from '../../sim/testing/told-bank.ts';

const DAY_MS = 24 * 3_600_000;

let rig: HubRig;
let manager: string;
let kiosk: string;

beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  manager = await rig.signIn('manager');
  kiosk = rig.made?.terminals[0]?.token ?? '';
});
afterAll(() => rig.end());

const visitPath = (visit: string) => `/api/v1/visits/${visit}`;

/** What is told of a courier, and what they do at the kiosk. */
function actsOf({ courier, code }: { readonly courier: string; readonly code: string | null }) {
  const path = `/api/v1/couriers/${courier}`;
  return {
    courier,
    tell: (what: string, body: object, token = manager) => rig.ask(path + what, { token, body }),
    begin: () => rig.ask('/api/v1/visits', { token: kiosk, body: { code: code ?? '' } }),
    leave: (visit: string) => rig.ask(`${visitPath(visit)}/end`, { token: kiosk, body: {} }),
    uses: async (query = '') => (await rig.ask(`${path}/uses${query}`, { token: manager })).json,
  };
}

/** A courier whom no other test knows. */
async function ownCourier(name: string) {
  const { json } = await rig.ask('/api/v1/couriers', {
    token: manager,
    body: { carrier: 'Northline', name },
  });
  return actsOf(json);
}

it('tells when and where a code was used, and for how many parcels', async () => {
  // The plan's courier, who is the one that the bank's drop-off knows.
  const { begin, leave, uses } = actsOf(rig.made?.couriers[0] ?? { courier: '', code: null });
  expect(await uses()).toEqual({ items: [], before: null });
  await new ToldBank(rig).dropOff();
  const { items } = await uses();
  expect(items).toMatchObject([{ bank: 'hall', parcels: 1, endedAt: expect.any(Number) }]);
  const { json } = await begin();
  const now = await uses('?limit=1');
  expect(now.items).toMatchObject([{ visit: json.visit, parcels: 0, endedAt: null }]);
  expect((await uses(`?before=${now.before}`)).items).toEqual(items);
  await leave(json.visit);
});

it('refuses a courier outside the hours that staff gave them, until they are the building’s again', async () => {
  const { courier, tell, begin, leave } = await ownCourier('of hours');
  const another = new Date(Date.now() + 3 * DAY_MS).getUTCDay() || 7;
  const hours = { days: [another], fromHour: 8, untilHour: 20 };
  expect((await tell('', { hours })).json).toMatchObject({ courier, hours });
  const refused = await begin();
  expect([refused.status, refused.json.code]).toEqual([403, 'outside-hours']);
  expect((await tell('', { hours: { ...hours, days: [] } })).json.code).toBe('request-invalid');
  const auditor = await rig.signIn('auditor');
  expect((await tell('', { hours: null }, auditor)).json.code).toBe('forbidden');
  expect((await tell('', { hours: null })).json.hours).toBeNull();
  const { status, json } = await begin();
  expect(status).toBe(200);
  await leave(json.visit);
});

it('finds nobody who moved out, neither by name nor by unit', async () => {
  const { begin, leave } = await ownCourier('who looks for somebody');
  const { json: visit } = await begin();
  const found = async (query: string) =>
    (await rig.ask(`${visitPath(visit.visit)}/recipients?q=${query}`, { token: kiosk })).json;
  expect(await found('weber')).toMatchObject([{ unitName: '1B', label: 'Jonas Weber' }]);
  expect(await found('1b')).toMatchObject([{ label: '1B' }, { label: 'J. W…' }]);
  const jonas = rig.made?.residents.find(({ unitName }) => unitName === '1B')?.resident ?? '';
  await rig.ask(`/api/v1/residents/${jonas}`, { token: manager, body: { movedOut: true } });
  expect(await found('weber')).toEqual([]);
  expect(await found('1b'), 'the unit, without a name').toMatchObject([{ label: '1B', resident: null }]);
  expect(await found('1b')).toHaveLength(1);
  await leave(visit.visit);
});

it('ends the visit that goes on when the code is revoked', async () => {
  const { tell, begin } = await ownCourier('whose code ends');
  const { json } = await begin();
  expect((await tell('/revoke', {})).json.revoked).toBe(true);
  const seen = await rig.ask(visitPath(json.visit), { token: kiosk });
  expect(seen.json).toMatchObject({ state: 'ended', endReason: 'revoked' });
  expect((await begin()).json.code).toBe('code-revoked');
  // Killed in between, a hub has no courier who is revoked and gets in.
  const written = await rig.hub.store.query<{ type: string }>(
    `select type from log where type in ('code.revoked', 'row.changed') order by seq desc limit 2`,
  );
  expect(written.map(({ type }) => type)).toEqual(['row.changed', 'code.revoked']);
});

it('says of which visits nobody knows how long they lasted: the clock was not trusted at their begin or end', async () => {
  const { courier: holder, uses } = await ownCourier('of other times');
  const terminal = rig.made?.terminals[0]?.terminal ?? '';
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
