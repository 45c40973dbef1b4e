/** Couriers and carriers on the operators' page. */
import { canLaunchBrowser, FleetRig, NARROW, PHONE } from '@lockerhub/sim/testing/fleet-rig.ts';
import { invited } from '@lockerhub/sim/testing/operator-rig.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.skipIf(!canLaunchBrowser)('who drops off, on the operators’ page', () => {
  let rig: FleetRig;
  let court: string;

  beforeAll(async () => {
    rig = await FleetRig.start();
    court = await rig.addBuilding('Linden Court');
    await rig.enrol(court);
    await rig.hear(court, 0);
  }, 240_000);
  afterAll(() => rig?.end());

  it('a courier gets hours of their own and is revoked, by support; a viewer sees nobody', async () => {
    const page = await rig.open({ viewport: NARROW }, rig.ben);
    await page.goto(`${rig.url}/buildings/${court}`);
    await page.getByText('Who looks at people is written down.').waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('button', { name: 'Add a courier' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add a courier' }).click();
    await dialog.getByLabel('Carrier').fill('Northline');
    await dialog.getByLabel('Person').fill('Ines Duarte');
    await dialog.getByRole('switch', { name: 'Hours of their own' }).click();
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await dialog.getByLabel(day).uncheck();
    expect(await rig.faults(page, 'courier-new-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Add a courier' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'Ines Duarte (Northline)' });
    await row.getByText(/Sat · 0?7:00 to 21:00/).waitFor();
    expect(await rig.faults(page, 'couriers-phone')).toEqual([]);
    await row.getByRole('button', { name: 'Hours: Ines Duarte (Northline)' }).click();
    await dialog.getByRole('switch', { name: 'Hours of their own' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('in the building’s hours').waitFor();
    await row.getByRole('button', { name: 'Revoke: Ines Duarte (Northline)' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked', { exact: true }).waitFor();
    const audit = await rig.cloud.sql<{ action: string }>(
      `select action from audit where action like 'courier.%' order by at`,
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'courier.added',
      'courier.changed',
      'courier.revoked',
    ]);
    await page.context().close();
    const viewer = await rig.open({}, await invited(rig.url, rig.ada, 'viewer', 'vera'));
    await viewer.goto(`${rig.url}/buildings/${court}`);
    await viewer.getByRole('heading', { name: 'Deliveries' }).waitFor();
    expect(await viewer.getByRole('heading', { name: 'Couriers' }).count()).toBe(0);
    await viewer.context().close();
  });

  it.each([
    ['desktop', {}, 'Show', 'Carriers'],
    ['arabic, phone', { viewport: PHONE, locale: 'ar' }, 'عرض', 'شركات النقل'],
  ])('carriers are shown without faults: %s', async (name, options, show, title) => {
    const page = await rig.open(options, rig.ben);
    await page.goto(`${rig.url}/buildings/${court}`);
    await page.getByRole('button', { name: show }).click();
    await page.getByRole('heading', { name: title }).waitFor();
    expect(await rig.faults(page, `carriers-${name}`)).toEqual([]);
    await page.context().close();
  });

  it('a carrier is removed, and nobody drops off for it any more', async () => {
    const of = `/api/v1/buildings/${court}`;
    for (const [carrier, name] of [
      ['Owl', 'Tom'],
      ['Owl', 'Zoe'],
      ['Swift', 'Uma'],
    ]) {
      expect((await rig.ben.ask(`${of}/couriers`, { carrier, name })).status).toBe(200);
    }
    const page = await rig.open({ viewport: PHONE }, rig.ben);
    await page.goto(`${rig.url}/buildings/${court}`);
    await page.getByRole('button', { name: 'Show' }).click();
    const owl = page.getByRole('listitem').filter({ hasText: /^Owl/ });
    await owl.getByText('Couriers with a code: 2').waitFor();
    await owl.getByRole('button', { name: 'Remove: Owl' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('the codes of all its couriers end').waitFor();
    expect(await rig.faults(page, 'carrier-remove-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await owl.waitFor({ state: 'detached' });
    const couriers = page.getByRole('listitem');
    for (const name of ['Tom', 'Zoe']) {
      await couriers
        .filter({ hasText: new RegExp(`^${name}`) })
        .getByText('Revoked', { exact: true })
        .waitFor();
    }
    await page.getByRole('button', { name: 'Revoke: Uma (Swift)' }).waitFor();
    expect(await rig.faults(page, 'carrier-removed-phone')).toEqual([]);
    const done = `select 1 from audit where action = 'carrier.removed'`;
    expect(await rig.cloud.sql(done)).toHaveLength(1);
    // One who comes back is another one.
    await rig.ben.ask(`${of}/couriers`, { carrier: 'Owl', name: 'Yan' });
    await page.reload();
    await page.getByRole('button', { name: 'Show' }).click();
    await owl.getByText('Couriers with a code: 1').waitFor();
    expect(rig.errors).toEqual([]);
    await page.context().close();
  });
});
