/** The health page in a real browser, against a real hub whose log holds six weeks of a bank. */
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { fraction } from '@lockerhub/protocol/time/random.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { bankFileOf } from '@lockerhub/sim/demo/bank-files.ts';
import { BANKS, type StandingBank, standUp } from '@lockerhub/sim/demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { type PastOpenings, writeLockHistory } from '@lockerhub/sim/testing/lock-history.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
/** The door whose lock got slower in the last week, and the one that began to jam. */
const [SLOW, JAMMING] = [4, 9];
const DAYS = 45;
const NEWEST_DAYS = 7;

/** Six weeks of a bank: each door is opened once or twice a day in 35 to 60 ms. */
function sixWeeks(doors: readonly number[]): PastOpenings[] {
  const random = new SeededRandom(8);
  const days = Array.from({ length: DAYS }, (_, daysAgo) => daysAgo);
  return doors.flatMap((compartment) =>
    days.map((daysAgo) => {
      const isNew = daysAgo < NEWEST_DAYS;
      const base = compartment === SLOW && isNew ? 170 : 35;
      const latenciesMs = (daysAgo % 3 === 0 ? [0, 1] : [0]).map(() => base + 25 * fraction(random));
      const jams = compartment === JAMMING && isNew && daysAgo % 2 === 0 ? 1 : 0;
      return { bank: 'lobby', compartment, daysAgo, latenciesMs, jams };
    }),
  );
}

