/** An installer lets an agent join, and a manager revokes it, in a real browser against a real hub. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinBuilding } from '@lockerhub/edge-agent/identity/join.ts';
import { createLogger } from '@lockerhub/hub/config/logging.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { DESKTOP, PHONE, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.skipIf(!canLaunchBrowser)('the agents of a bank', () => {
  let browser: Browser;
  let page: Page;
  let rig: HubRig;
  let folder: string;
  let pages: StaffPages;

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-agents-page-'));
    rig = await startHubRig(smallPlan());
    pages = staffPages(browser, rig, 'agents');
    page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/banks`);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await rm(folder, { recursive: true });
  });

  async function look(name: string, at = page): Promise<void> {
    expect([name, await pages.faults(at, name)]).toEqual([name, []]);
  }

  it('are invited by a code, seen to join, shown with whoever else tried it, and revoked', async () => {
    const section = page.getByLabel('Agent', { exact: true }).first();
    await section.getByText('Nobody speaks for this bank yet').waitFor();
    await look('none');
    await section.getByRole('button', { name: 'Let an agent join' }).click();
    await page.getByRole('button', { name: 'Make a code' }).click();
    const shown = page.getByText(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    const code = (await shown.textContent()) ?? '';
    await look('code');
    const hub = new URL(rig.httpUrl).host;
    const joinBy = (into: string) =>
      joinBuilding({
        code,
        hub,
        folder: into,
        name: 'pi-in-the-hall',
        random: systemRandom,
        log: createLogger('silent'),
      });
    await joinBy(join(folder, 'mine'));
    await page.getByRole('status').getByText('An agent has joined').waitFor();
    await expect(joinBy(join(folder, 'foreign'))).rejects.toThrow('used by another agent');
    await page.getByRole('button', { name: 'Close' }).last().click();
    await section.getByText('Somebody else tried its code').waitFor();
    await section.getByText('pi-in-the-hall').waitFor();
    await look('joined');
    const desk = await page.context().newPage();
    await desk.setViewportSize(DESKTOP);
    await desk.goto(`${rig.httpUrl}/banks`);
    await desk.getByText('pi-in-the-hall').waitFor();
    await look('joined-desktop', desk);
    await desk.close();
    await section.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The codes on its pickup list become void').waitFor();
    await look('revoke');
    await page.getByLabel('Reason').fill('the bank was broken open');
    await page.getByRole('button', { name: 'Revoke' }).last().click();
    await section.getByText('Nobody speaks for this bank yet').waitFor();
    expect(pages.errors).toEqual([]);
  }, 240_000);
});
