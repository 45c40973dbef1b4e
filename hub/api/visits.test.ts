/** A visit at a kiosk, by its requests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, NOBODY, startApiRig } from '../../sim/testing/api-rig.ts';
import type { HubRig } from '../../sim/testing/hub-rig.ts';

let rig: HubRig;
let manager: string;
let kiosk: string;
let courierCode: string;
let expectProblem: ApiRig['expectProblem'];
let listen: ApiRig['listen'];
let endVisit: ApiRig['endVisit'];

beforeAll(async () => {
  ({ rig, manager, kiosk, courierCode, expectProblem, listen, endVisit } = await startApiRig());
});
afterAll(() => rig.end());

/** Pairs one more kiosk, as staff and a fitter would. */
async function pairKiosk(bank: string | null) {
  const { json } = await rig.ask('/api/v1/terminals/codes', { token: manager, body: { name: 'more', bank } });
  const paired = await rig.ask('/api/v1/terminals/pair', { body: { code: json.code } });
  return paired.json as { terminal: string; token: string };
}

describe('a visit over HTTP', () => {
  it('is nobody’s but its terminal’s: not to be read, heard, searched from or acted in at another one', async () => {
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code: courierCode } });
    const other = await pairKiosk('hall');
    const path = `/api/v1/visits/${visit.visit}`;
    expect((await rig.ask(path, { token: kiosk })).status).toBe(200);
    for (const part of ['', '/stream', '/recipients?q=olsen']) {
      await expectProblem(path + part, { token: other.token }, 404, 'not-found');
    }
    for (const part of ['/next', '/stay', '/end', `/parcels/${NOBODY}/open`]) {
      await expectProblem(path + part, { token: other.token, body: {} }, 404, 'visit-unknown');
    }
    await endVisit(visit.visit);
  });

  it('is no longer told to a terminal that was revoked meanwhile', async () => {
    const other = await pairKiosk('hall');
    const { json: visit } = await rig.ask('/api/v1/visits', {
      token: other.token,
      body: { code: courierCode },
    });
    const stream = await listen(other.token, {}, `/api/v1/visits/${visit.visit}/stream`);
    await stream.next((event) => event.includes('event: visit'));
    await rig.ask(`/api/v1/terminals/${other.terminal}/revoke`, { token: manager, body: {} });
    rig.hub.visits.changed(visit.visit);
    expect((await stream.over()).filter((event) => event.includes('event: visit'))).toHaveLength(1);
  });

  it('refuses a wrong code, and finds recipients with their names masked until the search is narrow', async () => {
    await expectProblem('/api/v1/visits', { token: kiosk, body: { code: '0000 0000' } }, 401, 'code-wrong');
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code: courierCode } });
    expect(visit).toMatchObject({ kind: 'courier', state: 'open', who: 'Northline' });
    const find = async (q: string) =>
      (await rig.ask(`/api/v1/visits/${visit.visit}/recipients?q=${q}`, { token: kiosk })).json;
    expect((await find('1A')).map((one: { label: string }) => one.label)).toEqual(['1A', 'M. O…']);
    expect((await find('olsen'))[0]).toMatchObject({ unitName: '1A', label: 'Mara Olsen' });
    const [recipient] = await find('1A');
    const parcel = { unit: recipient.unit, resident: null, size: 'M' };
    // No bank is online: nothing is given out there.
    await expectProblem(
      `/api/v1/visits/${visit.visit}/parcels`,
      { token: kiosk, body: parcel },
      409,
      'bank-away',
    );
    const ended = await rig.ask(`/api/v1/visits/${visit.visit}/end`, { token: kiosk, body: {} });
    expect(ended.json.state).toBe('ended');
    expect(await find('olsen')).toEqual([]);
  });
});
