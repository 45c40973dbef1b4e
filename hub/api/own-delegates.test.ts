/** A resident's phone at home: whom they let collect, by HTTP as their page asks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canLaunchBrowser, launchBrowser } from '../../sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { buildPages } from '../../sim/testing/pages.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { NAMED_A_DAY } from '../terminals/resident-phones.ts';

const DEADLINE_MS = 10_000;
const HOUR_MS = 3_600_000;
const path = '/api/v1/phone/delegates';

let rig: HubRig;
let resident: string;
let kiosk: string;
let manager: string;
let code: string;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0, wrongCodes: 10, phoneCountry: 'US' } });
  manager = await rig.signIn('manager');
  kiosk = rig.made?.terminals[0]?.token ?? '';
  resident = rig.made?.residents.find(({ unitName }) => unitName === '1A')?.resident ?? '';
  await new ToldBank(rig).dropOff();
  const isTold = async () => (await logged('delivery.announced')).length > 0;
  await waitFor(isTold, DEADLINE_MS, 'the message');
  code = await newCode();
});
afterAll(() => rig.end());

async function newCode(): Promise<string> {
  const { building } = rig.hub;
  return (await building.execute({ type: 'issue-code', staff: resident, holder: resident })).code;
}

async function shown() {
  const answer = await rig.ask('/api/v1/phone/residents', { body: { code } });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { ...answer, phone: { headers: { cookie } } };
}
const window = (forMs = HOUR_MS) => ({
  delivery: null,
  fromMs: Date.now(),
  untilMs: Date.now() + forMs,
  tell: null,
});
const logged = (type: string) =>
  rig.hub.store.query<{ by: object }>(
    `select payload::jsonb->'by' as by from log where type = '${type}' order by seq`,
  );

it('names somebody without anybody of the staff, sees them, ends them, and the log says who did', async () => {
  expect((await rig.ask(path)).status).toBe(401);
  const { json, phone, headers } = await shown();
  expect(headers.get('set-cookie')).toMatch(/lockerhub_resident=.*HttpOnly; SameSite=Strict/);
  expect(json).toMatchObject({ unitName: '1A', delegates: [], parcels: [{ bankName: expect.any(String) }] });
  const named = await rig.ask(path, { ...phone, body: window() });
  expect(named.json).toMatchObject({ sent: false, code: expect.stringMatching(/^\d{8}$/) });
  const { delegate } = named.json.delegate;
  expect((await rig.ask(path, phone)).json.delegates).toMatchObject([{ delegate, delivery: null }]);
  const staffSee = await rig.ask(`/api/v1/residents/${resident}/delegates`, { token: manager });
  expect(staffSee.json).toMatchObject([{ delegate }]);
  const come = (code: string) => rig.ask('/api/v1/visits', { token: kiosk, body: { code } });
  const visit = await come(named.json.code);
  expect(visit.json.stops).toHaveLength(1);
  expect((await rig.ask(`${path}/${delegate}/end`, { ...phone, method: 'POST' })).status).toBe(204);
  expect((await come(named.json.code)).json.code).toBe('code-revoked');
  const by = { kind: 'resident', id: resident };
  expect(await logged('delegate.named')).toEqual([{ by }]);
  expect(await logged('delegate.ended')).toEqual([{ by }]);
});

it('opens no door and begins no visit by what it has shown, and sends no code where it cannot', async () => {
  const { phone } = await shown();
  expect((await rig.ask('/api/v1/visits', { ...phone, body: { code } })).status).toBe(401);
  expect((await rig.ask('/api/v1/kiosk', phone)).status).toBe(401);
  expect((await rig.ask('/api/v1/residents', phone)).status).toBe(401);
  const tell = { language: 'en', to: 'what is this' };
  expect((await rig.ask(path, { ...phone, body: { ...window(), tell } })).json).toMatchObject({
    code: 'contact-unreadable',
    where: 'body.tell.to',
  });
  // No text messages are set up here: the code is shown instead.
  const unsent = await rig.ask(path, {
    ...phone,
    body: { ...window(), tell: { ...tell, to: '(212) 555-0187' } },
  });
  expect(unsent.json).toMatchObject({
    sent: false,
    reason: expect.stringContaining('sms'),
    code: expect.any(String),
  });
  const { delegate } = unsent.json.delegate;
  expect((await rig.ask(`${path}/${delegate}/end`, { ...phone, method: 'POST' })).status).toBe(204);
});

describe.skipIf(!canLaunchBrowser)('on the page, on a phone', () => {
  it('lets somebody collect one parcel, shows their code once, and ends it again', async () => {
    await buildPages();
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    try {
      await page.goto(`${rig.httpUrl}/pickup/#${code}`);
      const tap = (name: string | RegExp) => page.getByRole('button', { name }).click();
      await tap('Let somebody else collect');
      await page.getByText('Nobody besides your household.').waitFor();
      await tap('Let somebody collect');
      await tap(/The parcel since/);
      await page.getByLabel('Until').fill('2001-01-01T10:00');
      await tap('Go');
      await page.getByRole('alert').waitFor();
      const tomorrow = new Date(Date.now() + 20 * HOUR_MS);
      const local = new Date(tomorrow.getTime() - tomorrow.getTimezoneOffset() * 60_000);
      await page.getByLabel('Until').fill(local.toISOString().slice(0, 16));
      await tap('Go');
      await page.getByLabel('What you call them').fill('عمّي Lő李');
      await tap('Let somebody collect');
      await page.getByText(/^\d{4} \d{4}$/).waitFor();
      await tap('Done');
      await page.getByRole('listitem').getByText('عمّي Lő李', { exact: true }).waitFor();
      expect(await page.getByText(/^\d{4} \d{4}$/).count()).toBe(0);
      // What this phone calls them is nobody else's business.
      const kept = await rig.hub.store.query<{ text: string }>('select payload::text as text from log');
      expect(JSON.stringify(kept)).not.toContain('Lő');
      await tap('End');
      await tap('End it now');
      await page.getByText('Nobody besides your household.').waitFor();
      expect(await logged('delegate.ended')).toHaveLength(3);
      await tap('Back');
      await page.getByRole('heading', { name: /three digits/ }).waitFor();
    } finally {
      await browser.close();
    }
  });
});

it('names ten people a day, however often they end', async () => {
  const { phone } = await shown();
  let refused: { status: number; json: { code?: string } } | undefined;
  for (let times = 0; times <= NAMED_A_DAY && !refused; times += 1) {
    const { status, json } = await rig.ask(path, { ...phone, body: window() });
    if (status !== 200) refused = { status, json };
    else await rig.ask(`${path}/${json.delegate.delegate}/end`, { ...phone, method: 'POST' });
  }
  expect(refused).toMatchObject({ status: 429, json: { code: 'too-many-requests' } });
});

it('is nobody any more once the code is another', async () => {
  const { phone } = await shown();
  expect((await rig.ask(path, phone)).status).toBe(200);
  await newCode();
  expect((await rig.ask(path, phone)).json.code).toBe('signed-out');
});
