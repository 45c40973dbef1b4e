/** The kiosk's camera from end to end: a real browser, a real hub, its mails, a simulated PLC; and what staff see of it. */
import { readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { type Clock, systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bankFileOf } from '../demo/bank-files.ts';
import { LOBBY } from '../demo/linden-court.ts';
import { Mailbox } from '../demo/mailbox.ts';
import { type StandingBank, standUp } from '../demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '../testing/browser.ts';
import { barcodesIn, fakeCamera, pictureIn, type Shown } from '../testing/fake-camera.ts';
import { type HubRig, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { buildPages } from '../testing/pages.ts';
import { staffPages } from '../testing/staff-pages.ts';
import { waitFor } from '../testing/wait-for.ts';

const WITHIN_MS = 30_000;
const HOUR_MS = 3_600_000;
const DAY_S = 86_400;
const UPS = '1Z999AA10123456784';
const WORDS = 'N. Oduya, 14 Linden Row';
const NUMBERS = placedCompartments(LOBBY).map(({ number }) => number);

describe.skipIf(!canLaunchBrowser)('the kiosk’s camera in a building', { timeout: 120_000 }, () => {
  let bank: StandingBank;
  let mailbox: Mailbox;
  let hub: HubRig;
  let manager: string;
  let video: string;
  let browser: Browser | undefined;
  let page: Page;
  /** What the hub does each hour; an hour passes when a test says so. */
  const hourly: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, act) => {
      if (delayMs !== HOUR_MS) return systemClock.after(delayMs, act);
      hourly.push(act);
      return { cancel: () => {} };
    },
  };

  beforeAll(async () => {
    await buildPages();
    video = join(tmpdir(), `lockerhub-camera-${process.pid}.y4m`);
    mailbox = new Mailbox(`${video}.mails`, systemClock);
    await mailbox.open();
    bank = await standUp({ layout: LOBBY, unsensed: new Set(), reach: 'hub' }, 0, systemClock, () => {});
    const plan = { ...smallPlan(), banks: [], terminals: [{ name: 'kiosk' }], policy: { undoMs: 300 } };
    const smtp = { url: `smtp://127.0.0.1:${mailbox.port}`, from: 'Rig House <parcels@example.org>' };
    hub = await startHubRig(plan, { smtp }, clock);
    manager = await hub.signIn('manager');
    const file = bankFileOf(LOBBY, new Set(), bank.server.port);
    await hub.ask('/api/v1/banks', { token: manager, body: { file, reach: 'hub' } });
    const areShut = () => {
      const doors = hub.hub.building.doors('lobby');
      return doors.length > 0 && doors.every(({ door }) => door === 'closed');
    };
    await waitFor(areShut, WITHIN_MS, 'all doors to be seen shut');
  }, 240_000);
  afterEach(() => browser?.close());
  afterAll(async () => {
    await hub?.end();
    await bank?.server.stop();
    await mailbox?.close();
    for (const file of [video, `${video}.mails`]) await rm(file, { force: true });
  });

  /** The paired kiosk, with this before its camera. */
  async function before(...shown: Shown[]): Promise<void> {
    await fakeCamera(video, shown);
    browser = await launchBrowser({ video });
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(WITHIN_MS);
    const value = hub.made?.terminals[0]?.token ?? '';
    await context.addCookies([{ name: 'lockerhub_terminal', value, url: hub.httpUrl }]);
    page = await context.newPage();
    await page.goto(`${hub.httpUrl}/kiosk/`);
    await asks(/Type or scan your code/);
  }

  const asks = (question: RegExp) => page.getByRole('heading', { level: 1, name: question }).waitFor();
  const tap = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const openNumber = () => NUMBERS.find((number) => bank.plc.door(number).open);
  const putIn = async () => {
    await tap(/^S/);
    await asks(/Put the parcel in door/);
    const number = await waitFor(openNumber, WITHIN_MS, 'a door that stands open');
    await waitFor(() => bank.plc.hand.close(number), WITHIN_MS, `door ${number} to latch`);
    await tap(/Yes, it is in/);
    await asks(/Who is the next parcel for/);
  };
  const notInTheList = async () => {
    await page.keyboard.type('Oduya');
    await tap('Not in the list');
  };

  it('reads a label onto its parcel, and shows staff the photo or the words of one for somebody unknown, for 30 days', async () => {
    await before({ format: 'Code128', text: UPS });
    await page.keyboard.type(hub.made?.couriers[0]?.code ?? '');
    await page.keyboard.press('Enter');
    await asks(/Who is the parcel for/);
    await tap('Scan with the camera');
    await page.getByText('Label 1Z99…6784 scanned').waitFor();
    await page.getByText('(looks like UPS)').waitFor();
    await page.keyboard.type('1A');
    await tap(/1A/);
    await putIn();
    expect(await hub.hub.store.query('select tracking from parcels')).toEqual([{ tracking: UPS }]);

    // The label of the parcel before still lies there.
    await page.getByText('Hold the barcode of the label into the frame.').waitFor();
    await notInTheList();
    await tap('Take the photo');
    await putIn();
    await notInTheList();
    await tap('Type it instead');
    await page.keyboard.type(WORDS);
    await page.keyboard.press('Enter');
    await putIn();
    await tap('Finish');

    const pages = staffPages(browser as Browser, hub, 'camera');
    const desk = await pages.open('desk');
    await desk.goto(`${hub.httpUrl}/cases`);
    await desk.getByText(WORDS).waitFor();
    await desk.getByText('Typed off the label by the courier').waitFor();
    const photo = desk.getByRole('img', { name: 'Photo of the label' });
    await photo.waitFor();
    expect(await desk.getByRole('listitem', { name: 'Nobody knows whose parcel this is' }).count()).toBe(2);
    expect(await pages.faults(desk, 'cases')).toEqual([]);
    const seen = await desk.request.get(`${hub.httpUrl}${await photo.getAttribute('src')}`);
    expect(await barcodesIn(await seen.body()), 'what lay before the camera').toEqual([UPS]);

    const folder = join(hub.folder, 'photos');
    const kept = await readdir(folder);
    expect(kept.map((name) => name.slice(-4)).sort()).toEqual(['.jpg', '.txt']);
    const hourPasses = () => {
      for (const act of hourly.splice(0)) act();
    };
    const takenS = systemClock.wallMs() / 1000;
    for (const name of kept) await utimes(join(folder, name), takenS - 29 * DAY_S, takenS - 29 * DAY_S);
    hourPasses();
    await waitFor(() => hourly.length > 0, WITHIN_MS, 'the hub to wait for another hour');
    expect(await readdir(folder)).toEqual(kept);
    for (const name of kept) await utimes(join(folder, name), takenS - 31 * DAY_S, takenS - 31 * DAY_S);
    hourPasses();
    await waitFor(async () => (await readdir(folder)).length === 0, WITHIN_MS, 'photo and words to go');
    await desk.reload();
    await desk.getByText('Nobody knows whose parcel this is').first().waitFor();
    const left = async () => (await photo.count()) + (await desk.getByText(WORDS).count());
    await waitFor(async () => (await left()) === 0, WITHIN_MS, 'the page to show neither');
    expect(pages.errors).toEqual([]);
  });

  it('opens the door to the QR of the mail that the hub sent', async () => {
    const mail = () => mailbox.mailsTo('mara@example.org').at(-1)?.html ?? undefined;
    const html = await waitFor(mail, WITHIN_MS, 'the mail with the code');
    const [text = ''] = await barcodesIn(pictureIn(html));
    expect(text).toMatch(/^LH1:\d{8}:[0-9a-f]{16}$/);
    await before({ format: 'QRCode', text });
    await tap('Scan with the camera');
    await asks(/Take your parcel from door/);
    const number = await waitFor(openNumber, WITHIN_MS, 'the door to open');
    await waitFor(() => bank.plc.hand.close(number), WITHIN_MS, `door ${number} to latch`);
    await asks(/All collected/);
  });
});
