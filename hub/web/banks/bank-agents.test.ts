/** An installer lets an agent join, and a manager revokes it, in a real browser against a real hub. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinBuilding } from '@lockerhub/edge-agent/identity/join.ts';
import { createLogger } from '@lockerhub/hub/config/logging.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { pageFaults } from '@lockerhub/sim/testing/page-faults.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
/** Where to leave pictures of each step, for whoever wants to look. */
const PICTURES = process.env.LOCKERHUB_PICTURES;
const PHONE = { width: 360, height: 740 } as const;
const DESKTOP = { width: 1280, height: 900 } as const;

describe.skipIf(!canLaunchBrowser)('the agents of a bank', () => {
  let browser: Browser;
  let page: Page;
  let rig: HubRig;
  let folder: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-agents-page-'));
    rig = await startHubRig(smallPlan());
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: PHONE,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(WITHIN_MS);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${rig.httpUrl}/banks`);
    await page.getByLabel('Sign-in name').fill('manager');
    await page.getByRole('textbox', { name: 'Password' }).fill(RIG_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await rm(folder, { recursive: true });
  });

  async function look(name: string, at = page): Promise<void> {
    if (PICTURES) await at.screenshot({ path: `${PICTURES}/agents-${name}.png`, fullPage: true });
    expect([name, await pageFaults(at)]).toEqual([name, []]);
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
    expect(complaints).toEqual([]);
  }, 240_000);
});
