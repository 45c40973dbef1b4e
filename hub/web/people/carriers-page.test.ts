/** Removing a carrier on the page of people, in a real browser. */
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

describe.skipIf(!canLaunchBrowser)('the carriers on the page of people', () => {
  let browser: Browser;
  let rig: HubRig;
  let pages: StaffPages;
  let delivery: string;
  beforeAll(async () => {
    await buildPages();
    [browser, rig] = await Promise.all([launchBrowser(), startHubRig(smallPlan())]);
    pages = staffPages(browser, rig, 'carriers');
    delivery = await new ToldBank(rig).dropOff();
    const token = await rig.signIn('manager');
    for (const [carrier, name] of [
      ['Parcels of the Northern and Southern Coast', undefined],
      ['Swift', 'Ines Duarte'],
    ]) {
      await rig.ask('/api/v1/couriers', { token, body: { carrier, name } });
    }
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
  });

  it('go with the codes of their couriers, and their parcels say that they were removed', async () => {
    const [brought] = rig.hub.register.all('carriers').filter(({ id }) => {
      const courier = rig.made?.couriers[0]?.courier ?? '';
      return rig.hub.register.get('couriers', courier)?.carrier === id;
    });
    const name = brought?.name ?? '';
    const page = await pages.open('desk', { viewport: WIDE });
    await page.goto(`${rig.httpUrl}/people?tab=couriers`);
    await page.getByRole('heading', { name: 'Carriers' }).waitFor();
    expect(await pages.faults(page, 'all')).toEqual([]);
    await page.getByRole('button', { name: `Remove: ${name}` }).click();
    await page.getByText('the codes of all its couriers end at once').waitFor();
    expect(await pages.faults(page, 'asked')).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText(`${name} was removed.`).waitFor();
    await page.getByText('Removed carrier').waitFor();
    expect(await page.getByRole('button', { name: `Remove: ${name}` }).count()).toBe(0);
    expect(await pages.faults(page, 'removed')).toEqual([]);
    await page.goto(`${rig.httpUrl}/deliveries`);
    await page.getByText('removed carrier').waitFor();
    expect(await pages.faults(page, 'deliveries')).toEqual([]);
    await page.goto(`${rig.httpUrl}/deliveries/${delivery}`);
    await page.getByText('removed carrier').waitFor();
    await page.goto(`${rig.httpUrl}/log`);
    await page.getByText('A carrier was removed').waitFor();
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('fit on a phone, also from right to left, and are not removed by who may only look', async () => {
    const page = await pages.open('manager', { viewport: NARROW });
    await page.goto(`${rig.httpUrl}/people?tab=couriers`);
    await page.getByRole('heading', { name: 'Carriers' }).waitFor();
    expect(await pages.faults(page, 'phone')).toEqual([]);
    await page.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await page.reload();
    await page.getByRole('button', { name: 'إزالة: Swift' }).click();
    expect(await pages.faults(page, 'phone-ar')).toEqual([]);
    const auditor = await pages.open('auditor', { viewport: WIDE });
    await auditor.goto(`${rig.httpUrl}/people?tab=couriers`);
    await auditor.getByRole('heading', { name: 'Carriers' }).waitFor();
    expect(await auditor.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    expect(pages.errors).toEqual([]);
  }, 120_000);
});
