import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canLaunchBrowser, launchBrowser } from '../testing/browser.ts';
import { buildPages } from '../testing/pages.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { Surroundings } from '../walk/surroundings.ts';
import { type DemoRig, startDemoRig } from './demo-rig.ts';

const START_WITHIN_MS = 180_000;
const WALK_WITHIN_MS = 90_000;
/** A step on a screen, on a machine that runs other tests as well. */
const STEP_WITHIN_MS = 20_000;

/** The kiosk's page, whole or in a frame of the demo's. */
type Kiosk = Page | FrameLocator;

describe.skipIf(!canLaunchBrowser)('a parcel goes in and comes out', () => {
  let rig: DemoRig;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    await buildPages();
    rig = await startDemoRig();
    browser = await launchBrowser();
  }, START_WITHIN_MS);
  afterAll(async () => {
    await browser?.close();
    await rig?.stop();
  });

  async function newPage(): Promise<Page> {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_WITHIN_MS);
    return page;
  }

  /** The demo's page, and the kiosk that is drawn on it. */
  async function openDemo(kioskTitle: string) {
    const page = await newPage();
    await page.goto(`${rig.access.control}/demo/`);
    const kiosk = page.frameLocator(`iframe[title="${kioskTitle}"]`);
    const clickDoor = (door: number) =>
      page.getByRole('button', { name: new RegExp(`^Door ${door}\\b.*: open`) }).click();
    return { page, kiosk, clickDoor };
  }

  it(
    'at the bank that the hub reaches itself, on the page of the demo',
    async () => {
      const { page, kiosk, clickDoor } = await openDemo('Kiosk in the lobby');

      const putInto = await putIn(kiosk, code(rig), '3B');
      await clickDoor(putInto);
      await finishPuttingIn(kiosk, putInto);

      const phone = page.getByRole('region', { name: "A resident's phone" });
      const mail = phone.frameLocator('iframe').locator('body');
      const codeOnPhone = await waitFor(
        async () => codeIn(await mail.innerText()),
        STEP_WITHIN_MS,
        'the mail',
      );
      expect(await mail.locator('img[src^="data:image/png"]').count()).toBe(1);
      await phone.getByText('Elena Petrova (3B)').waitFor();

      const takenFrom = await openByCode(kiosk, codeOnPhone);
      expect(takenFrom).toBe(putInto);
      await clickDoor(takenFrom);
      await kiosk.getByRole('heading', { name: 'All collected' }).waitFor();

      await page
        .getByRole('region', { name: 'The log' })
        .getByText('Out: the parcel for 3B')
        .first()
        .waitFor();
      const score = page.locator('dl').first();
      await waitFor(
        async () => /1\s*acknowledged|acknowledged\s*1/.test(await score.innerText()),
        STEP_WITHIN_MS,
        'the score',
      );
      expect(await score.innerText()).toMatch(/lost\s*0|0\s*lost/);
      expect(await score.innerText()).toMatch(/twice\s*0|0\s*opened twice/);
      await context.close();
    },
    WALK_WITHIN_MS,
  );

  it(
    'that fits into no compartment, on a zone of the package room, on the page of the demo',
    async () => {
      const { page, kiosk, clickDoor } = await openDemo('Kiosk at the package room');
      await page.getByText('Package room', { exact: true }).first().click();
      await begin(kiosk, code(rig), '1C');
      await press(kiosk.getByRole('button', { name: 'Bigger than all of these' }));
      await kiosk
        .getByRole('heading', { name: 'Put the parcel on zone Floor left and close door 1 behind you' })
        .waitFor();
      await clickDoor(1);
      await kiosk.getByRole('heading', { name: 'Is the parcel on zone Floor left?' }).waitFor();
      await press(kiosk.getByRole('button', { name: 'Yes, it is there' }));
      await leave(kiosk);
      const inMail = () => new Surroundings(rig.access.control, null).codeAfter('1c@linden-court.example', 0);
      await typeCode(kiosk, await waitFor(inMail, STEP_WITHIN_MS, 'the mail'));
      await kiosk
        .getByRole('heading', { name: 'Take what is yours from Zone Floor left and close door 1 behind you' })
        .waitFor();
      await clickDoor(1);
      await kiosk.getByRole('heading', { name: 'All collected' }).waitFor();
      await context.close();
    },
    WALK_WITHIN_MS,
  );

  it(
    'whose resident is texted, and gets a mail when somebody says that the text failed',
    async () => {
      const { page, kiosk, clickDoor } = await openDemo('Kiosk in the lobby');
      const putInto = await putIn(kiosk, code(rig), '5A');
      await clickDoor(putInto);
      await finishPuttingIn(kiosk, putInto);

      const phone = page.getByRole('region', { name: "A resident's phone" });
      const texts = phone.getByRole('article', { name: 'Text messages to Noah Williams' });
      await texts.getByText('+4917604069004').waitFor();
      const texted = codeIn(await texts.innerText());
      expect(await texts.getByText(/· sent$/).count()).toBe(1);
      await texts.getByRole('button', { name: 'It failed' }).click();
      const mail = phone.frameLocator('iframe').locator('body');
      const mailed = await waitFor(async () => codeIn(await mail.innerText()), STEP_WITHIN_MS, 'the mail');
      expect(mailed).toBe(texted);

      // As a hand that touches the screen.
      await page.locator('iframe[title="Kiosk in the lobby"]').focus();
      const takenFrom = await openByCode(kiosk, texted ?? '');
      expect(takenFrom).toBe(putInto);
      await clickDoor(takenFrom);
      await kiosk.getByRole('heading', { name: 'All collected' }).waitFor();
      await phone.getByText('Text messages', { exact: true }).click();
      await texts.getByText('failed: said again by mail').waitFor();
      expect(await texts.getByRole('button', { name: 'It failed' }).count()).toBe(0);
      await context.close();
    },
    WALK_WITHIN_MS,
  );

  it(
    'at the bank behind an agent, on the kiosk itself',
    async () => {
      const page = await newPage();
      const { hub, terminals, control } = rig.access;
      await context.addCookies([{ name: 'lockerhub_terminal', value: terminals.garage.token, url: hub }]);
      await page.goto(`${hub}/kiosk/`);
      const surroundings = new Surroundings(control, null);

      const putInto = await putIn(page, code(rig), '4A');
      expect(await surroundings.isOpen('garage', putInto)).toBe(true);
      await surroundings.close('garage', putInto);
      await finishPuttingIn(page, putInto);

      const inMail = () => surroundings.codeAfter('4a@linden-court.example', 0);
      const codeInMail = await waitFor(inMail, STEP_WITHIN_MS, 'the mail');
      const takenFrom = await openByCode(page, codeInMail);
      expect(takenFrom).toBe(putInto);
      expect(await surroundings.isOpen('garage', takenFrom)).toBe(true);
      await surroundings.close('garage', takenFrom);
      await page.getByRole('heading', { name: 'All collected' }).waitFor();
      await context.close();
    },
    WALK_WITHIN_MS,
  );
});

