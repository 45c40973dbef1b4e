/** Removing a carrier over the real API: codes and visits of its couriers end, its parcels stay, and it stays gone. */
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fence } from '../epoch/fence.ts';
import { Carriers } from '../people/carriers.ts';
import { RowWriter } from '../people/row-writer.ts';

const NOBODY = '01890000-0000-7000-8000-00000000000f';
let rig: HubRig;
let manager: string;
let desk: string;

beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  manager = await rig.signIn('manager');
  desk = await rig.signIn('desk');
});
afterAll(() => rig.end());

const ask = (path: string, body?: unknown, token = manager) => rig.ask(`/api/v1/${path}`, { body, token });
const remove = (carrier: string, token = manager) =>
  rig.ask(`/api/v1/carriers/${carrier}/remove`, { token, method: 'POST' });
const add = async (carrier: string, name: string) =>
  (await ask('couriers', { carrier, name }, desk)).json as { courier: string; code: string };
const carrierOf = async (name: string): Promise<string> =>
  (await ask('carriers')).json.find((one: { name: string }) => one.name === name)?.carrier;
const begin = (code: string) =>
  rig.ask('/api/v1/visits', { token: rig.made?.terminals[0]?.token ?? '', body: { code } });

it('ends the codes of all its couriers, and a visit that goes on; others keep theirs', async () => {
  const [ines, tom, other] = [await add('Owl', 'Ines'), await add('Owl', 'Tom'), await add('Swan', 'Uma')];
  const owl = await carrierOf('Owl');
  await ask(`couriers/${tom.courier}/revoke`, {});
  expect((await ask('carriers')).json).toMatchObject([
    {},
    { carrier: owl, name: 'Owl', couriers: 1 },
    { name: 'Swan', couriers: 1 },
  ]);
  const { json: visit } = await begin(ines.code);
  expect(await remove(owl, await rig.signIn('auditor'))).toMatchObject({ status: 403 });
  expect((await remove(owl, desk)).status).toBe(204);
  const seen = await rig.ask(`/api/v1/visits/${visit.visit}`, { token: rig.made?.terminals[0]?.token ?? '' });
  expect(seen.json).toMatchObject({ state: 'ended', endReason: 'revoked' });
  expect((await begin(ines.code)).json.code).toBe('code-revoked');
  expect((await begin(other.code)).status).toBe(200);
  expect(await carrierOf('Owl')).toBeUndefined();
  const couriers = (await ask('couriers')).json.filter(({ courier }: { courier: string }) =>
    [ines.courier, tom.courier].includes(courier),
  );
  expect(couriers).toMatchObject([
    { carrier: '', revoked: true },
    { carrier: '', revoked: true },
  ]);
  expect(rig.hub.register.get('couriers', ines.courier)?.revoked, 'in the row, as in the cloud').toBe(true);
});

it('is told in the log by ids, and refused once it is gone', async () => {
  const entries = await rig.hub.store.query<{ payload: string }>('select payload from log order by seq');
  const told = entries.map(({ payload }) => payload);
  expect(told.join()).not.toContain('Owl');
  const rows = told.map(decodePayload).filter((payload) => payload.type === 'row.changed');
  const gone = rows.at(-1)?.data;
  expect(gone).toMatchObject({ table: 'carriers', fields: ['removed'] });
  const row = gone?.row ?? '';
  for (const carrier of [row, NOBODY]) {
    expect((await remove(carrier)).json).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('reload the page'),
    });
  }
});

it('comes back as another one when it is added anew', async () => {
  const again = await add('Owl', 'Ines');
  expect((await begin(again.code)).status).toBe(200);
  expect((await ask('carriers')).json.filter(({ name }: { name: string }) => name === 'Owl')).toHaveLength(1);
});

it('leaves its parcels, which say that it was removed', async () => {
  const delivery = await new ToldBank(rig).dropOff();
  const before = (await ask(`deliveries/${delivery}`)).json.delivery;
  expect(before).toMatchObject({ carrier: expect.any(String), carrierRemoved: false });
  await remove(await carrierOf(before.carrier));
  const after = (await ask(`deliveries/${delivery}`)).json.delivery;
  expect(after).toEqual({ ...before, carrier: null, carrierRemoved: true });
});

it('ends with the next start what a killed hub left behind, without a cloud; codes that have no row live on', async () => {
  const eve = await add('Wren', 'Eve');
  const wren = await carrierOf('Wren');
  const { register, buildingLog, building } = rig.hub;
  const [resident] = register.all('residents');
  const untilMs = Date.now() + 3_600_000;
  const named = await building.execute({
    type: 'name-delegate',
    by: { kind: 'resident', id: resident?.id ?? '' },
    resident: resident?.id ?? '',
    delivery: null,
    fromMs: 0,
    untilMs,
  });
  // The carrier's row is gone; the second look at its couriers' codes was never made.
  const rows = new RowWriter();
  rows.remove('carriers', wren);
  await buildingLog.record({ kind: 'hub' }, rows.facts, rows.changes);
  expect(building.qrOf(eve.courier)).toBeDefined();
  rig = await rig.restart();
  expect(rig.hub.building.qrOf(eve.courier)).toBeUndefined();
  expect(rig.hub.building.qrOf(named.delegate)).toBeDefined();
  [manager, desk] = [await rig.signIn('manager'), await rig.signIn('desk')];
});

it('ends the code also of whoever was being added meanwhile, and gives none from then on', async () => {
  const ada = await add('Rook', 'Ada');
  const rook = await carrierOf('Rook');
  const { register, buildingLog: log, building, peopleChanges: changes } = rig.hub;
  let late = '';
  const carriers = new Carriers({
    register,
    building,
    changes,
    // Somebody whose row is there gets the code while the removal is being written.
    log: {
      record: async (...written: Parameters<typeof log.record>) => {
        expect(building.qrOf(ada.courier), 'over before the row is gone').toBeUndefined();
        late = register.all('couriers').find(({ name }) => name === 'Late')?.id ?? '';
        await building.execute({ type: 'issue-code', staff: '', by: 'hub', holder: late });
        return log.record(...written);
      },
    } as typeof log,
  });
  await changes.addCourier({ kind: 'hub' }, { carrier: 'Rook', name: 'Late' });
  await carriers.remove({ kind: 'hub' }, '', rook);
  expect(late).not.toBe('');
  expect(building.qrOf(late)).toBeUndefined();
  await expect(
    building.execute({ type: 'issue-code', staff: '', by: 'hub', holder: late }),
  ).rejects.toMatchObject({ code: 'holder-unknown' });
});

it('is refused at a hub that no longer speaks for the building', async () => {
  const owl = await carrierOf('Owl');
  (rig.hub.fence as Fence).raise(9);
  expect((await remove(owl)).json.code).toBe('hub-fenced');
});
