/** An installer with a phone walks through a bank whose cables are mixed up, to a signed map that verifies. */
import { readFileSync } from 'node:fs';
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { bankFileOf } from '@lockerhub/sim/demo/bank-files.ts';
import { type StandingBank, standUp } from '@lockerhub/sim/demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { bankFileText, type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { PHONE, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
const DOORS = [1, 2, 3];
const LAYOUT: Layout = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  bottomMm: 100,
  columns: [{ widthMm: 450, cells: DOORS.map((number) => ({ number, size: 'M', heightMm: 400 })) }],
};

describe.skipIf(!canLaunchBrowser)('the commissioning page', () => {
  let browser: Browser;
  let page: Page;
  let rig: HubRig;
  let lobby: StandingBank;
  let pages: StaffPages;

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    const miswiring = { outputs: [[1, 2]], reversed: [3] } as const;
    const planned = { layout: LAYOUT, unsensed: new Set<number>(), reach: 'hub', miswiring } as const;
    lobby = await standUp(planned, 0, systemClock, () => {});
    rig = await startHubRig({ ...smallPlan(), banks: [], terminals: [] });
    const token = await rig.signIn('installer');
    const file = bankFileOf(LAYOUT, new Set(), lobby.server.port);
    await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
    pages = staffPages(browser, rig, 'commissioning');
    page = await pages.open('installer', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/banks`);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await lobby.server.stop();
  });

  /** Serious faults of accessibility, and a page wider than the phone. */
  async function look(name: string): Promise<void> {
    expect([name, await pages.faults(page, name)]).toEqual([name, []]);
  }

  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const openDoors = () => DOORS.filter((door) => lobby.plc.door(door).open);

  /** Fires the door that the page offers and taps the one that popped; returns it, closed again. */
  async function fireAndTap(door: number): Promise<number> {
    const fire = page.getByRole('button', { name: `Fire the lock of door ${door}` });
    await fire.click();
    await page.getByRole('heading', { name: 'Which door popped?' }).waitFor();
    await waitFor(() => openDoors().length === 1, WITHIN_MS, 'a door to pop');
    const [popped = 0] = openDoors();
    await page.getByText(/Sensors that changed/).waitFor();
    if (door === 1) await look(`which-${popped}`);
    await page.getByRole('button', { name: new RegExp(`^Door ${popped},`) }).click();
    await waitFor(() => lobby.plc.hand.close(popped), WITHIN_MS, 'the door to shut');
    return popped;
  }

  it('leads from the bank to a signed map, naming the crossed wires', async () => {
    await page.getByText('No signed map').waitFor();
    await page.getByRole('link', { name: 'Commission' }).click();
    await page.getByText(/Life safety never depends on this software/).waitFor();
    await look('begin');
    await press(/^Scan the line/);
    await page.getByText('answers, as expected').waitFor();
    await look('scanned');
    await press('Try all doors');
    await page.getByText(/sensors of these say open: 3/).waitFor();
    await look('checking');
    await press('All doors are closed');
    await page.getByText('The sensor of door 3 works the wrong way round.').waitFor();
    await look('polarity');
    await press('Turn it round in the bank file');

    await page.getByRole('heading', { name: 'Fire door 1' }).waitFor();
    await page.getByText('0 of 3').waitFor();
    await page.getByRole('button', { name: 'Fire the lock of door 1' }).waitFor();
    await look('fire');
    expect(await fireAndTap(1)).toBe(2);
    await page.getByText('The wires of outputs 1 and 2 are crossed.').waitFor();
    await look('crossed');
    await press('Exchange them in the bank file');
    for (const door of DOORS) {
      await page.getByRole('heading', { name: `Fire door ${door}` }).waitFor();
      expect(await fireAndTap(door)).toBe(door);
    }
    await page.getByRole('heading', { name: 'Every door was tried' }).waitFor();
    await look('review');
    const downloading = page.waitForEvent('download');
    await press('Sign the map');
    const map = JSON.parse(readFileSync(await (await downloading).path(), 'utf8'));
    const token = await rig.signIn('installer');
    const check = await rig.ask('/api/v1/commissioning-maps/verify', { token, body: map });
    expect(check.json).toEqual({ valid: true, inLog: true });
    await page.getByText(/Signed map of/).waitFor();
  }, 180_000);

  it('prints a label for every door', async () => {
    await page.getByRole('link', { name: 'Labels to print' }).click();
    await page.getByRole('img', { name: /Door 3/ }).waitFor();
    expect(await page.getByRole('img', { name: /Lobby/ }).count()).toBe(DOORS.length);
    await look('labels');
    expect(pages.errors).toEqual([]);
  });

  it('edits the layout as a table and as text, drawn as it changes, with mistakes by line and key', async () => {
    await page.goto(`${rig.httpUrl}/banks`);
    await page.getByRole('link', { name: 'Layout' }).click();
    await page.getByText('This is a good bank file.').waitFor();
    await look('layout');
    await page.getByRole('combobox', { name: 'Door 2: Size' }).selectOption('L');
    const text = page.getByLabel('Bank file (YAML)');
    await waitFor(
      async () => /number: 2\s+size: L/.test(await text.inputValue()),
      WITHIN_MS,
      'the text to follow',
    );
    await page.getByRole('button', { name: 'Add a door' }).click();
    await page.getByText(/not wired: compartment 4/).waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await look('layout-mistake');
    await page.getByRole('button', { name: 'Door 4: Take it out' }).click();
    await page.getByText('This is a good bank file.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The bank file was saved').waitFor();
    const token = await rig.signIn('installer');
    const { banks } = (await rig.ask('/api/v1/building', { token })).json;
    expect(banks[0].layout.columns[0].cells[1]).toMatchObject({ number: 2, size: 'L' });
    expect(banks[0].map).toEqual({ signed: true, untried: [] });
  });

  it('says beside the bank which doors no map proves any more', async () => {
    await page.goto(`${rig.httpUrl}/banks`);
    await page.getByRole('heading', { name: 'Lobby' }).waitFor();
    expect(await page.getByText('Map out of date').count()).toBe(0);
    const token = await rig.signIn('installer');
    const { json } = await rig.ask('/api/v1/banks/lobby/file', { token });
    const file = json.file.replace(/output: (\d)\b/, 'output: 9');
    expect((await rig.ask('/api/v1/banks/lobby/file', { token, body: { file } })).status).toBe(204);
    await page.getByText('Map out of date').waitFor();
    await page.getByText('Not tried as they are wired now: 1.').waitFor();
    await look('banks-outdated');
    expect(pages.errors).toEqual([]);
  });

  it('gives an installer the file that an agent of its own has to have', async () => {
    const token = await rig.signIn('installer');
    const file = bankFileText('hall', 2, 502);
    await rig.ask('/api/v1/banks', { token, body: { file, reach: 'agent' } });
    await rig.ask('/api/v1/commissioning/hall', { token, body: { step: 'start', door: null } });
    await page.goto(`${rig.httpUrl}/banks/hall/commissioning`);
    const downloading = page.waitForEvent('download');
    await press('Get the bank file');
    expect(readFileSync(await (await downloading).path(), 'utf8')).toBe(file);
    await look('agent-file');
    await page.goto(`${rig.httpUrl}/banks/lobby/commissioning`);
    await press('Try all doors');
    await page.getByRole('heading', { name: 'Close all doors' }).waitFor();
    expect(await page.getByText('Get the bank file').count()).toBe(0);
    expect(pages.errors).toEqual([]);
  });
});
