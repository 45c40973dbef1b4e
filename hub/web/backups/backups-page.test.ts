/** The page Backups in a real browser: one is made, what is kept is changed, and each trouble has its words. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupsView, BackupView } from '@lockerhub/protocol/http/backup.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import arabic from '../words/languages/ar.ts';
import english from '../words/languages/en.ts';

const DESK = { width: 1280, height: 900 } as const;
const HAND = { width: 390, height: 844 } as const;
const DAY_MS = 24 * 3_600_000;

/** Two months of backups that grow, of which the policy lets one go. */
function history(nowMs: number): BackupView[] {
  return Array.from({ length: 12 }, (_, n) => ({
    file: `/media/usb/lockerhub-rig-house-${n}.backup`,
    madeAt: nowMs - (n < 7 ? n : (n - 6) * 7) * DAY_MS - 3_600_000,
    bytes: 190_000_000 - n * 6_500_000,
    seq: 90_000 - n * 900,
    keptAs: n === 11 ? 'goes' : n < 7 ? 'day' : 'week',
    isOfFormerKey: n > 9,
  }));
}

const shown = (change: Partial<BackupsView> = {}): BackupsView => ({
  folder: '/media/usb/backups',
  place: { isThere: true, freeBytes: 21_400_000_000, isSameDisk: false },
  making: false,
  progress: null,
  failure: null,
  backups: history(Date.now()),
  unreadable: [],
  isKeyPrinted: true,
  ...change,
});

async function show(page: Page, url: string, view: BackupsView): Promise<void> {
  await page.unroute('**/api/v1/backups');
  await page.route('**/api/v1/backups', (route) => route.fulfill({ json: view }));
  await page.goto(url);
}

describe.skipIf(!canLaunchBrowser)('the page Backups', () => {
  let browser: Browser;
  let rig: HubRig;
  let pages: StaffPages;
  let stick: string;
  let url: string;
  beforeAll(async () => {
    await buildPages();
    stick = await mkdtemp(join(tmpdir(), 'lockerhub-stick-'));
    [browser, rig] = await Promise.all([launchBrowser(), startHubRig(smallPlan(), { backupFolder: stick })]);
    pages = staffPages(browser, rig, 'backups');
    url = `${rig.httpUrl}/backups`;
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await rm(stick, { recursive: true, force: true });
  });

  it('has one made, says how far it is, and what the policy keeps it as', async () => {
    const page = await pages.open('manager', { viewport: DESK });
    await page.goto(url);
    await page.getByRole('heading', { name: english.backups.never }).waitFor();
    await page.getByRole('button', { name: english.backups.now }).click();
    await page.getByText(english.backups.goesOn).waitFor();
    await page.getByText(/^The backup was made and opened/).waitFor({ timeout: 90_000 });
    await page.getByText(english.backups.opened, { exact: true }).waitFor();
    await page.getByText(english.backups.kept.day).waitFor();
    expect(await page.locator('pre').innerText()).toContain(
      (await rig.hub.backups.view()).backups[0]?.file ?? '?',
    );
    await page.getByRole('button', { name: `Change: ${english.policy.field.backupWeeks}` }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('2');
    await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('Usually 8').waitFor();
    expect(rig.hub.policy.get().backupWeeks).toBe(2);
    expect(await pages.faults(page, 'made-desk')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 180_000);

  it('is read by an auditor, who can change nothing', async () => {
    const page = await pages.open('auditor', { viewport: HAND });
    await page.goto(url);
    await page.getByText(english.backups.last).waitFor();
    await page.getByText(english.policy.managers).waitFor();
    expect(await page.getByRole('button', { name: /^(Change|Back up now)/ }).count()).toBe(0);
    expect(await pages.faults(page, 'auditor-hand')).toEqual([]);
  });

  const looks = [
    { name: 'desk', viewport: DESK, colorScheme: 'light', language: 'en', words: english.backups },
    { name: 'hand', viewport: HAND, colorScheme: 'dark', language: 'en', words: english.backups },
    { name: 'hand-ar', viewport: HAND, colorScheme: 'light', language: 'ar', words: arabic.backups },
  ] as const;
  it.each(looks)(
    'says what there is, and each trouble in words: $name',
    async (look) => {
      const { name, viewport, colorScheme, language, words } = look;
      const page = await pages.open('manager', { viewport, colorScheme });
      await page.addInitScript((chosen) => localStorage.setItem('lockerhub.language', chosen), language);
      await show(page, url, shown());
      await page.getByText(words.kept.goes).waitFor();
      await page.locator('.uplot').waitFor();
      expect(await page.getByText(words.formerKey).count()).toBe(2);
      expect(await pages.faults(page, `well-${name}`)).toEqual([]);
      const progress = { step: 'writing', bytes: 70_000_000, ofBytes: 190_000_000 } as const;
      await show(page, url, shown({ making: true, progress }));
      await page.getByText(words.goesOn).waitFor();
      expect(await pages.faults(page, `making-${name}`)).toEqual([]);
      const failure = { at: Date.now(), reason: 'no-room', message: 'no backup: ENOSPC' } as const;
      await show(page, url, shown({ failure, unreadable: ['/media/usb/backups/half.backup'] }));
      await page.getByText(words.fault['no-room']).waitFor();
      expect(await pages.faults(page, `no-room-${name}`)).toEqual([]);
      const place = { isThere: false, freeBytes: null, isSameDisk: false };
      await show(page, url, shown({ place, backups: [] }));
      await page.getByText(words.fault['folder-missing']).waitFor();
      expect(await pages.faults(page, `away-${name}`)).toEqual([]);
      await show(page, url, shown({ folder: null, place: null, backups: [], isKeyPrinted: false }));
      await page.getByText(words.noneWhat).waitFor();
      expect(await pages.faults(page, `none-${name}`)).toEqual([]);
      expect(pages.errors).toEqual([]);
    },
    120_000,
  );
});
