/** The page Updates, in a real browser, from the choice of a file to its end; the updater's part is played by the test. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { DESKTOP, PHONE, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import arabic from '../words/languages/ar.ts';
import english from '../words/languages/en.ts';

const RELEASE = {
  version: '0.2.0',
  commit: 'ab'.repeat(20),
  machine: 'x64',
  at: '2026-11-20T10:00:00.000Z',
};

describe.skipIf(!canLaunchBrowser)('the page Updates', () => {
  let browser: Browser;
  let rig: HubRig;
  let pages: StaffPages;
  let state: string;
  let scratch: string;
  beforeAll(async () => {
    await buildPages();
    scratch = await mkdtemp(join(tmpdir(), 'lockerhub-updates-'));
    state = join(scratch, 'state');
    await mkdir(state);
    const update = { inbox: join(scratch, 'inbox'), state };
    [browser, rig] = await Promise.all([launchBrowser(), startHubRig(smallPlan(), { update })]);
    pages = staffPages(browser, rig, 'updates');
    await tellAgents();
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await rm(scratch, { recursive: true });
  });

  /** One is as the hub, the other of a release before: it could not be updated. */
  async function tellAgents(): Promise<void> {
    const { software: own } = await rig.hub.updates.view();
    const software = own.replace('lockerhub', 'edge-agent');
    const why = 'the agent does not answer on trial: journalctl -u lockerhub-agent.service';
    const update = {
      endedAtMs: Date.now() - 60_000,
      release: '0.2.0-abababababab',
      isKept: false,
      why,
      code: 'unhealthy',
    } as const;
    const tell = (bank: string, facts: Parameters<typeof rig.hub.buildingLog.record>[1]) =>
      rig.hub.buildingLog.record({ kind: 'bank', id: bank }, facts);
    await tell('hall', [{ type: 'agent.version', data: { bank: 'hall', software } }]);
    await tell('yard', [
      { type: 'agent.version', data: { bank: 'yard', software: 'edge-agent 0.0.9' } },
      { type: 'agent.updated', data: { bank: 'yard', update } },
    ]);
  }

  const say = (name: string, what: unknown) => writeFile(join(state, name), JSON.stringify(what));
  const looks = [
    {
      name: 'desktop',
      viewport: DESKTOP,
      colorScheme: 'light',
      language: 'en',
      words: english.updates,
      versions: english.versions,
    },
    {
      name: 'phone-dark-ar',
      viewport: PHONE,
      colorScheme: 'dark',
      language: 'ar',
      words: arabic.updates,
      versions: arabic.versions,
    },
  ] as const;

  it.each(looks)(
    'sends a release, says what it is, begins it and shows how it goes: $name',
    async ({ name, viewport, colorScheme, language, words, versions }) => {
      const page = await pages.open('manager', { viewport, colorScheme });
      await page.addInitScript((chosen) => localStorage.setItem('lockerhub.language', chosen), language);
      await page.goto(`${rig.httpUrl}/updates`);
      await page.getByText(words.chooseWhat).waitFor();
      const table = page.getByRole('region', { name: versions.title });
      const [hall, yard] = ['hall', 'yard'].map((bank) => table.getByRole('row').filter({ hasText: bank }));
      await hall?.getByText(versions.standing.same).locator('visible=true').waitFor();
      await yard?.getByText('edge-agent 0.0.9').waitFor();
      await yard?.getByText(versions.standing.older).locator('visible=true').waitFor();
      await yard?.getByText(words.fault.unhealthy).locator('visible=true').waitFor();
      expect(await pages.faults(page, `choose-${name}`)).toEqual([]);
      const buffer = Buffer.alloc(5_000_000, 1);
      const release = { name: 'r.tar', mimeType: 'application/x-tar', buffer };
      await page.locator('input[type=file]').setInputFiles(release);
      await page.getByText(words.checking).waitFor();
      const { file } = (await rig.hub.updates.view()).file ?? {};
      const foreign = {
        code: 'release-foreign',
        message: 'it is not signed by the key that this machine keeps',
      };
      await say('checked.json', { file, release: null, fault: foreign });
      await page.getByText(words.fault['release-foreign']).waitFor();
      expect(await page.getByRole('button', { name: words.now }).count()).toBe(0);
      expect(await pages.faults(page, `foreign-${name}`)).toEqual([]);
      await say('checked.json', { file, release: RELEASE, fault: null });
      await page.getByRole('button', { name: words.plan }).click();
      expect(await pages.faults(page, `ask-${name}`)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: words.plan }).click();
      await page.getByText(words.plannedWhat).waitFor();
      expect(await pages.faults(page, `planned-${name}`)).toEqual([]);
      await page.getByRole('button', { name: words.callOff }).click();
      await page.getByRole('button', { name: words.now }).click();
      await page.getByRole('dialog').getByRole('button', { name: words.now }).click();
      await page.getByText(words.running).waitFor();
      const update = (await rig.hub.updates.view()).wanted?.update;
      await say('journal.json', { version: 1, phase: 'copying', from: 'a', to: 'b', update });
      await page.locator('[aria-current=step]').getByText(words.step.copying).waitFor();
      expect(await pages.faults(page, `running-${name}`)).toEqual([]);
      const why = 'the hub does not start: journalctl -u lockerhub-hub.service';
      const last = { endedAtMs: Date.now(), release: 'b', isKept: false, why, code: 'unhealthy', update };
      await say('last.json', last);
      await rm(join(state, 'journal.json'));
      await page.getByRole('status').getByText(words.fault.unhealthy).waitFor();
      expect(await pages.faults(page, `ended-${name}`)).toEqual([]);
      // The next look begins where this one began, once the hub has written down how it ended.
      const noted = `select 1 from log where type = 'update.ended' and data->>'update' = $1`;
      const isNoted = async () => (await rig.hub.store.query(noted, [update ?? ''])).length > 0;
      await waitFor(isNoted, 30_000, 'the end to be in the log');
      await rm(join(state, 'last.json'));
      await rig.hub.updates.expect(1);
      expect(pages.errors).toEqual([]);
    },
    120_000,
  );
});
