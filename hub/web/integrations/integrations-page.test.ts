/** What managers see of programs, in a real browser. */
import { canLaunchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan } from '@lockerhub/sim/testing/hub-rig.ts';
import {
  DESKTOP,
  PHONE,
  type StaffPages,
  type StaffPagesRig,
  startStaffPages,
} from '@lockerhub/sim/testing/staff-pages.ts';
import { WebhookEndpoint } from '@lockerhub/sim/webhooks/endpoint.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.skipIf(!canLaunchBrowser)('the page of integrations', () => {
  let staffRig: StaffPagesRig;
  let rig: HubRig;
  let pages: StaffPages;
  beforeAll(async () => {
    staffRig = await startStaffPages('integrations', smallPlan());
    ({ rig, pages } = staffRig);
  }, 180_000);
  afterAll(() => staffRig.end());

  it('let a program in by a key, shown once, and end it', async () => {
    const page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/integrations`);
    await page.getByText('No program may ask this hub').waitFor();
    await page.getByRole('button', { name: 'New API key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    await dialog.getByText('Tick at least one').waitFor();
    await dialog.getByLabel('What it is for').fill('Dashboard');
    await dialog.getByLabel('See deliveries').check();
    expect(await pages.faults(page, 'api-key-new-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const token = await page.getByRole('dialog').locator('code').innerText();
    expect((await rig.ask('/api/v1/deliveries', { token })).status).toBe(200);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Revoke: Dashboard' }).waitFor();
    expect(await page.content()).not.toContain(token);
    expect(await pages.faults(page, 'integrations-phone')).toEqual([]);
    await page.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await page.reload();
    await page.getByRole('heading', { name: 'مفاتيح API' }).waitFor();
    expect(await pages.faults(page, 'integrations-phone-ar')).toEqual([]);
    await page.getByRole('button', { name: /Dashboard/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'إلغاء', exact: true }).last().click();
    await page.getByText('لا يُسمح لأي برنامج بسؤال هذا المركز').waitFor();
    expect((await rig.ask('/api/v1/deliveries', { token })).status).toBe(401);
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('have a program called, and say how that goes', async () => {
    const program = await WebhookEndpoint.start();
    program.manner = 'failing';
    const page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/integrations`);
    await page.getByRole('button', { name: 'New webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Address' }).fill(program.url);
    await dialog.getByRole('button', { name: 'Make the webhook' }).click();
    await dialog.getByText('An address that begins with https://').waitFor();
    await dialog.getByRole('switch', { name: 'The program stands' }).click({ force: true });
    await dialog.getByLabel('Changes of residents and units').check();
    expect(await pages.faults(page, 'webhook-new-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the webhook' }).click();
    program.secret = await page.getByRole('dialog').locator('code').innerText();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText('The program did not take the test: the program said 500').first().waitFor();
    const body = { unitName: '5E', name: 'Zoe Ray' };
    await rig.ask('/api/v1/residents', { token: await rig.signIn('manager'), body });
    await page.getByText('The last call failed: the program said 500').waitFor();
    expect(await pages.faults(page, 'webhook-failing-phone')).toEqual([]);
    program.manner = 'good';
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await dialog.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('works', { exact: true }).waitFor();
    expect(program.calls.every(({ isSigned }) => isSigned)).toBe(true);
    await page.setViewportSize(DESKTOP);
    await page.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await page.reload();
    await page.getByText('يعمل', { exact: true }).waitFor();
    expect(await pages.faults(page, 'webhooks-ar')).toEqual([]);
    expect(pages.errors).toEqual([]);
    await program.stop();
  }, 120_000);
});
