/** The page Cloud in each state that needs words, in a real browser: wide and narrow, light and dark, both directions. */
import type { LogCheckReport } from '@lockerhub/protocol/http/log-check.ts';
import type { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { canLaunchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan } from '@lockerhub/sim/testing/hub-rig.ts';
import {
  DESKTOP,
  PHONE,
  type StaffPages,
  type StaffPagesRig,
  startStaffPages,
} from '@lockerhub/sim/testing/staff-pages.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import arabic from '../words/languages/ar.ts';
import english from '../words/languages/en.ts';

const HOUR_MS = 3_600_000;

const joined: SyncReport = {
  state: 'live',
  cloud: { url: 'https://cloud.example.org', name: 'Linden Court' },
  entries: 0,
  rows: 0,
  heardAgoMs: 4_000,
  lastFault: null,
  isFrozen: false,
};
const fault = (code: string, message: string) => ({ code, message });
const reports: readonly SyncReport[] = [
  joined,
  {
    ...joined,
    state: 'offline',
    entries: 41_203,
    rows: 7,
    heardAgoMs: 53 * HOUR_MS,
    lastFault: fault(
      'unreachable',
      'https://cloud.example.org/hub/v1/heartbeat cannot be reached: ENOTFOUND',
    ),
  },
  { ...joined, state: 'fenced', entries: 12, lastFault: fault('epoch-fenced', 'another hub speaks') },
  {
    ...joined,
    state: 'forked',
    isFrozen: true,
    lastFault: fault('fork', 'entry 118 of the cloud is another one here'),
  },
  { ...joined, state: 'clashed', isFrozen: true },
  { ...joined, state: 'shut-out', heardAgoMs: null },
  { ...joined, state: 'connecting', heardAgoMs: null },
];

describe.skipIf(!canLaunchBrowser)('the page Cloud', () => {
  let staffRig: StaffPagesRig;
  let rig: HubRig;
  let pages: StaffPages;
  beforeAll(async () => {
    staffRig = await startStaffPages('cloud', smallPlan());
    ({ rig, pages } = staffRig);
  }, 180_000);
  afterAll(() => staffRig.end());

  const looks = [
    { name: 'desktop', viewport: DESKTOP, colorScheme: 'light', language: 'en', words: english },
    { name: 'phone-dark-ar', viewport: PHONE, colorScheme: 'dark', language: 'ar', words: arabic },
  ] as const;
  type Look = (typeof looks)[number];

  async function open({ viewport, colorScheme, language }: Look): Promise<Page> {
    const page = await pages.open('manager', { viewport, colorScheme });
    await page.addInitScript((chosen) => localStorage.setItem('lockerhub.language', chosen), language);
    return page;
  }

  it.each(looks)(
    'says how it stands and what to do: $name',
    async (look) => {
      const { name, words } = look;
      const page = await open(look);
      let report = joined;
      await page.route('**/api/v1/sync', (route) => route.fulfill({ json: report }));
      for (report of reports) {
        await page.goto(`${rig.httpUrl}/cloud`);
        await page.getByText(words.cloud.todo[report.state]).waitFor();
        expect([report.state, await pages.faults(page, `${report.state}-${name}`)]).toEqual([
          report.state,
          [],
        ]);
      }
      expect(pages.errors).toEqual([]);
    },
    120_000,
  );

  it.each(looks)(
    'joins by a code, and says what was wrong with it: $name',
    async (look) => {
      const { name, words } = look;
      const page = await open(look);
      await page.goto(`${rig.httpUrl}/cloud`);
      await page.getByText(words.cloud.aloneWhat).waitFor();
      expect(await pages.faults(page, `alone-${name}`)).toEqual([]);
      await page.getByRole('button', { name: words.cloud.join }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: words.cloud.join }).click();
      await dialog.getByText(words.cloud.addressWrong).waitFor();
      await dialog.getByLabel(words.cloud.address).fill('http://127.0.0.1:9');
      await dialog.getByLabel(words.cloud.code).fill('ABCD-EFGH-JKLM-NPQR');
      await dialog.getByRole('button', { name: words.cloud.join }).click();
      await dialog.getByText(words.cloud.unreachable).waitFor();
      expect(await pages.faults(page, `join-${name}`)).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(pages.errors).toEqual([]);
    },
    120_000,
  );

  it.each(looks)(
    'and the page Log says whether the log is as it was written: $name',
    async (look) => {
      const { name, words } = look;
      const page = await open(look);
      const detail = 'entry 118 does not match its hash: it was changed';
      const whole: LogCheckReport = {
        state: 'whole',
        seq: 9_000,
        wholeAtMs: Date.UTC(2026, 5, 1, 3),
        faults: { count: 0, first: null },
      };
      const changed = {
        ...whole,
        state: 'changed',
        faults: { count: 3, first: { seq: 118, detail } },
      } as const;
      let report: LogCheckReport = whole;
      await page.route('**/api/v1/log/check', (route) => route.fulfill({ json: report }));
      for (report of [whole, changed]) {
        await page.goto(`${rig.httpUrl}/log`);
        await page.getByText(words.log.check[report.state], { exact: true }).waitFor();
        expect(await pages.faults(page, `log-${report.state}-${name}`)).toEqual([]);
      }
      expect(pages.errors).toEqual([]);
    },
    120_000,
  );
});
