import { checkEvidence } from '@lockerhub/protocol/log/evidence.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { verifyEvidence } from '../lockerhub/verify.ts';

let rig: HubRig;
let delivery: string;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  delivery = await new ToldBank(rig).dropOff();
});
afterAll(() => rig.end());

it('proves a delivery away from the hub, with the names for those who may see people', async () => {
  const token = await rig.signIn('manager');
  const { json } = await rig.ask(`/api/v1/deliveries/${delivery}/evidence`, { token });
  const { evidence, entries } = checkEvidence(json);
  expect(evidence.told).toMatchObject({ recipient: 'Mara Olsen', tracking: 'TBA1' });
  expect(entries.map(({ payload }) => payload.type)).toEqual(
    expect.arrayContaining(['delivery.assigned', 'grant.issued', 'door.reported', 'delivery.deposited']),
  );
  // No other entry is shown, and no name is in the chain itself.
  expect(JSON.stringify(evidence.proof)).not.toMatch(/Mara|TBA1|visit\.started/);
});

it('is checked by the file alone, against a head that somebody else has', async () => {
  const token = await rig.signIn('manager');
  const { json } = await rig.ask(`/api/v1/deliveries/${delivery}/evidence`, { token });
  const text = JSON.stringify(json);
  const { seq, hash } = json.proof.to;
  expect(verifyEvidence(text).lines.join('\n')).toContain('delivery.deposited');
  expect(verifyEvidence(text, { seq, hash }).witnessed).toBe(true);
  expect(verifyEvidence(text, { seq, hash: 'f'.repeat(64) }).witnessed).toBe(false);
  expect(verifyEvidence(text, { seq: seq + 1, hash }).witnessed).toBeNull();
  expect(() => verifyEvidence(text.replace('confirmed', 'attested'))).toThrow('changed');
});

it('is found by each thing that the list can be narrowed by', async () => {
  const token = await rig.signIn('manager');
  const { json: view } = await rig.ask(`/api/v1/deliveries/${delivery}`, { token });
  const { carrier, bank, compartment, assignedAt } = view.delivery;
  const found = async (query: string) => {
    const { json } = await rig.ask(`/api/v1/deliveries?${query}`, { token });
    return json.items.map((row: { delivery: string }) => row.delivery);
  };
  const name = encodeURIComponent(carrier.toUpperCase());
  for (const hit of [
    `carrier=${name}`,
    `bank=${bank}&compartment=${compartment}`,
    `from=${assignedAt}&to=${assignedAt + 1}&q=TBA1&state=deposited`,
  ]) {
    expect([hit, await found(hit)]).toEqual([hit, [delivery]]);
  }
  for (const miss of [
    'carrier=Nobody',
    `bank=${bank}&compartment=${compartment + 1}`,
    `from=${assignedAt + 1}`,
    `to=${assignedAt}`,
  ]) {
    expect([miss, await found(miss)]).toEqual([miss, []]);
  }
});

it('a parcel that is said to be gone becomes one case, which names it', async () => {
  const token = await rig.signIn('manager');
  const gone = () => rig.ask(`/api/v1/deliveries/${delivery}/gone`, { token, body: {} });
  const first = await gone();
  expect([first.status, (await gone()).json]).toEqual([200, first.json]);
  const { json: cases } = await rig.ask('/api/v1/cases', { token });
  expect(cases.items).toEqual([
    expect.objectContaining({ case: first.json.case, kind: 'parcel-gone', delivery }),
  ]);
  const nobody = '01890000-0000-7000-8000-000000000000';
  expect((await rig.ask(`/api/v1/deliveries/${nobody}/gone`, { token, body: {} })).json.code).toBe(
    'not-found',
  );
});

it('a courier is warned of a number that is here already, told whose it looks like, and kept from nothing', async () => {
  const token = rig.made?.terminals[0]?.token ?? '';
  const begun = await rig.ask('/api/v1/visits', { token, body: { code: rig.made?.couriers[0]?.code } });
  const path = `/api/v1/visits/${begun.json.visit}`;
  const label = async (text: string) =>
    (await rig.ask(`${path}/label?text=${encodeURIComponent(text)}`, { token })).json;
  expect(await label('tba 1')).toEqual({ tracking: 'TBA1', carriers: [], here: true });
  expect(await label('1Z5R89390357567127')).toMatchObject({ carriers: ['ups'], here: false });
  const { unit, resident } = (await rig.ask(`${path}/recipients?q=olsen`, { token })).json[0];
  const again = { unit, resident, size: 'S', tracking: 'TBA-1' };
  const { json } = await rig.ask(`${path}/parcels`, { token, body: again });
  expect(json.stops.at(-1)).toMatchObject({ step: 'opening' });
  await rig.ask(`${path}/end`, { token, body: {} });
  // What is in the building is nobody's to ask after the visit.
  expect((await rig.ask(`${path}/label?text=TBA1`, { token })).status).toBe(404);
});

it('the desk says by itself what it has, whose it is, and that it was handed out', async () => {
  const staff = await rig.signIn('manager');
  const token = rig.made?.terminals[0]?.token ?? '';
  const begun = await rig.ask('/api/v1/visits', { token, body: { code: rig.made?.couriers[0]?.code } });
  const path = `/api/v1/visits/${begun.json.visit}`;
  const [mara] = (await rig.ask(`${path}/recipients?q=olsen`, { token })).json;
  const body = { unit: null, resident: null, size: 'XL', oversize: true };
  const { json } = await rig.ask(`${path}/parcels`, { token, body });
  const { delivery, step } = json.stops.at(-1);
  expect(step).toBe('desk');
  await rig.ask(`${path}/end`, { token, body: {} });
  const tell = async (what: string, said: object = {}) =>
    (await rig.ask(`/api/v1/deliveries/${delivery}/${what}`, { token: staff, body: said })).status;
  expect(await tell('handed-out')).toBe(409);
  expect(await tell('received')).toBe(204);
  expect(await tell('match', { unit: mara.unit, resident: mara.resident })).toBe(204);
  expect(await tell('handed-out')).toBe(204);
  const { json: story } = await rig.ask(`/api/v1/deliveries/${delivery}`, { token: staff });
  expect(story.delivery).toMatchObject({ state: 'collected', bank: null, residentName: 'Mara Olsen' });
});
