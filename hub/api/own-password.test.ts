/** One's own password over the real API: who knows the present one changes it, and no other session goes on. */
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fence } from '../epoch/fence.ts';

const NEXT = 'planted next password';
let rig: HubRig;
/** Somebody new each time, so that each test begins with a password that it knows. */
let made = 0;
let login: string;
let present: string;
let token: string;

beforeAll(async () => {
  rig = await startHubRig(smallPlan());
});
afterAll(() => rig.end());
beforeEach(async () => {
  made += 1;
  login = `staff${made}`;
  present = `the first one of ${login}`;
  const body = { login, name: login, role: 'auditor' };
  const { json } = await rig.ask('/api/v1/staff', { token: await rig.signIn('manager'), body });
  await rig.ask('/api/v1/invitation', { body: { token: json.token, password: present } });
  token = await session(present);
});

const signIn = (password: string) => rig.ask('/api/v1/sign-in', { body: { login, password } });
const session = async (password: string) =>
  /lockerhub_staff=([^;]+)/.exec((await signIn(password)).headers.get('set-cookie') ?? '')?.[1] ?? '';
const change = (body: object) => rig.ask('/api/v1/me/account/password', { token, body });
const isIn = async (by: string) => (await rig.ask('/api/v1/me', { token: by })).status === 200;
const rowNow = () => rig.hub.register.all('staff').find((row) => row.login === login);

it('is changed by who knows the present one; every other session of that account ends', async () => {
  const [other, colleague] = [await session(present), await rig.signIn('desk')];
  expect(await isIn(other)).toBe(true);
  expect((await change({ present, next: NEXT })).status).toBe(204);
  expect([await isIn(token), await isIn(other), await isIn(colleague)]).toEqual([true, false, true]);
  expect((await signIn(present)).json.code).toBe('password-wrong');
  expect((await signIn(NEXT)).status).toBe(200);
});

it('stays as it is without the present one, or where the next is too short or too long', async () => {
  const before = rowNow();
  expect(await change({ present: 'something else', next: NEXT })).toMatchObject({
    status: 401,
    json: { code: 'password-wrong', where: 'body.present' },
  });
  for (const next of ['too short', 'x'.repeat(201), undefined])
    expect((await change({ present, next })).json.code).toBe('request-invalid');
  expect((await change({ present: '', next: NEXT })).json.code).toBe('request-invalid');
  const unsigned = await rig.ask('/api/v1/me/account/password', { body: { present, next: NEXT } });
  expect(unsigned.json.code).toBe('signed-out');
  expect(rowNow()).toEqual(before);
  expect(await isIn(token)).toBe(true);
});

it('is not changed over what became of it meanwhile', async () => {
  const { staff } = (await rig.ask('/api/v1/me', { token })).json;
  const known = await rig.hub.signIn.nextPassword(staff, { present, next: NEXT }, '192.0.2.1');
  await rig.ask(`/api/v1/staff/${staff}/invite`, { token: await rig.signIn('manager'), method: 'POST' });
  const invited = rowNow();
  await expect(rig.hub.accounts.setOwnPassword(staff, known, token)).rejects.toMatchObject({
    code: 'password-wrong',
  });
  expect(rowNow()).toEqual(invited);
});

it('is told in the log as changed, by whom, and never what it is', async () => {
  await change({ present, next: NEXT });
  const rows = await rig.hub.store.query<{ payload: string }>('select payload from log order by seq desc');
  const [newest] = rows;
  const { id } = rowNow() ?? {};
  expect(JSON.parse(newest?.payload ?? '')).toMatchObject({
    type: 'row.changed',
    by: { kind: 'staff', id },
    data: { table: 'staff', row: id, fields: ['passwordHash'] },
  });
  const all = rig.logged() + rows.map(({ payload }) => payload).join('');
  for (const secret of [present, NEXT, rowNow()?.passwordHash ?? '?']) expect(all).not.toContain(secret);
});

describe('at a hub of its own', () => {
  let alone: HubRig;
  let desk: string;
  beforeEach(async () => {
    alone = await startHubRig(smallPlan());
    desk = await alone.signIn('desk');
  });
  afterEach(() => alone.end());
  const ask = (now: string) =>
    alone.ask('/api/v1/me/account/password', { token: desk, body: { present: now, next: NEXT } });

  it('is guessed so often and no more, as at the sign-in and counted with it', async () => {
    const codes: string[] = [];
    for (let round = 0; round < 11; round += 1) codes.push((await ask(`guess ${round}`)).json.code);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'password-wrong'), 'too-many-attempts']);
    const late = await ask(RIG_PASSWORD);
    expect([late.status, late.json.code]).toEqual([429, 'too-many-attempts']);
    const body = { login: 'desk', password: RIG_PASSWORD };
    expect((await alone.ask('/api/v1/sign-in', { body })).status).toBe(429);
    const { staff } = (await alone.ask('/api/v1/me', { token: desk })).json;
    const guess = (present: string, address: string) =>
      alone.hub.signIn.nextPassword(staff, { present, next: NEXT }, address);
    for (let round = 0; round < 20; round += 1)
      await expect(guess('guess', `192.0.2.${round}`)).rejects.toMatchObject({ code: 'password-wrong' });
    await expect(guess(RIG_PASSWORD, '198.51.100.1')).rejects.toMatchObject({ code: 'too-many-attempts' });
  });

  it('is not changed where another hub speaks for the building', async () => {
    (alone.hub.fence as Fence).raise(9);
    const { status, json } = await ask(RIG_PASSWORD);
    expect([status, json.code]).toEqual([409, 'hub-fenced']);
  });
});
