/** From an empty building to a parcel that was collected, by the list on its home, in a real browser. */
import { join } from 'node:path';
import { PairReply } from '@lockerhub/protocol/http/visit.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Mailbox } from '@lockerhub/sim/demo/mailbox.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, RIG_PASSWORD, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { PlcBank } from '@lockerhub/sim/testing/plc-bank.ts';
import { DESKTOP, PHONE, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { codeIn } from '@lockerhub/sim/walk/code-in-message.ts';
import { HubLink } from '@lockerhub/sim/walk/hub-link.ts';
import { type Hands, putIn, takeAll, Visit } from '@lockerhub/sim/walk/people.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
const DOORS = [1, 2];

describe.skipIf(!canLaunchBrowser)('the first steps', () => {
  let browser: Browser;
  let rig: HubRig;
  let hall: PlcBank;
  let mailbox: Mailbox;
  let pages: StaffPages;
  let page: Page;
  let token: string;
  let courier: string;

  beforeAll(async () => {
    await buildPages();
    [browser, rig, hall] = await Promise.all([
      launchBrowser(),
      startHubRig(),
      PlcBank.start('hall', DOORS.length),
    ]);
    mailbox = new Mailbox(join(rig.folder, 'mails'), systemClock);
    await mailbox.open();
    const building = { building: 'elm', name: 'Elm House', timeZone: 'Europe/Berlin', language: 'en' };
    await rig.ask('/api/v1/setup', { body: { ...building, login: 'ana', password: RIG_PASSWORD } });
    token = await rig.signIn('ana');
    // The message would wait for as long as a courier may take the parcel back.
    await rig.ask('/api/v1/policy', { token, method: 'PATCH', body: { undoMs: 0 } });
    pages = staffPages(browser, rig, 'first-steps');
    page = await pages.open('ana', { viewport: DESKTOP });
    await page.goto(rig.httpUrl);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await mailbox.close();
    await rig.end();
    await hall.stop();
  });

  const home = () => page.getByRole('link', { name: 'Building now', exact: true }).click();
  const follow = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const done = (count: number) => page.getByText(`${count} of 6 done`, { exact: true }).waitFor();
  const dialog = () => page.getByRole('dialog');
  const ask = async (path: string, body?: unknown) => (await rig.ask(`/api/v1${path}`, { token, body })).json;
  /** A hand that waits until the lock has let go of the latch. */
  const hands: Hands = {
    close: async (_bank, door) => {
      await waitFor(() => hall.plc.hand.close(door), WITHIN_MS, `door ${door} to shut`);
    },
  };

  it('stand on the home of an empty building, and can be put away and got back', async () => {
    await done(0);
    expect(await pages.faults(page, 'empty')).toEqual([]);
    await page.getByRole('button', { name: 'Put these steps away' }).click();
    await page.getByRole('button', { name: 'Show the first steps (0 of 6 done)' }).click();
    await done(0);
  });

  it('lead to each thing that lacks, and see by themselves that it is there', async () => {
    await follow('Add residents');
    await page.getByRole('button', { name: 'Add a resident' }).click();
    await dialog().getByLabel('Unit').fill('1A');
    await dialog().getByLabel('Name').fill('Ana Pérez');
    await dialog().getByLabel('E-mail').fill('ana@example.org');
    await dialog().getByRole('button', { name: 'Add a resident' }).click();
    await page.getByRole('cell', { name: '1A' }).waitFor();
    await home();
    await done(1);

    await follow('Add a bank');
    await page.getByRole('button', { name: 'Add a bank' }).click();
    await dialog().getByLabel('Bank file (YAML)').fill(hall.file);
    await dialog().getByRole('button', { name: 'Add bank' }).click();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await home();
    await done(2);
    await page.getByText('hall: 2 doors not tried').waitFor();

    await follow('Walk hall');
    await page.getByText(/Life safety never depends on this software/).waitFor();
    await walk();
    await home();
    await done(3);

    await follow('Add a courier');
    await page.getByRole('button', { name: 'Add a courier' }).click();
    await dialog().getByLabel('Carrier').fill('Northline');
    await dialog().getByRole('button', { name: 'Add a courier' }).click();
    courier = (await dialog().locator('code').innerText()).replaceAll(/\D/g, '');
    await page.keyboard.press('Escape');
    await home();
    await done(4);
  }, 180_000);

  /** The installer's walk; its page has a test of its own. */
  async function walk(): Promise<void> {
    const step = (body: object) => ask('/commissioning/hall', body);
    await step({ step: 'start', door: null });
    await step({ step: 'doors-closed' });
    for (const door of DOORS) {
      await step({ step: 'fire', door });
      await waitFor(() => hall.plc.door(door).open, WITHIN_MS, `door ${door} to pop`);
      const isSeen = async () => (await ask('/commissioning/hall')).walk.firing?.end === 'opened';
      await waitFor(isSeen, WITHIN_MS, 'the pop to be seen');
      await step({ step: 'answer', popped: door });
      await hands.close('hall', door);
      const isShut = async () => (await ask('/commissioning/hall')).walk.open.length === 0;
      await waitFor(isShut, WITHIN_MS, 'the door to be seen shut');
    }
    await waitFor(
      async () =>
        (await rig.ask('/api/v1/commissioning/hall/sign', { token, method: 'POST' })).status === 200,
      WITHIN_MS,
      'the map to be signed',
    );
  }

  it('send a test at once, and go on at another device', async () => {
    await follow('Set up messages');
    await page.getByRole('button', { name: 'Set up: E-mail' }).waitFor();
    const server = { host: '127.0.0.1', port: mailbox.port, tls: false, user: '' };
    const settings = { kind: 'smtp', ...server, from: 'lockers@example.org' };
    await ask('/channels/email', { settings });
    const phone = await pages.open('ana', { viewport: PHONE });
    await phone.goto(rig.httpUrl);
    await phone.getByText('4 of 6 done').waitFor();
    expect(await pages.faults(phone, 'phone')).toEqual([]);
    await phone.getByLabel('Test to this address').fill('ana@example.org');
    await phone.getByRole('button', { name: 'Send a test: E-mail' }).click();
    await phone.getByText('5 of 6 done').waitFor();
    await phone.context().close();
    await home();
    await done(5);
  });

  it('follow a test parcel by what the hub sees of it, and go when it was collected', async () => {
    await follow('Pair a terminal');
    const { code } = await ask('/terminals/codes', { name: 'Hall', bank: 'hall' });
    const paired = await new HubLink(rig.httpUrl).ask('POST', '/api/v1/terminals/pair', PairReply, { code });
    const kiosk = new HubLink(rig.httpUrl, paired.token);
    await home();
    await page.getByText('Pair the screen at the bank. (done)').waitFor();

    const dropOff = await Visit.start(kiosk, courier);
    const [recipient] = await dropOff.recipients('1A');
    if (!recipient) throw new Error('nobody lives in 1A');
    await putIn(dropOff, { unit: recipient.unit, resident: recipient.resident, size: 'M' }, hands);
    await dropOff.end();
    await page.getByText(/close the door\. \(done\)/).waitFor();
    expect(await pages.faults(page, 'parcel')).toEqual([]);

    const told = await waitFor(
      () => mailbox.mails.map(({ text }) => codeIn(text)).find((each) => each !== undefined),
      WITHIN_MS,
      'the message',
    );
    const pickup = await Visit.start(kiosk, told);
    await takeAll(pickup, hands);
    await page.getByRole('heading', { name: 'First steps' }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText('No parcel waits').waitFor();
    expect(await page.getByRole('heading', { name: 'First steps' }).count()).toBe(0);
    expect((await ask('/first-steps')).steps.every((step: { done: boolean }) => step.done)).toBe(true);
    expect(pages.errors).toEqual([]);
  }, 120_000);
});