function code({ access }: DemoRig): string {
  return access.couriers[0]?.code ?? '';
}

/** By keyboard: a kiosk works by it alone. (And Playwright's mouse misses in a frame that is drawn smaller.) */
function press(button: Locator): Promise<void> {
  return button.press('Enter');
}

async function typeCode(kiosk: Kiosk, typed: string): Promise<void> {
  const field = kiosk.getByRole('textbox', { name: 'Code' });
  await field.fill(typed);
  await field.press('Enter');
}

/** Up to the question how big the parcel is. */
async function begin(kiosk: Kiosk, courierCode: string, unit: string): Promise<void> {
  await typeCode(kiosk, courierCode);
  await kiosk.getByRole('textbox', { name: 'Unit or name' }).fill(unit);
  // The unit itself comes first, then who lives there.
  await press(kiosk.getByRole('button', { name: new RegExp(unit) }).first());
  await kiosk.getByRole('heading', { name: 'How big is the parcel?' }).waitFor();
}

/** Up to the open door; returns its number. */
async function putIn(kiosk: Kiosk, courierCode: string, unit: string): Promise<number> {
  await begin(kiosk, courierCode, unit);
  await press(kiosk.getByRole('button', { name: /^S\b/ }));
  return doorIn(kiosk, /^Put the parcel in door (\d+)/);
}

async function finishPuttingIn(kiosk: Kiosk, door: number): Promise<void> {
  await kiosk.getByRole('heading', { name: `Is the parcel in door ${door}?` }).waitFor();
  await press(kiosk.getByRole('button', { name: 'Yes, it is in' }));
  await leave(kiosk);
}

async function leave(kiosk: Kiosk): Promise<void> {
  await kiosk.getByRole('heading', { name: 'Who is the next parcel for?' }).waitFor();
  await press(kiosk.getByRole('button', { name: 'Finish' }));
  await press(kiosk.getByRole('button', { name: 'Next person' }));
}

async function openByCode(kiosk: Kiosk, residentCode: string): Promise<number> {
  await typeCode(kiosk, residentCode);
  return doorIn(kiosk, /^Take your parcel from door (\d+)/);
}

/** The door that a heading names. */
async function doorIn(kiosk: Kiosk, words: RegExp): Promise<number> {
  const heading = await kiosk.getByRole('heading', { name: words }).innerText();
  return Number(words.exec(heading)?.[1]);
}
