/** A unit of which nobody can be told, in a real browser: the paper, who comes by its code, and who comes to the desk. */
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
const WIDE = { width: 1280, height: 900 } as const;
const NARROW = { width: 390, height: 844 } as const;
/** A5 at 96 dots an inch. */
const PAPER = { width: 559, height: 794 } as const;
const CASE = 'Nobody can be told of a parcel';

describe.skipIf(!canLaunchBrowser)('the pages about a unit of which nobody can be told', () => {
  let browser: Browser;
  let rig: HubRig;
  let bank: ToldBank;
  let pages: StaffPages;
  let manager: Page;
  let desk: Page;

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
    bank = new ToldBank(rig);
    pages = staffPages(browser, rig, 'claim');
    manager = await pages.open('manager', { viewport: WIDE });
    desk = await pages.open('desk', { viewport: NARROW });
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
  });

  async function look(seen: Page, name: string): Promise<void> {
    expect([name, await pages.faults(seen, name)]).toEqual([name, []]);
  }

  const inDialog = (page: Page) => page.getByRole('dialog');
  const card = (page: Page) => page.getByRole('listitem', { name: CASE });

  /** Somebody without a contact in a unit of their own, and a parcel for them. */
  async function settle(unitName: string, name: string): Promise<string> {
    const token = await rig.signIn('desk');
    await rig.ask('/api/v1/residents', { token, body: { unitName, name } });
    return bank.dropOff(name.toLowerCase());
  }

  it('print a slip, whose code lets its bearer in at the kiosk and asks how to tell them', async () => {
    const delivery = await settle('2A', 'Weiss');
    await manager.goto(`${rig.httpUrl}/cases`);
    await card(manager).getByText('For 2A').waitFor();
    await look(manager, 'case');
    await card(manager).getByRole('button', { name: 'Print a claim slip' }).click();
    await inDialog(manager).getByText('Print a claim slip for 2A?').waitFor();
    await inDialog(manager).getByRole('button', { name: 'Print a claim slip' }).click();
    const paper = inDialog(manager).frameLocator('iframe');
    await paper.getByRole('heading', { name: 'A parcel is waiting for you' }).waitFor();
    const code = (await paper.locator('strong').innerText()).replace(' ', '');
    expect(code).toMatch(/^\d{8}$/);
    expect(await paper.locator('body').innerText()).not.toContain('Weiss');
    await look(manager, 'slip');
    const html = (await inDialog(manager).locator('iframe').getAttribute('srcdoc')) ?? '';
    await readAlone(html, 'paper');
    await inDialog(manager).getByRole('button', { name: 'Close' }).last().click();

    const kiosk = await atKiosk();
    await kiosk.keyboard.type(code);
    await kiosk.keyboard.press('Enter');
    await waitFor(async () => (await grantFor(delivery)) !== undefined, WITHIN_MS, 'the door to be asked');
    await bank.openAndClose(delivery, (await grantFor(delivery)) ?? 0);
    await kiosk.getByRole('heading', { name: 'How can we tell you next time?' }).waitFor();
    await look(kiosk, 'kiosk-to');
    await kiosk.keyboard.type('noor@example.org');
    await kiosk.keyboard.press('Enter');
    await kiosk.getByRole('heading', { name: 'What is your name?' }).waitFor();
    await kiosk.keyboard.type('Noor Aziz');
    await look(kiosk, 'kiosk-name');
    await kiosk.keyboard.press('Enter');
    await kiosk.getByRole('heading', { name: 'All collected' }).waitFor();
    await card(manager).waitFor({ state: 'detached' });
    await manager.goto(`${rig.httpUrl}/deliveries/${delivery}`);
    await manager.getByText(/claimed .* by the code of a claim slip/).waitFor();
    await look(manager, 'story');
    await manager.goto(`${rig.httpUrl}/people`);
    await manager.getByPlaceholder(/./).first().fill('Noor');
    await manager.getByText('Noor Aziz').waitFor();
    await kiosk.context().close();
    expect(pages.errors).toEqual([]);
  }, 180_000);

  it('bind who comes to the desk with a phone in the hand of the staff, and show the code once', async () => {
    await settle('2B', 'Novak');
    await desk.goto(`${rig.httpUrl}/cases`);
    await card(desk).getByRole('button', { name: 'Somebody came for it' }).click();
    await inDialog(desk).getByRole('button', { name: 'The parcels are theirs' }).click();
    await inDialog(desk).getByText('Say how you know it: it is written down.').waitFor();
    await look(desk, 'desk-phone');
    await inDialog(desk).getByLabel('They showed an ID').check();
    await inDialog(desk).getByRole('button', { name: 'The parcels are theirs' }).click();
    await inDialog(desk).getByText('Their code').waitFor();
    await look(desk, 'desk-code-phone');
    await inDialog(desk).getByRole('button', { name: 'Close' }).last().click();
    await card(desk).waitFor({ state: 'detached' });
    expect(pages.errors).toEqual([]);
  }, 180_000);

  it('bind somebody new with a contact, from the parcel’s story, in Arabic too', async () => {
    const delivery = await settle('2C', 'Ito');
    await manager.goto(`${rig.httpUrl}/deliveries/${delivery}`);
    await manager.getByRole('button', { name: 'Somebody came for it' }).click();
    const dialog = inDialog(manager);
    await dialog.getByLabel('I know them in person').check();
    await dialog.getByLabel('Who is it?').selectOption({ label: 'Somebody who is not in the list' });
    await dialog.getByLabel('Name').fill('Sam Reyes');
    await dialog.getByLabel('Address or number').fill('sam@example.org');
    await look(manager, 'desk-new');
    await manager.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await desk.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await desk.goto(`${rig.httpUrl}/cases`);
    await desk.getByRole('button', { name: 'جاء أحدهم لأخذه' }).click();
    await look(desk, 'desk-phone-ar');
    await dialog.getByRole('button', { name: 'The parcels are theirs' }).click();
    await manager.getByRole('button', { name: 'Somebody came for it' }).waitFor({ state: 'detached' });
    await manager.getByText('Sam Reyes claimed', { exact: false }).waitFor();
    expect(pages.errors).toEqual([]);
  }, 180_000);

  /** The compartment for whose opening the newest permission was given. */
  async function grantFor(delivery: string): Promise<number | undefined> {
    const [grant] = await rig.hub.store.query<{ compartment: number }>(
      "select compartment from grants where delivery = $1::uuid and purpose = 'pickup'",
      [delivery],
    );
    return grant?.compartment;
  }

  /** The page as it will be on paper. */
  async function readAlone(html: string, name: string): Promise<void> {
    const context = await browser.newContext({ viewport: PAPER });
    const page = await context.newPage();
    await page.emulateMedia({ media: 'print' });
    await page.setContent(html);
    await look(page, name);
    const { height } = await page.locator('main').evaluate((main) => main.getBoundingClientRect());
    expect(height, 'one page').toBeLessThan(PAPER.height);
    await context.close();
  }

  async function atKiosk(): Promise<Page> {
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-GB' });
    const value = rig.made?.terminals[0]?.token ?? '';
    await context.addCookies([{ name: 'lockerhub_terminal', value, url: rig.httpUrl }]);
    const page = await context.newPage();
    page.setDefaultTimeout(WITHIN_MS);
    await page.goto(`${rig.httpUrl}/kiosk/`);
    await page.locator('input').first().waitFor();
    return page;
  }
});
