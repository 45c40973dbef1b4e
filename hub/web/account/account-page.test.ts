/** One’s own account in a real browser: where one is told by mail (the mail server is one), and the password. */
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { MailSink } from '@lockerhub/sim/testing/mail-sink.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { DESKTOP, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ALLEY = { width: 390, height: 844 } as const;
const LAPTOP = { width: 1280, height: 900 } as const;

describe.skipIf(!canLaunchBrowser)('the pages about who is told by mail', () => {
  let browser: Browser;
  let rig: HubRig;
  let pages: StaffPages;
  let sink: MailSink;
  beforeAll(async () => {
    await buildPages();
    [browser, rig, sink] = await Promise.all([launchBrowser(), startHubRig(smallPlan()), MailSink.start()]);
    pages = staffPages(browser, rig, 'told');
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await sink.stop();
  });
  const emailOf = (login: string) => rig.hub.register.all('staff').find((row) => row.login === login)?.email;

  it('say that nobody can be told where no mail server is set', async () => {
    const page = await pages.open('manager', { viewport: LAPTOP });
    await page.goto(`${rig.httpUrl}/staff`);
    await page.getByText('Nobody can be told by mail').waitFor();
    expect(await page.getByText('No e-mail address: hears nothing by mail').count()).toBe(1);
    expect(await pages.faults(page, 'staff-no-server')).toEqual([]);
    await page.goto(`${rig.httpUrl}/account`);
    await page.getByText('No mail server is set.').waitFor();
    expect(await pages.faults(page, 'account-no-server')).toEqual([]);
    await page.getByRole('link', { name: 'How messages go out' }).click();
    await page.getByRole('heading', { name: 'How messages go out' }).waitFor();
    // The installer sees no messages, and is led nowhere.
    const installer = await pages.open('installer', { viewport: ALLEY });
    await installer.goto(`${rig.httpUrl}/account`);
    await installer.getByText('You are no manager').waitFor();
    expect(await installer.getByRole('link', { name: 'How messages go out' }).count()).toBe(0);
    expect(await pages.faults(installer, 'account-installer-phone')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('take one’s own address from the account’s menu, and try it by a mail', async () => {
    const token = await rig.signIn('manager');
    const settings = {
      kind: 'smtp',
      host: '127.0.0.1',
      port: sink.port,
      tls: false,
      user: '',
      from: 'a@b.example',
    };
    expect((await rig.ask('/api/v1/channels/email', { token, body: { settings } })).status).toBe(200);
    const page = await pages.open('manager', { viewport: ALLEY });
    await page.goto(`${rig.httpUrl}/staff`);
    await page.getByText('No manager is told by mail').waitFor();
    expect(await pages.faults(page, 'staff-nobody-phone')).toEqual([]);
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Your account' }).click();
    const field = page.getByLabel('E-mail address');
    await field.fill('no address');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This is no e-mail address').waitFor();
    expect(await pages.faults(page, 'account-wrong-phone')).toEqual([]);
    await field.fill('mila@example.org');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test is on its way.').waitFor();
    expect(sink.mailsTo('mila@example.org')).toHaveLength(1);
    expect(await pages.faults(page, 'account-phone')).toEqual([]);
    await field.fill('nobody@example.org');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => emailOf('manager')).toBe('nobody@example.org');
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('mail: the mail server said 550').waitFor();
    expect(await pages.faults(page, 'account-refused-phone')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('let a manager say where others are told, right-to-left too, and lose it with the account', async () => {
    const page = await pages.open('manager', { viewport: LAPTOP });
    await page.goto(`${rig.httpUrl}/staff`);
    await page.getByRole('button', { name: 'E-mail: The desk' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill('front.desk.of.a.very.long.name@residences.example.org');
    expect(await pages.faults(page, 'address-dialog')).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('front.desk.of.a.very.long.name@residences.example.org').waitFor();
    expect(await pages.faults(page, 'staff')).toEqual([]);
    const arabic = await pages.open('manager', { viewport: ALLEY, locale: 'ar' });
    await arabic.goto(`${rig.httpUrl}/account`);
    await arabic.getByRole('heading', { name: 'حسابك' }).waitFor();
    expect(await pages.faults(arabic, 'account-ar-phone')).toEqual([]);
    await arabic.goto(`${rig.httpUrl}/staff`);
    await arabic.getByText('front.desk.of').waitFor();
    expect(await pages.faults(arabic, 'staff-ar-phone')).toEqual([]);
    await page.setViewportSize(DESKTOP);
    await page.getByRole('button', { name: 'Disable: The desk' }).click();
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await expect.poll(() => emailOf('desk')).toBeNull();
    await page.getByText('front.desk.of').waitFor({ state: 'detached' });
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('change one’s own password, and end what else is open', async () => {
    const page = await pages.open('auditor', { viewport: LAPTOP });
    const elsewhere = await pages.open('auditor', { viewport: ALLEY });
    await elsewhere.goto(rig.httpUrl);
    await elsewhere.getByRole('heading', { name: 'Building now' }).waitFor();
    await page.goto(`${rig.httpUrl}/account`);
    const write = async (present: string, next: string, repeat = next) => {
      await page.getByRole('textbox', { name: 'Present password' }).fill(present);
      await page.getByRole('textbox', { name: 'New password' }).fill(next);
      await page.getByRole('textbox', { name: 'Once more' }).fill(repeat);
      await page.getByRole('button', { name: 'Change the password' }).click();
    };
    await write('', 'short', 'other');
    await page.getByText('The two do not match').waitFor();
    await page.getByText('Please fill this in').waitFor();
    expect(await pages.faults(page, 'password-rules')).toEqual([]);
    await write('not this one', 'a password of my own');
    await page.getByText('That is not your present password.').waitFor();
    expect(await pages.faults(page, 'password-wrong')).toEqual([]);
    await write(RIG_PASSWORD, 'a password of my own');
    await page.getByText('Your password is changed').waitFor();
    expect(await page.getByRole('textbox', { name: 'New password' }).inputValue()).toBe('');
    expect(await pages.faults(page, 'password-changed')).toEqual([]);
    await elsewhere.goto(`${rig.httpUrl}/account`);
    await elsewhere.getByRole('textbox', { name: 'Sign-in name' }).fill('auditor');
    await elsewhere.getByRole('textbox', { name: 'Password' }).fill('a password of my own');
    await elsewhere.getByRole('button', { name: 'Sign in' }).click();
    await elsewhere.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await pages.faults(elsewhere, 'password-phone')).toEqual([]);
    await elsewhere.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await elsewhere.reload();
    await elsewhere.getByRole('button', { name: 'تغيير كلمة المرور' }).click();
    expect(await pages.faults(elsewhere, 'password-phone-ar')).toEqual([]);
    expect(pages.errors).toEqual([]);
  }, 120_000);
});
