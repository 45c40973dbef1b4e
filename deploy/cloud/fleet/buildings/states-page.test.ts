/** Buildings that are away, silent, or were never heard: on the list, on their pages, and where they are given commands. */
import { canLaunchBrowser, FleetRig, PHONE } from '@lockerhub/sim/testing/fleet-rig.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe.skipIf(!canLaunchBrowser)('a building that does not answer', () => {
  let rig: FleetRig;
  /** Name → id. */
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    rig = await FleetRig.start();
    for (const name of ['Ash Lane', 'Birch Mews', 'Cedar Row', 'Dogwood End', 'Elm Yard']) {
      ids[name] = await rig.addBuilding(name);
    }
    await hearAll();
  }, 240_000);
  afterAll(() => rig?.end());

  const id = (name: string) => ids[name] ?? '';
  let enrolled = false;

  /** Ash Lane answers, Birch Mews is away, Cedar Row silent, Dogwood End was never heard, Elm Yard has no hub. */
  async function hearAll(): Promise<void> {
    for (const name of enrolled ? [] : ['Ash Lane', 'Birch Mews', 'Cedar Row', 'Dogwood End']) {
      await rig.enrol(id(name), 5 * HOUR_MS);
    }
    enrolled = true;
    await rig.hear(id('Ash Lane'), 0);
    await rig.hear(id('Birch Mews'), 3 * MINUTE_MS);
    await rig.hear(id('Cedar Row'), 3 * HOUR_MS);
  }

  const rowOf = (page: Page, name: string) => page.getByRole('link', { name: new RegExp(`^${name}`) });

  async function at(page: Page, name: string): Promise<void> {
    await page.goto(`${rig.url}/buildings/${id(name)}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.waitForLoadState('networkidle');
  }

  it.each([
    ['desktop', {}],
    ['phone', { viewport: PHONE }],
    ['arabic', { locale: 'ar' }],
    ['arabic, phone', { locale: 'ar', viewport: PHONE }],
  ])('is shown without faults: %s', async (look, options) => {
    await hearAll();
    const page = await rig.open(options, rig.ada);
    await page.goto(rig.url);
    await rowOf(page, 'Elm Yard').waitFor();
    expect(await rig.faults(page, `states-list-${look}`)).toEqual([]);
    for (const name of Object.keys(ids)) {
      await at(page, name);
      expect([name, await rig.faults(page, `states-${name}-${look}`)]).toEqual([name, []]);
    }
    await page.context().close();
  });

  it('stands on the list by how grave it is, and says since when', async () => {
    await hearAll();
    const page = await rig.open({}, rig.ada);
    await page.goto(rig.url);
    const rows = page.getByRole('main').getByRole('link');
    // The gateway looks at all buildings once in a while, so the page may have to ask again.
    await rows.nth(2).and(rowOf(page, 'Elm Yard')).waitFor();
    await page.getByText('Buildings: 5, in need of a person: 3, silent: 2').waitFor();
    expect(await page.getByText('Nothing needs a person.').count()).toBe(0);
    const said = async (name: string) => (await rowOf(page, name).innerText()).replaceAll(/\s+/g, ' ');
    expect(await said('Cedar Row')).toMatch(/Silent for 3 h/);
    expect(await said('Dogwood End')).toMatch(/Silent for 5 h.* never heard/);
    expect(await said('Elm Yard')).toMatch(/No hub yet/);
    expect(await said('Birch Mews')).toMatch(/heard 3 min.* ago/);
    await page.context().close();
  });

  it('shows nothing as known that nobody knows', async () => {
    await hearAll();
    const page = await rig.open({}, rig.ada);
    const main = page.getByRole('main');
    const away = 'The hub is away. Its figures are those of when it was last heard';
    await at(page, 'Ash Lane');
    expect(await main.getByText(away).count()).toBe(0);
    for (const name of ['Birch Mews', 'Cedar Row']) {
      await at(page, name);
      await main.getByText(away).waitFor();
      await main.getByText('enough room').waitFor();
    }
    await at(page, 'Dogwood End');
    await main.getByText('was not heard since').waitFor();
    expect(await main.getByText('not known yet').count()).toBe(4);
    expect(await main.getByText('enough room').count()).toBe(0);
    await main.getByText('Nothing was measured yet.').waitFor();
    await at(page, 'Elm Yard');
    await main.getByText('No hub speaks for it yet.').waitFor();
    await page.context().close();
  });

  it.each([
    ['desktop', {}],
    ['phone', { viewport: PHONE }],
  ])('says what comes of a command before one is asked for: %s', async (look, options) => {
    await hearAll();
    const page = await rig.open(options, rig.ada);
    const dialog = page.getByRole('dialog');
    const ask = async (name: string) => {
      await at(page, name);
      await page.getByRole('button', { name: 'Ask for something' }).click();
      await dialog.getByLabel('Reason').waitFor();
    };
    await ask('Birch Mews');
    await dialog.getByText('The building is offline: nothing is opened there from afar.').waitFor();
    expect(await rig.faults(page, `states-open-${look}`)).toEqual([]);
    await dialog.getByRole('combobox', { name: 'What' }).click();
    await page.getByRole('option', { name: 'Take a door out of service' }).click();
    await dialog.getByText('Its hub takes this when it is back, if that is within a day.').waitFor();
    expect(await rig.faults(page, `states-retire-${look}`)).toEqual([]);
    await ask('Dogwood End');
    await dialog.getByText('No hub has ever spoken for this building.').waitFor();
    expect(await rig.faults(page, `states-never-${look}`)).toEqual([]);
    await ask('Ash Lane');
    expect(await dialog.getByText('offline').count()).toBe(0);
    await page.context().close();
  });

  it('and breaks no page', () => {
    expect(rig.errors).toEqual([]);
  });
});
