/** Who may ask the API for what, and how sessions and terminals begin and end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, NOBODY, startApiRig } from '../../sim/testing/api-rig.ts';
import type { HubRig } from '../../sim/testing/hub-rig.ts';
import { RIG_PASSWORD } from '../../sim/testing/hub-rig.ts';

let rig: HubRig;
let manager: string;
let kiosk: string;
let expectProblem: ApiRig['expectProblem'];

beforeAll(async () => {
  ({ rig, manager, kiosk, expectProblem } = await startApiRig());
});
afterAll(() => rig.end());

describe('who may ask', () => {
  const STAFF_ONLY = [
    ['GET', '/api/v1/me'],
    ['GET', '/api/v1/building'],
    ['GET', '/api/v1/stream'],
    ['GET', '/api/v1/deliveries'],
    ['GET', '/api/v1/log'],
    ['GET', '/api/v1/outbox'],
    ['GET', '/api/v1/cases'],
    ['GET', '/api/v1/residents'],
    ['GET', '/api/v1/couriers'],
    ['GET', '/api/v1/terminals'],
    ['POST', '/api/v1/terminals/codes'],
    ['POST', '/api/v1/couriers'],
    ['POST', `/api/v1/couriers/${NOBODY}`],
    ['GET', '/api/v1/carriers'],
    ['POST', `/api/v1/carriers/${NOBODY}/remove`],
    ['GET', `/api/v1/couriers/${NOBODY}/uses`],
    ['POST', '/api/v1/banks'],
    ['POST', '/api/v1/banks/hall/compartments/1/open'],
    ['POST', '/api/v1/banks/hall/compartments/1/retire'],
    ['POST', '/api/v1/banks/hall/compartments/1/verify'],
    ['GET', '/api/v1/banks/hall/health'],
    ['GET', '/api/v1/banks/hall/health/1'],
    ['GET', '/api/v1/roster'],
    ['PUT', '/api/v1/roster'],
    ['POST', '/api/v1/roster/preview'],
    ['POST', '/api/v1/roster/undo'],
    ['GET', '/api/v1/policy'],
    ['PATCH', '/api/v1/policy'],
    ['PUT', '/api/v1/policy'],
    ['GET', '/api/v1/recovery'],
    ['POST', '/api/v1/recovery'],
    ['POST', '/api/v1/recovery/confirm'],
    ['POST', '/api/v1/banks/hall/key'],
    ['POST', '/api/v1/banks/hall/emergency/end'],
    ['POST', `/api/v1/outbox/${NOBODY}/reveal`],
    ['POST', `/api/v1/cases/${NOBODY}/close`],
  ] as const;
  it.each(STAFF_ONLY)('%s %s is for signed-in staff only, not for a kiosk', async (method, path) => {
    for (const token of [undefined, kiosk, 'a'.repeat(43)]) {
      await expectProblem(path, { method, ...(token ? { token } : {}) }, 401, 'signed-out');
    }
  });

  const KIOSK_ONLY = [
    ['GET', '/api/v1/kiosk'],
    ['POST', '/api/v1/visits'],
    ['GET', `/api/v1/visits/${NOBODY}`],
    ['GET', `/api/v1/visits/${NOBODY}/stream`],
    ['GET', `/api/v1/visits/${NOBODY}/recipients`],
    ['POST', `/api/v1/visits/${NOBODY}/parcels`],
    ['POST', `/api/v1/visits/${NOBODY}/next`],
    ['POST', `/api/v1/visits/${NOBODY}/parcels/${NOBODY}/open`],
  ] as const;
  it.each(KIOSK_ONLY)('%s %s is for paired terminals only, not even for a manager', async (method, path) => {
    for (const token of [undefined, manager, 'a'.repeat(43)]) {
      await expectProblem(path, { method, ...(token ? { token } : {}) }, 401, 'terminal-unpaired');
    }
  });

  it.each([
    ['auditor', 'POST', '/api/v1/banks/hall/compartments/1/open', { reason: 'curious' }],
    ['auditor', 'POST', `/api/v1/outbox/${NOBODY}/reveal`, {}],
    ['installer', 'GET', '/api/v1/residents', undefined],
    ['installer', 'GET', '/api/v1/outbox', undefined],
    ['desk', 'POST', '/api/v1/terminals/codes', { name: 'x', bank: null }],
    ['desk', 'POST', '/api/v1/banks', { file: 'x', reach: 'hub' }],
    ['installer', 'POST', '/api/v1/recovery', {}],
  ])('the %s may not %s %s', async (role, method, path, body) => {
    const token = await rig.signIn(role);
    await expectProblem(path, { token, method, ...(body ? { body } : {}) }, 403, 'forbidden');
  });

  it('forgets a session that signed out, and one that never was', async () => {
    const token = await rig.signIn('desk');
    expect((await rig.ask('/api/v1/me', { token })).json.role).toBe('desk');
    expect((await rig.ask('/api/v1/sign-out', { token, body: {} })).status).toBe(204);
    await expectProblem('/api/v1/me', { token }, 401, 'signed-out');
  });

  it('sets cookies that no script reads and no other site sends', async () => {
    const { headers } = await rig.ask('/api/v1/sign-in', {
      body: { login: 'manager', password: RIG_PASSWORD },
    });
    expect(headers.get('set-cookie')).toMatch(/^lockerhub_staff=[\w-]{43}; .*HttpOnly; SameSite=Strict/);
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await rig.ask('/api/v1/me', { headers: { cookie } })).status).toBe(200);
  });
});

describe('terminals', () => {
  it('are paired by a code that works once, and end at once when revoked', async () => {
    const body = { name: 'new kiosk', bank: 'yard' };
    const { json: issued } = await rig.ask('/api/v1/terminals/codes', { token: manager, body });
    const typed = `${issued.code.slice(0, 4)} ${issued.code.slice(4)}`;
    const { json: paired } = await rig.ask('/api/v1/terminals/pair', { body: { code: typed } });
    const view = await rig.ask('/api/v1/kiosk', { token: paired.token });
    expect(view.json).toMatchObject({ terminal: paired.terminal, bank: 'yard', building: 'Rig House' });
    await expectProblem('/api/v1/terminals/pair', { body: { code: issued.code } }, 401, 'pairing-code-wrong');
    const revoke = await rig.ask(`/api/v1/terminals/${paired.terminal}/revoke`, { token: manager, body: {} });
    expect(revoke.status).toBe(204);
    await expectProblem('/api/v1/kiosk', { token: paired.token }, 401, 'terminal-unpaired');
  });
});
