/** A building's policy on the operators' page. */
import { canLaunchBrowser, FleetRig, PHONE } from '@lockerhub/sim/testing/fleet-rig.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.skipIf(!canLaunchBrowser)('a building’s policy, on the operators’ page', () => {
  let rig: FleetRig;
  let court: string;

  beforeAll(async () => {
    rig = await FleetRig.start();
    court = await rig.addBuilding('Linden Court');
  }, 240_000);
  afterAll(() => rig?.end());

  it('is changed by an administrator within its bounds, and said in the unit that people think in', async () => {
    const page = await rig.open({ viewport: PHONE }, rig.ada);
    await page.goto(`${rig.url}/buildings/${court}`);
    await page.getByRole('link', { name: 'Policy' }).click();
    const undo = page.getByRole('region', { name: 'Courier’s undo' });
    await undo.getByText('1 min', { exact: true }).waitFor();
    await undo.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    const minutes = dialog.getByRole('textbox');
    await minutes.fill('61');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await dialog.getByText(/^From .* to 1 h.*, please$/).waitFor();
    expect(await rig.faults(page, 'policy-wrong-phone')).toEqual([]);
    await minutes.fill('2');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await page.getByText('Changed: Courier’s undo is now 2 min').waitFor();
    await undo.getByText('Usually 1 min').waitFor();
    expect(await rig.faults(page, 'policy-phone')).toEqual([]);
    const { body } = await rig.ada.ask(`/api/v1/buildings/${court}/policy`);
    expect(body).toEqual({ undoMs: 120_000 });
    await page.context().close();
  });

  it.each([
    ['desktop', {}, 'Policy'],
    ['arabic', { locale: 'ar' }, undefined],
    ['arabic, phone', { locale: 'ar', viewport: PHONE }, undefined],
  ])('is shown to support, who change nothing there: %s', async (look, options, title) => {
    const page = await rig.open(options, rig.ben);
    await page.goto(`${rig.url}/buildings/${court}/policy`);
    await page.getByRole('heading', { level: 1, ...(title ? { name: title } : {}) }).waitFor();
    await page.getByRole('region').first().waitFor();
    expect(await page.getByRole('region').getByRole('button').count()).toBe(0);
    expect(await rig.faults(page, `policy-${look}`)).toEqual([]);
    expect(rig.errors).toEqual([]);
    await page.context().close();
  });
});
