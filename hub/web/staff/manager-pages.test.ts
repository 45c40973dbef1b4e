/** What managers see of staff and policy, in a real browser. */
import { newId } from '@lockerhub/protocol/time/random.ts';
import { canLaunchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan } from '@lockerhub/sim/testing/hub-rig.ts';
import {
  DESKTOP,
  PHONE,
  type StaffPages,
  type StaffPagesRig,
  startStaffPages,
} from '@lockerhub/sim/testing/staff-pages.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.skipIf(!canLaunchBrowser)('the pages of managers', () => {
  let staffRig: StaffPagesRig;
  let browser: Browser;
  let rig: HubRig;
  let pages: StaffPages;
  beforeAll(async () => {
    staffRig = await startStaffPages('manager', smallPlan());
    ({ browser, rig, pages } = staffRig);
  }, 180_000);
  afterAll(() => staffRig.end());

  it('invite somebody, who sets a password and comes in', async () => {
    const page = await pages.open('manager', { viewport: DESKTOP });
    await page.goto(`${rig.httpUrl}/staff`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill('Nia Obi');
    await page.getByLabel('Sign-in name').fill('nia');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite somebody' }).click();
    const link = await page.locator('code').innerText();
    expect(link).toMatch(/#invitation=/);
    expect(await pages.faults(page, 'invitation')).toEqual([]);
    const guest = await (await browser.newContext({ viewport: PHONE, locale: 'en-GB' })).newPage();
    await guest.goto(link);
    await guest.getByRole('textbox', { name: 'Password' }).fill('a password of my own');
    await guest.getByRole('textbox', { name: 'Once more' }).fill('a password of my own');
    expect(await pages.faults(guest, 'welcome-phone')).toEqual([]);
    await guest.getByRole('button', { name: 'Set the password' }).click();
    await guest.getByRole('textbox', { name: 'Sign-in name' }).fill('nia');
    await guest.getByRole('textbox', { name: 'Password' }).fill('a password of my own');
    await guest.getByRole('button', { name: 'Sign in' }).click();
    await guest.getByRole('heading', { name: 'Building now' }).waitFor();
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    expect(await pages.faults(page, 'staff')).toEqual([]);
    await page.getByRole('button', { name: 'Disable: Nia Obi' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await guest.getByRole('textbox', { name: 'Sign-in name' }).waitFor();
    await page.getByText('No living code that they have read or issued.').waitFor();
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('change a policy, within its bounds', async () => {
    const page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/policy`);
    await page.getByRole('button', { name: 'Change: Open again after pickup' }).click();
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.fill('2000');
    await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText(/, please$/).waitFor();
    await field.fill('20');
    await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('Usually').waitFor();
    expect(rig.hub.policy.get().graceMs).toBe(20 * 60_000);
    expect(await pages.faults(page, 'policy-phone')).toEqual([]);
    await page.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await page.reload();
    await page.getByRole('heading', { name: 'القواعد' }).waitFor();
    expect(await pages.faults(page, 'policy-phone-ar')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('import a list, see what it changes, and take it back', async () => {
    const page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/people`);
    await page.getByRole('button', { name: 'Import a list' }).click();
    const buffer = Buffer.from('Unit;Name\n0304;Zoe Ray\n0305;\n');
    await page.locator('input[type=file]').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer });
    await page.getByText('Line 3').waitFor();
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
    const good = Buffer.from('Unit;Name\n0304;Zoe Ray\n');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'b.csv', mimeType: 'text/csv', buffer: good });
    await page.getByText(/^1 new/).waitFor();
    expect(await pages.faults(page, 'import-phone')).toEqual([]);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('cell', { name: '0304' }).waitFor();
    expect(await pages.faults(page, 'imported-phone')).toEqual([]);
    await page.getByRole('button', { name: 'Undo the import' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click();
    await page.getByRole('cell', { name: '0304' }).waitFor({ state: 'detached' });
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('set what a resident wishes, print what is stored, and erase it', async () => {
    const page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/people`);
    await page.getByRole('link', { name: 'Jonas Weber' }).click();
    await page.getByRole('heading', { name: 'Jonas Weber' }).waitFor();
    await page.getByRole('switch', { name: 'Only me' }).click({ force: true });
    await page.getByText('Saved what Jonas Weber wishes.').first().waitFor();
    // While one wish is being saved the other can't be changed.
    const reach = page.getByRole('switch', { name: 'Doors within reach', disabled: false });
    await reach.waitFor({ state: 'attached' });
    // By the keyboard: on a phone what was just said may lie over it.
    await reach.press('Space');
    const shownCode = () => page.getByRole('dialog').locator('code').innerText();
    const jonas = () => rig.hub.people.residents().find(({ name }) => name === 'Jonas Weber');
    await expect.poll(() => jonas()).toMatchObject({ onlyMe: true, accessible: true });
    expect(await pages.faults(page, 'person-phone')).toEqual([]);
    const [printed] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'What is stored' }).click(),
    ]);
    await printed.getByText('Solo puertas a su alcance').waitFor();
    await page.getByRole('button', { name: 'Give a PIN' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give a PIN' }).click();
    await page.getByText('Nobody can look it up again').waitFor();
    expect(await shownCode()).toMatch(/^\d{4} \d{4}$/);
    expect(jonas()).toMatchObject({ hasPin: true });
    const shown = await page.getByRole('dialog').locator('code').boundingBox();
    expect(shown?.height, 'in one line').toBeLessThan(90);
    expect(await pages.faults(page, 'pin-phone')).toEqual([]);
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await page.getByRole('button', { name: 'New PIN' }).waitFor();
    await page.getByRole('button', { name: 'Register a fob' }).click();
    // As a wedge does: the number, and Enter.
    await page.getByLabel('Number of the fob').pressSequentially('0001234567');
    await page.keyboard.press('Enter');
    await page.getByText('Fob 1', { exact: true }).waitFor();
    expect(await pages.faults(page, 'fob-phone')).toEqual([]);
    // A number of the building's own country needs none.
    await rig.hub.policy.change({ kind: 'hub' }, { phoneCountry: 'US' });
    await page.reload();
    await page.getByRole('button', { name: 'Change: Jonas Weber' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Add a way' }).click();
    await page.getByRole('dialog').getByLabel('Number', { exact: true }).fill('(555) 123-4567');
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => jonas()?.contacts).toEqual([{ channel: 'sms', to: '+15551234567' }]);
    await page.getByRole('button', { name: 'Let somebody collect' }).click();
    await page.getByRole('dialog').getByLabel('Their address or number').fill('nobody');
    await page.getByRole('dialog').getByRole('button', { name: 'Let somebody collect' }).click();
    await page.getByText('An address such as').waitFor();
    expect(await pages.faults(page, 'delegate-phone')).toEqual([]);
    await page.getByRole('dialog').getByLabel('Their address or number').fill('');
    await page.getByRole('dialog').getByRole('button', { name: 'Let somebody collect' }).click();
    await page.getByText('Their code, shown once: pass it on').waitFor();
    expect(await shownCode()).toMatch(/^\d{4} \d{4}$/);
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('Nobody but their household.').waitFor();
    await page.getByRole('button', { name: 'Erase' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
    await page.getByRole('link', { name: 'Mara Olsen' }).waitFor();
    expect(jonas()).toBeUndefined();
    // The page asks anew when it comes back to the list.
    await page.getByRole('link', { name: 'Jonas Weber' }).waitFor({ state: 'detached' });
    const desk = await pages.open('desk', { viewport: DESKTOP });
    await desk.goto(`${rig.httpUrl}/people`);
    await desk.getByRole('link', { name: 'Mara Olsen' }).click();
    await desk.getByRole('switch', { name: 'Only me' }).waitFor();
    expect(await desk.getByRole('button', { name: 'Erase' }).count()).toBe(0);
    expect(await pages.faults(desk, 'person')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('change who somebody is and where they live, and let them move out', async () => {
    const page = await pages.open('desk', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/people`);
    await page.getByRole('link', { name: 'Mara Olsen' }).click();
    await page.getByText('In a household of their own.').waitFor();
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Mara Ray');
    await page.getByRole('dialog').getByLabel('Unit').fill('2C');
    await page.getByText(/moves with them only if they live alone/).waitFor();
    expect(await pages.faults(page, 'edit-person-phone')).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Mara Ray' }).waitFor();
    await page.getByText('Unit 2C', { exact: true }).waitFor();
    expect(await pages.faults(page, 'edited-phone')).toEqual([]);
    await page.getByRole('button', { name: 'Move out' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^Nothing waits for them/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Move out' }).click();
    await page.getByRole('button', { name: 'Lives here again' }).waitFor();
    await page.getByRole('link', { name: 'All people' }).click();
    await page.getByRole('tab', { name: 'Units' }).click();
    await page.getByRole('button', { name: 'Rename 2C' }).click();
    await page.getByRole('dialog').getByLabel('Unit').fill('02C');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: '02C', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Take 1A away' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click();
    await page.getByRole('cell', { name: '1A', exact: true }).waitFor({ state: 'detached' });
    expect(await pages.faults(page, 'units-phone')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('walk the desk: what it holds is compared with the records', async () => {
    const kiosk = rig.made?.terminals[0]?.token ?? '';
    const code = rig.made?.couriers[0]?.code ?? '';
    const token = await rig.signIn('desk');
    const body = { unitName: '8D', name: 'Dot Ray', language: 'en' };
    await rig.ask('/api/v1/residents', { token, body });
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code } });
    const path = `/api/v1/visits/${visit.visit}`;
    const [to] = (await rig.ask(`${path}/recipients?q=8D`, { token: kiosk })).json;
    const { unit } = to;
    const parcel = { unit, resident: null, size: 'XL', oversize: true };
    const { json: added } = await rig.ask(`${path}/parcels`, { token: kiosk, body: parcel });
    await rig.ask(`${path}/end`, { token: kiosk, body: {} });
    const { delivery } = added.stops[0];
    await rig.ask(`/api/v1/deliveries/${delivery}/received`, { token, method: 'POST' });

    const page = await pages.open('desk', { viewport: PHONE });
    await page.goto(rig.httpUrl);
    await page.getByText('The desk holds 1 parcel.').waitFor();
    await page.getByRole('link', { name: 'Walk the desk' }).click();
    await page.getByText('Nobody has walked the desk yet.').waitFor();
    await page.getByText('Not there', { exact: true }).click();
    await page.getByText('What about what is not there?').waitFor();
    expect(await pages.faults(page, 'desk-walk-phone')).toEqual([]);
    await page.getByRole('button', { name: 'Write down the difference' }).click();
    await page.getByText(/^Last walked .*: 0 there, 1 missing\.$/).waitFor();
    const { json: cases } = await rig.ask('/api/v1/cases', { token });
    expect(cases.items).toMatchObject([{ kind: 'parcel-gone', delivery }]);
    await rig.ask(`/api/v1/cases/${cases.items[0].case}/close`, { token, body: { resolution: 'found' } });
    await rig.ask(`/api/v1/deliveries/${delivery}/handed-out`, { token, method: 'POST' });
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('give a courier hours of their own, and see when the code was used', async () => {
    const kiosk = rig.made?.terminals[0]?.token ?? '';
    const code = rig.made?.couriers[0]?.code ?? '';
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code } });
    await rig.ask(`/api/v1/visits/${visit.visit}/end`, { token: kiosk, body: {} });
    // One of a morning on which the hub did not know the time.
    const untimed = newId(rig.hub.clock, rig.hub.random);
    const who = {
      holder: rig.made?.couriers[0]?.courier ?? '',
      terminal: rig.made?.terminals[0]?.terminal ?? '',
    };
    const began = {
      visit: untimed,
      bank: 'hall',
      kind: 'courier',
      means: 'code',
      fob: null,
      delegate: null,
      ...who,
    } as const;
    const stamp = { at: 5, clock: 'untrusted', by: { kind: 'hub' } } as const;
    const ended = { visit: untimed, reason: 'done' } as const;
    await rig.hub.buildingLog.append({
      payloads: [
        { type: 'visit.started', ...stamp, data: began },
        { type: 'visit.ended', ...stamp, at: 9_000_000, data: ended },
      ],
      rows: [],
    });
    const page = await pages.open('manager', { viewport: PHONE });
    await page.goto(`${rig.httpUrl}/people`);
    await page.getByRole('tab', { name: 'Couriers' }).click();
    await page.getByRole('button', { name: /^Hours: / }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('switch', { name: 'Hours of their own' }).click();
    await dialog.getByRole('combobox', { name: 'Until' }).selectOption('12');
    expect(await pages.faults(page, 'courier-hours-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Sat · 7:00 to 12:00/).waitFor();
    await page.getByRole('button', { name: /^Use: / }).click();
    await dialog.getByRole('cell', { name: 'kiosk' }).first().waitFor();
    await dialog.getByRole('cell', { name: '–', exact: true }).waitFor();
    expect(await pages.faults(page, 'courier-uses-phone')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);
});
