/** Where staff are told by mail: said by themselves or a manager, tried, kept from everybody else, gone with the account. */
import { EMPTY_ROW, fieldChange, mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { MailSink } from '@lockerhub/sim/testing/mail-sink.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyModel } from '../deliveries/model.ts';
import type { Fence } from '../epoch/fence.ts';
import { Plan } from '../provision/plan.ts';
import { followRows } from '../sync/consequences.ts';

const ADDRESS = 'planted.manager@example.org';
const INVALID = { status: 400, json: { code: 'request-invalid' } };
let rig: HubRig;
let sink: MailSink;
let manager: string;
let desk: string;

beforeAll(async () => {
  sink = await MailSink.start();
  rig = await startHubRig(smallPlan(), { smtp: sink.smtp });
  manager = await rig.signIn('manager');
  desk = await rig.signIn('desk');
});
afterAll(async () => {
  await rig.end();
  await sink.stop();
});

const ask = (path: string, body?: unknown, token = manager) => rig.ask(`/api/v1/${path}`, { body, token });
const rowOf = (login: string) => rig.hub.register.all('staff').find((row) => row.login === login);
/** Invites somebody whom no other test knows. */
const invite = async (login: string, role: string, email: string) =>
  (await ask('staff', { login, name: login, role, email })).json.account.staff as string;
const test = (token = manager) =>
  rig.ask('/api/v1/me/account/test', { token, method: 'POST' }).then(({ status, json }) => [status, json]);

it('is one’s own to say, with the language of one’s page, and is tried by a mail', async () => {
  expect((await ask('me/account')).json).toMatchObject({
    ...{ login: 'manager', role: 'manager', email: null },
    ...{ hasMail: true, trouble: null },
  });
  expect(await test()).toMatchObject([404, { code: 'not-found' }]);
  const own = { email: ADDRESS, language: 'es' };
  expect((await ask('me/account', own)).json).toMatchObject({ email: ADDRESS });
  expect(rowOf('manager')).toMatchObject(own);
  expect(await test()).toEqual([200, { sent: true, reason: null }]);
  expect(sink.mailsTo(ADDRESS)).toMatchObject([
    { subject: 'Prueba de las taquillas de Rig House: los mensajes llegan aquí.' },
  ]);
  for (const email of ['no address', '', `${'a'.repeat(250)}@example.org`])
    expect(await ask('me/account', { email, language: 'en' })).toMatchObject(INVALID);
  expect((await rig.ask('/api/v1/me/account')).json.code).toBe('signed-out');
});

it('is tried so often and no more in a while: an address may be anybody’s', async () => {
  await ask('me/account', { email: 'nobody@example.org', language: 'en' }, desk);
  const answers = [];
  for (let round = 0; round < 6; round += 1) answers.push(await test(desk));
  expect(answers.slice(0, 5)).toEqual(
    Array.from({ length: 5 }, () => [200, { sent: false, reason: 'mail: the mail server said 550' }]),
  );
  expect(answers[5]).toMatchObject([429, { code: 'too-many-attempts' }]);
});

it('is a manager’s to say of others, and seen by managers alone', async () => {
  const installer = rowOf('installer')?.id ?? '';
  const said = await ask(`staff/${installer}`, { email: 'ina@example.org' });
  expect(said.json).toMatchObject({ email: 'ina@example.org', role: 'installer' });
  expect((await ask(`staff/${installer}`, { email: 'desk@example.org' }, desk)).status).toBe(403);
  expect((await ask('staff', undefined, desk)).status).toBe(403);
  for (const path of ['colleagues', 'me', 'building', 'log'])
    expect([path, (await ask(path, undefined, desk)).text.includes('example.org')]).toEqual([path, false]);
  const invited = { login: 'mo', name: 'Mo', role: 'manager', email: 'mo@example.org' };
  expect((await ask('staff', invited)).json.account).toMatchObject({ email: 'mo@example.org' });
  expect(await ask('staff', { ...invited, login: 'no', email: 'none' })).toMatchObject(INVALID);
  expect((await ask(`staff/${installer}`, { email: null })).json.email).toBeNull();
});

it('goes with the account that is disabled, here or elsewhere, and does not come back with it', async () => {
  const lou = await invite('lou', 'manager', 'lou@example.org');
  expect((await ask(`staff/${lou}`, { disabled: true })).json).toMatchObject({ disabled: true, email: null });
  expect(await ask(`staff/${lou}`, { email: 'lou@example.org' })).toMatchObject(INVALID);
  expect((await ask(`staff/${lou}`, { disabled: false })).json.email).toBeNull();
  // An operator disabled the account while its address was said here.
  const row = rowOf('lou');
  if (!row) throw new Error('lou is there');
  const merged = { ...row, disabled: true, email: 'lou@example.org', language: 'en' };
  await rig.hub.buildingLog.append({ payloads: [], rows: [{ table: 'staff', row: merged }] });
  const { register, accounts, building } = rig.hub;
  const codes = { execute: building.execute.bind(building), codeOf: () => undefined, model: emptyModel() };
  await followRows({ register: { all: () => [] } as never, building: codes, accounts });
  expect(register.get('staff', lou)).toMatchObject({ disabled: true, email: null, language: null });
});

it('is not said any more by whoever is disabled in that moment', async () => {
  const { accounts, register } = rig.hub;
  const dan = await invite('dan', 'desk', 'dan@example.org');
  const own = { email: 'late@example.org', language: 'en' };
  // Both were let in; one goes behind the other.
  const disabling = accounts.change({ kind: 'hub' }, dan, { disabled: true });
  const saying = accounts.setOwnAddress(dan, own);
  await expect(saying).rejects.toMatchObject({ code: 'signed-out' });
  expect(await disabling).toMatchObject({ disabled: true });
  expect(register.get('staff', dan)).toMatchObject({ disabled: true, email: null });
});

it('is personal: erasing an account takes it along', () => {
  const stamp = { atMs: 1, count: 0, node: 'h-1' };
  const said = mergeRows(fieldChange('email', ADDRESS, stamp), fieldChange('language', 'es', stamp), []);
  const gone = mergeRows(said, { ...EMPTY_ROW, erased: { ...stamp, atMs: 2 } }, SYNCED_TABLES.staff.personal);
  expect(JSON.stringify(gone)).not.toMatch(/planted|"es"/);
});

it('stands in no log', async () => {
  const auditor = await rig.signIn('auditor');
  const said = ['auditor', 'nobody', 'invited', 'changed'].map((name) => `${name}@example.org`);
  const [reached, lost, invited = '', changed] = said;
  for (const email of [reached, lost]) {
    expect((await ask('me/account', { email, language: 'en' }, auditor)).status).toBe(200);
    expect((await test(auditor))[1]).toMatchObject({ sent: email === reached });
  }
  const ivo = await invite('ivo', 'installer', invited);
  expect((await ask(`staff/${ivo}`, { email: changed })).json.email).toBe(changed);
  const entries = await rig.hub.store.query<{ payload: string }>('select payload from log');
  const all = rig.logged() + entries.map(({ payload }) => payload).join('');
  expect(all).toContain('"email"');
  for (const address of said) expect([address, all.includes(address)]).toEqual([address, false]);
});

it('is said where nobody can be told: nothing else fails', async () => {
  const plan = smallPlan();
  const staff = plan.staff.map((one) => (one.role === 'manager' ? { ...one, email: ADDRESS } : one));
  const alone = await startHubRig({ ...plan, staff });
  const token = await alone.signIn('manager');
  // As an installer said it; the building's language holds until its owner says where they are told.
  expect(alone.hub.register.all('staff')).toContainEqual(
    expect.objectContaining({ login: 'manager', email: ADDRESS, language: null }),
  );
  expect(() => Plan.parse({ ...plan, staff: [{ ...staff[0], email: 'none' }] })).toThrow('email');
  const own = await alone.ask('/api/v1/me/account', { token, body: { email: ADDRESS, language: 'en' } });
  expect([own.status, own.json]).toMatchObject([200, { email: ADDRESS, hasMail: false, trouble: null }]);
  const tried = await alone.ask('/api/v1/me/account/test', { token, method: 'POST' });
  expect([tried.status, tried.json.code]).toEqual([404, 'not-found']);
  // Another hub speaks: whatever were said here, nobody would ever hear of it.
  (alone.hub.fence as Fence).raise(9);
  const late = await alone.ask('/api/v1/me/account', { token, body: { email: null, language: 'en' } });
  expect([late.status, late.json.code]).toEqual([409, 'hub-fenced']);
  await alone.end();
});
