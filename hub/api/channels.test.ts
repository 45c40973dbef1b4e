import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { newWebhookSecret } from '@lockerhub/protocol/webhooks/signature.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PhoneProvider } from '../../sim/phone/phone-provider.ts';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

const NUMBER = '+491701234567';
const TOKEN = 'a token that nobody may ever read again';
const SECRET = newWebhookSecret(systemRandom);

let rig: HubRig;
let phones: PhoneProvider;
let bank: ToldBank;
let token: string;

const ask = (path: string, body?: unknown, as = token) => rig.ask(`/api/v1${path}`, { body, token: as });
const outbox = async () => (await ask('/outbox')).json.items;

beforeAll(async () => {
  phones = await PhoneProvider.start({ token: TOKEN, secret: SECRET });
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  bank = new ToldBank(rig);
  token = await rig.signIn('manager');
  await ask('/receipts-address', { receiptsAt: rig.httpUrl });
  const twilio = { kind: 'twilio', apiUrl: phones.url, account: phones.account, from: '+4915100000' };
  await ask('/channels/sms', { settings: twilio, secret: TOKEN });
  const webhook = { kind: 'generic', url: `${phones.url}/messages`, from: '' };
  await ask('/channels/webhook', { settings: webhook, secret: SECRET });
  const { json } = await ask('/residents');
  const mara = json.find(({ name }: { name: string }) => name === 'Mara Olsen');
  const contacts = [
    { channel: 'sms', to: NUMBER },
    { channel: 'webhook', to: 'mara' },
  ];
  expect((await ask(`/residents/${mara.resident}`, { contacts })).json.contacts).toEqual(contacts);
});
afterAll(async () => {
  await rig.end();
  await phones.stop();
});

it('sends a test, and says why one did not go', async () => {
  expect((await ask('/channels/sms/test', { to: NUMBER })).json).toEqual({ sent: true, reason: null });
  expect(phones.textsTo(NUMBER)).toEqual([
    'A test from the parcel lockers of Rig House: messages arrive here.',
  ]);
  phones.state = 'down';
  const { json } = await ask('/channels/sms/test', { to: NUMBER });
  expect(json).toEqual({ sent: false, reason: 'sms: the provider said 503' });
  phones.state = 'up';
  expect((await ask('/channels/email/test', { to: 'a@example.org' })).status).toBe(404);
  expect((await ask('/channels/sms/test', { to: '0170' })).json).toMatchObject({ where: 'body.to' });
});

it('texts what arrived; a receipt that it was lost sends it by the next way, once, and one that it came is seen', async () => {
  await bank.dropOff();
  const text = () => phones.messages.find(({ to, text }) => to === NUMBER && text.includes('Your code'));
  await waitFor(() => text() !== undefined, 10_000, 'the text message');
  const sms = text();
  if (!sms) throw new Error('no message');
  expect(sms.text).toMatch(/^A parcel arrived for you:\n• hall, door \d/);
  const wrong = { ...sms, callback: sms.callback?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) };
  expect(await phones.tell(wrong, 'failed', Date.now())).toBe(404);
  expect(await Promise.all([1, 2].map(() => phones.tell(sms, 'failed', Date.now())))).toEqual([204, 204]);
  await waitFor(() => phones.textsTo('mara').length > 0, 10_000, 'the call to the webhook');
  const [again] = phones.messages.filter(({ to }) => to === 'mara');
  expect(again?.text).toContain('Hello Mara Olsen');
  expect(await phones.tell(again ?? sms, 'delivered', Date.now())).toBe(204);
  expect(await outbox()).toMatchObject([
    { state: 'delivered', channel: 'webhook' },
    { state: 'failed', channel: 'sms', reason: "sms: Twilio's error 30003" },
  ]);
  expect(phones.textsTo('mara')).toHaveLength(1);
});

it('takes no receipt that is not signed by the channel that sent, or was signed long ago', async () => {
  const [{ message }] = await outbox();
  const unsigned = { body: { state: 'failed' } };
  expect((await rig.ask(`/api/v1/receipts/webhook/${message}`, unsigned)).status).toBe(403);
  expect((await rig.ask(`/api/v1/receipts/twilio/${message}`, unsigned)).status).toBe(403);
  const callback = `${rig.httpUrl}/api/v1/receipts/webhook/${message}`;
  const told = { to: 'mara', text: '', callback };
  expect(await phones.tell(told, 'failed', Date.now() - 600_000)).toBe(403);
  expect((await outbox())[0]).toMatchObject({ state: 'delivered' });
});