describe.skipIf(!canLaunchBrowser)('the health page', () => {
  let browser: Browser;
  let page: Page;
  let rig: HubRig;
  let lobby: StandingBank;
  let pages: StaffPages;

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    const [planned] = BANKS;
    if (!planned) throw new Error('the demo has no bank');
    lobby = await standUp(planned, 0, systemClock, () => {});
    rig = await startHubRig({ ...smallPlan(), banks: [], terminals: [] });
    const token = await rig.signIn('manager');
    const file = bankFileOf(lobby.layout, lobby.unsensed, lobby.server.port);
    await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
    await writeLockHistory(rig.hub, sixWeeks(placedCompartments(lobby.layout).map(({ number }) => number)));
    pages = staffPages(browser, rig, 'health');
    page = await pages.open('manager');
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await lobby.server.stop();
  });

  /** Serious faults of accessibility, and a page wider than its window. */
  async function look(seen: Page, name: string): Promise<void> {
    expect([name, await pages.faults(seen, name)]).toEqual([name, []]);
  }

  const doorsInOrder = () => page.locator('tbody tr td:first-child a').allTextContents();

  it('leads from the banks to the locks, those that wear first, with the reason and a chart', async () => {
    await page.goto(`${rig.httpUrl}/banks`);
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByRole('heading', { name: 'Health: Lobby' }).waitFor();
    await page.getByText('Look at these locks: they wear').waitFor();
    expect((await doorsInOrder()).slice(0, 2).sort()).toEqual([`Door ${SLOW}`, `Door ${JAMMING}`]);
    await page.getByRole('link', { name: `Door ${SLOW}`, exact: true }).click();
    await page.getByText(/It takes 1[78]\d ms to open. In the month before it took 4\d ms./).waitFor();
    await page.locator('canvas').first().waitFor();

    await look(page, 'locks');
    await page.getByRole('link', { name: `Door ${JAMMING}`, exact: true }).click();
    await page.getByText('It jammed 4 times in 7 days, at 10 openings.').waitFor();
    await look(page, 'jams');
  });

  it('sorts by each column, the worst first, and back', async () => {
    const order = async (column: string) => {
      await page.getByRole('button', { name: column, exact: true }).click();
      return doorsInOrder();
    };
    expect((await order('Door'))[0]).toBe('Door 1');
    const doors = await order('Door');
    expect(doors[0]).toBe(`Door ${placedCompartments(lobby.layout).length}`);
    expect((await order('Opens in'))[0]).toBe(`Door ${SLOW}`);
    expect((await order('Jams'))[0]).toBe(`Door ${JAMMING}`);
    expect(
      await page.getByRole('columnheader', { name: 'Jams', exact: true }).getAttribute('aria-sort'),
    ).toBe('descending');
  });

  it('counts what happens while one looks', async () => {
    await page.goto(`${rig.httpUrl}/banks/lobby/health?lock=2`);
    const row = page.getByRole('row', { name: /^Door 2 / });
    await row.getByText('10', { exact: true }).waitFor();
    const token = await rig.signIn('desk');
    const body = { reason: 'a look' };
    await waitFor(
      async () => (await rig.ask('/api/v1/banks/lobby/compartments/2/open', { token, body })).status === 200,
      WITHIN_MS,
      'the bank to be online',
    );
    await row.getByText('11', { exact: true }).waitFor();
    await waitFor(() => lobby.plc.hand.close(2), WITHIN_MS, 'the door to shut');
  });

  it('lets a manager change how many jams take a door out of service, and nobody else', async () => {
    const number = page.getByLabel('Jams in a row');
    await number.fill('99');
    expect(await page.getByRole('button', { name: 'Change' }).isDisabled()).toBe(true);
    await number.press('Enter');
    expect(rig.hub.policy.get().jamsToRetire).toBe(3);
    await number.fill('5');
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByText('From now on 5 jams in a row take a door out of service.').waitFor();
    await page.getByText(/A door that jams 5 times in a row/).waitFor();
    expect(rig.hub.policy.get().jamsToRetire).toBe(5);
    const desk = await pages.open('desk', { viewport: { width: 800, height: 800 } });
    await desk.goto(`${rig.httpUrl}/banks/lobby/health`);
    await desk.getByText('A manager can change the number.').waitFor();
    expect(await desk.getByLabel('Jams in a row').count()).toBe(0);
    await desk.context().close();
  });

  it('takes the word that the mechanical key is used anywhere in the bank', async () => {
    lobby.plc.hand.open(3);
    await waitFor(async () => (await openCases()).length === 1, WITHIN_MS, 'the case of door 3');
    await page.getByRole('button', { name: 'Mechanical key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Mechanical key' }).click();
    await dialog.getByText('At least 3 characters').waitFor();
    await dialog.getByLabel('For how long').selectOption({ label: '2 hrs' });
    await dialog.getByLabel('Reason').fill('a yearly round with the key');
    await look(page, 'key');
    await dialog.getByRole('button', { name: 'Mechanical key' }).click();
    await page.getByText('Lobby: the key is on record.').waitFor();
    expect(await openCases()).toEqual([]);
    await waitFor(() => lobby.plc.hand.close(3), WITHIN_MS, 'the door to shut');
  });

  const openCases = async () => {
    const { json } = await rig.ask('/api/v1/cases?state=open', { token: await rig.signIn('auditor') });
    return json.items;
  };

  it('shows the figures of a lock beside its door, and leads to all of them', async () => {
    await page.goto(`${rig.httpUrl}/?bank=lobby&door=${SLOW}`);
    const drawer = page.getByRole('dialog');
    await drawer.getByText(/In the month before it took/).waitFor();
    await look(page, 'drawer');
    await drawer.getByRole('link', { name: 'Over time, and all locks' }).click();
    await page.getByRole('heading', { name: `Door ${SLOW}`, exact: true }).waitFor();
  });

  it.each([
    ['dark', 'en-GB', 360],
    ['light', 'en-GB', 360],
    ['dark', 'es', 1440],
    ['light', 'ar', 1440],
    ['dark', 'ar', 360],
  ] as const)(
    'is accessible and nowhere wider than the screen: %s, %s, %d px',
    async (colorScheme, locale, width) => {
      const seen = await pages.open('manager', { viewport: { width, height: 800 }, colorScheme, locale });
      await seen.goto(`${rig.httpUrl}/banks/lobby/health?lock=${SLOW}`);
      await seen.locator('canvas').first().waitFor();
      await look(seen, `${colorScheme}-${locale}-${width}`);
      await seen.goto(`${rig.httpUrl}/banks`);
      await seen.locator('main section').first().waitFor();
      await look(seen, `banks-${colorScheme}-${locale}-${width}`);
      await seen.context().close();
    },
    120_000,
  );

  it('threw nothing', () => {
    expect(pages.errors).toEqual([]);
  });
});
