/** Deliveries in a real browser: found among others, and proved when somebody says that one is gone. */
import { readFile } from 'node:fs/promises';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { PHONE, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyEvidence } from '../../lockerhub/verify.ts';

describe.skipIf(!canLaunchBrowser)('deliveries', () => {
  let browser: Browser;
  let rig: HubRig;
  let pages: StaffPages;
  let page: Page;
  let delivery: string;

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
    delivery = await new ToldBank(rig).dropOff();
    pages = staffPages(browser, rig, 'deliveries');
    page = await pages.open('manager');
  });
  afterAll(async () => {
    await browser.close();
    await rig.end();
  });

  it('are narrowed by carrier and day, and the address keeps it', async () => {
    await page.goto(`${rig.httpUrl}/deliveries`);
    const row = page.getByRole('link', { name: /Olsen/ });
    await row.waitFor();
    await page.getByLabel('To (inclusive)').fill('2020-01-01');
    await page.getByText('No delivery fits this choice').waitFor();
    await page.reload();
    await page.getByText('No delivery fits this choice').waitFor();
    await page.getByLabel('To (inclusive)').fill('');
    await page.getByRole('combobox', { name: 'Carrier' }).click();
    await page.getByRole('option').first().click();
    await row.waitFor();
    expect(new URL(page.url()).searchParams.get('carrier')).toBeTruthy();
    expect(await pages.faults(page, 'narrowed')).toEqual([]);
    const phone = await pages.open('manager', { viewport: PHONE });
    await phone.goto(page.url());
    await phone.getByRole('link', { name: /Olsen/ }).waitFor();
    expect(await pages.faults(phone, 'narrowed-phone')).toEqual([]);
    await phone.close();
  });

  /** The saved page, where nothing else is. */
  async function readsWell(html: string): Promise<void> {
    const alone = await browser.newPage({ viewport: PHONE });
    await alone.setContent(html);
    await alone.getByText('Mara Olsen').waitFor();
    expect(await pages.faults(alone, 'saved-page')).toEqual([]);
    await alone.close();
  }

  it('one that is said to be gone is proved by files that need no hub, and becomes a case', async () => {
    await page.goto(`${rig.httpUrl}/deliveries/${delivery}`);
    await page.getByRole('button', { name: 'Parcel is gone' }).click();
    expect(await pages.faults(page, 'gone')).toEqual([]);
    const saved: Download[] = [];
    page.on('download', (download) => saved.push(download));
    await page.getByRole('dialog').getByRole('button', { name: 'Parcel is gone' }).click();
    await page.getByText('A case is open').waitFor();
    await expect.poll(() => saved.length).toBe(2);
    const texts = await Promise.all(saved.map(async (file) => readFile(await file.path(), 'utf8')));
    for (const text of texts) {
      expect(verifyEvidence(text).lines.join('\n')).toContain('delivery.deposited');
    }
    await readsWell(texts.find((text) => text.startsWith('<!doctype')) ?? '');
    await page.goto(`${rig.httpUrl}/cases`);
    await page.getByText('A parcel is said to be gone').waitFor();
    expect(pages.errors).toEqual([]);
  });
});