it('shows its secrets to nobody: not in an answer, the log, what is logged, or the files of the hub', async () => {
  const { text, json } = await ask('/channels');
  expect(json.channels).toMatchObject([
    { channel: 'email', state: 'none' },
    { channel: 'sms', state: 'ready' },
    { channel: 'webhook', state: 'ready' },
  ]);
  const files = await readdir(rig.folder, { recursive: true, withFileTypes: true });
  const stored = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  );
  const log = (await ask('/log?limit=200')).text;
  for (const secret of [TOKEN, SECRET]) {
    for (const where of [text, log, rig.logged(), ...stored]) expect(where.includes(secret)).toBe(false);
  }
  expect(log).not.toContain(NUMBER);
});

it('is set by managers and installers alone, and keeps a secret that is left out', async () => {
  const desk = await rig.signIn('desk');
  const settings = { kind: 'generic', url: `${phones.url}/messages`, from: '' };
  expect((await ask('/channels/webhook', { settings }, desk)).status).toBe(403);
  const { json } = await ask('/channels/webhook', { settings });
  expect(json).toMatchObject({ state: 'ready' });
  expect(json.newSecret).toBeUndefined();
  expect((await ask('/channels/webhook/test', { to: 'x' })).json).toMatchObject({ sent: true });
  await ask('/channels/webhook/remove', {});
  const made = await ask('/channels/webhook', { settings });
  expect(made.json.newSecret).toMatch(/^whsec_/);
  expect((await ask('/channels/webhook/test', { to: 'x' })).json).toMatchObject({ sent: false });
});

it('sends a delegate a code of their own, once, and shows it where it could not be sent; ended it is void', async () => {
  const told = () => rig.hub.store.query("select 1 from log where type = 'delivery.announced'");
  const before = (await told()).length;
  await bank.dropOff();
  await waitFor(async () => (await told()).length > before, 10_000, 'the message');
  const kiosk = rig.made?.terminals[0]?.token ?? '';
  const { json: residents } = await ask('/residents');
  const mara = residents.find(({ name }: { name: string }) => name === 'Mara Olsen');
  const path = `/residents/${mara.resident}/delegates`;
  const untilMs = Date.now() + 3_600_000;
  const contact = { channel: 'sms', to: '+491709999999' };
  const whole = { delivery: null, fromMs: 0, untilMs, tell: { contact, language: 'es' } };
  expect((await ask(path, { ...whole, untilMs: 1 })).json.code).toBe('not-now');
  expect((await ask(path, whole, await rig.signIn('auditor'))).status).toBe(403);
  const { json } = await ask(path, whole);
  expect(json).toMatchObject({ sent: true, reason: null, code: null, delegate: { delivery: null } });
  const [text = ''] = phones.textsTo(contact.to);
  expect(text).toContain('Mara Olsen (1A) le deja recoger');
  const code = /(\d{4} \d{4})$/.exec(text)?.[1] ?? 'none';
  const begin = (typed: string) => rig.ask('/api/v1/visits', { token: kiosk, body: { code: typed } });
  const visit = (await begin(code)).json;
  expect(visit).toMatchObject({ kind: 'resident', who: '1A' });
  await rig.ask(`/api/v1/visits/${visit.visit}/end`, { token: kiosk, body: {} });
  expect((await ask(path)).json).toEqual([json.delegate]);
  expect((await ask(`${path}/${json.delegate.delegate}/end`, {})).status).toBe(204);
  expect([(await begin(code)).json.code, (await ask(path)).json]).toEqual(['code-revoked', []]);
  phones.state = 'down';
  const lost = (await ask(path, whole)).json;
  phones.state = 'up';
  expect(lost).toMatchObject({ sent: false, reason: 'sms: the provider said 503' });
  expect(lost.code).toMatch(/^\d{8}$/);
  // Somebody who lives elsewhere is stored nowhere.
  const kept = await rig.hub.store.query('select payload from log where payload like $1', [
    '%+491709999999%',
  ]);
  expect(kept).toEqual([]);
});
