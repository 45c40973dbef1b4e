/** The operators' page in a real browser, from a real gateway over a real Postgres. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { CloudRig } from '@lockerhub/sim/testing/cloud-rig.ts';
import {
  firstAdmin,
  invited,
  OPERATOR_PASSWORD,
  type SignedIn,
} from '@lockerhub/sim/testing/operator-rig.ts';
import { pageFaults } from '@lockerhub/sim/testing/page-faults.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;
const PICTURES = process.env.LOCKERHUB_PICTURES;
const INSTANCE = '00000000-0000-4000-8000-000000000001';
const LOBBY = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  baseMm: 200,
  columns: [{ widthMm: 450, cells: [1, 2, 3].map((number) => ({ number, size: 'M', heightMm: 200 })) }],
};
const PHONE = { width: 360, height: 740 };

describe.skipIf(!canLaunchBrowser)('the fleet page', () => {
  let browser: Browser;
  let releases: string;
  let rig: CloudRig;
  let url: string;
  let ada: SignedIn;
  let ben: SignedIn;
  let court: string;
  const errors: string[] = [];

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    releases = await mkdtemp(join(tmpdir(), 'lockerhub-releases-'));
    await writeFile(join(releases, 'lockerhub-0.2.0-linux-x64.tar'), 'a release');
    rig = await CloudRig.start({ releases });
    const running = await rig.gateway();
    url = running.url;
    ada = await firstAdmin(running, 'Linden Homes', 'ada');
    ben = await invited(url, ada, 'support', 'ben');
    court = await newBuilding('Linden Court', 'linden-court');
    await newBuilding('Mill House', 'mill-house');
    await rig.sql('update buildings set epoch = 4, epoch_instance = $2 where id = $1', [court, INSTANCE]);
    await rig.sql(
      `insert into hubs (building, instance, epoch, token_hash, enrolled_at, software, schema)
       values ($1, $2, 4, 'x', 0, '', 1)`,
      [court, INSTANCE],
    );
    await hear(0);
    await fillHistory();
    await rig.sql(`insert into banks (building, id, layout, stamps) values ($1, 'lobby', $2, '{}')`, [
      court,
      JSON.stringify(LOBBY),
    ]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await rig?.end();
    await rm(releases, { recursive: true });
  });

  async function newBuilding(name: string, slug: string): Promise<string> {
    const body = { name, slug, timeZone: 'Europe/Berlin' };
    const answer = await ada.ask(`/api/v1/organisations/${ada.organisation}/buildings`, body);
    return (answer.body as { building: string }).building;
  }

  /** Its hub was last heard so long ago. */
  const hear = (agoMs: number) =>
    rig.sql(
      `insert into heartbeats (building, instance, at, hub_head_seq, hub_head_hash, unsent_entries, unsent_rows,
         wall_ms, clock, disk, software, schema)
       values ($1, $2, $3, 7, 'ab', 12, 1, $3, 'trusted', 'low', 'lockerhub 0.1.0', 1)
       on conflict (building) do update set at = excluded.at, wall_ms = excluded.wall_ms`,
      [court, INSTANCE, Date.now() - agoMs],
    );

  /** A day and a month with two hours of silence now and then, in which entries pile up. */
  async function fillHistory(): Promise<void> {
    for (const [ring, stepMs, slots] of [
      ['day', 300_000, 288],
      ['month', 3_600_000, 720],
    ]) {
      await rig.sql(
        `insert into health_samples (building, ring, slot, at, heard_at, unsent_entries, unsent_rows, clock_off_ms,
           open_cases)
         select $1, $2, n, $3::bigint - ($4::bigint - n) * $5::bigint,
           $3::bigint - ($4::bigint - n) * $5::bigint - case when n % 96 > 72 then (n % 96 - 72) * $5::bigint else 20000 end,
           case when n % 96 > 72 then 9 * sqrt(n % 96 - 72) else 0 end, 0, 12, 1
         from generate_series(1, $4::int) n`,
        [court, ring, Date.now() - 60_000, slots, stepMs],
      );
    }
  }

  async function open(options: BrowserContextOptions = {}, by?: SignedIn): Promise<Page> {
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(WITHIN_MS);
    const [name = '', value = ''] = by?.cookie.split('=') ?? [];
    if (by) await context.addCookies([{ name, value, url }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    return page;
  }

  async function faults(page: Page, name: string): Promise<string[]> {
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/fleet-${name}.png`, fullPage: true });
    return pageFaults(page);
  }

  it('lets somebody in who knows the password, and nobody else', async () => {
    const page = await open();
    await page.goto(url);
    await page.getByLabel('Sign-in name').fill('ada');
    await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name or password is wrong').waitFor();
    expect(await faults(page, 'sign-in')).toEqual([]);
    await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: /Linden Court/ }).waitFor();
    await page.context().close();
  });

  it.each([
    ['desktop', {}, 'Buildings'],
    ['phone', { viewport: PHONE }, 'Buildings'],
    ['arabic, phone', { locale: 'ar', viewport: PHONE }, 'المباني'],
    ['spanish, dark', { locale: 'es', colorScheme: 'dark' as const }, 'Edificios'],
  ])('shows all buildings and each page without faults: %s', async (name, options, title) => {
    const page = await open(options, ada);
    await page.goto(url);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    const rows = page.getByRole('main').getByRole('link');
    // What needs a person first: its disk is nearly full, while the other has no hub at all yet. The gateway looks at all
    // buildings once in a while, so the page may have to ask again.
    await rows
      .first()
      .and(page.getByRole('link', { name: /Linden Court/ }))
      .waitFor();
    await rows
      .nth(1)
      .and(page.getByRole('link', { name: /Mill House/ }))
      .waitFor();
    expect(await faults(page, `fleet-${name}`)).toEqual([]);
    for (const path of [`/buildings/${court}`, '/alarms', '/operators', '/audit']) {
      await page.goto(`${url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect([path, await faults(page, `${path.split('/')[1]}-${name}`)]).toEqual([path, []]);
    }
    await page.context().close();
  });

  it('a code for a hub is made and shown once', async () => {
    const page = await open({}, ada);
    await page.goto(`${url}/buildings/${court}`);
    await page.getByRole('button', { name: 'For a hub that replaces this one' }).click();
    await page.getByText('It is shown this once').waitFor();
    await page.context().close();
  });

  /** A page whose device believes that it is another time. */
  async function withWrongClock(by: SignedIn, offMs: number): Promise<Page> {
    const page = await open({}, by);
    await page.addInitScript((off) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + off;
    }, offMs);
    return page;
  }

  async function askToOpen(page: Page, reason: string): Promise<void> {
    await page.getByRole('button', { name: 'Ask for something' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Bank' }).click();
    await page.getByRole('option', { name: 'Lobby' }).click();
    await dialog.getByRole('combobox', { name: 'Door' }).click();
    await page.getByRole('option', { name: '3', exact: true }).click();
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Ask for something' }).click();
  }

  const secondsOf = async (row: Locator) => Number.parseInt(await row.getByRole('timer').innerText(), 10);

  it('a door is opened by two, counted down by the cloud’s time, and says what became of it', async () => {
    await hear(0);
    const asker = await withWrongClock(ada, -3_600_000);
    const approver = await withWrongClock(ben, 3_600_000);
    for (const page of [asker, approver]) await page.goto(`${url}/buildings/${court}`);
    await approver.getByText('Nothing was asked yet.').waitFor();
    await askToOpen(asker, 'locked out');
    const asked = approver.getByRole('listitem').filter({ hasText: 'locked out' }).first();
    await asked.getByText('waits for another operator').waitFor();
    const toApprove = await secondsOf(asked);
    expect(toApprove > 500 && toApprove <= 600, `${toApprove} s of 600`).toBe(true);
    expect(await faults(approver, 'command')).toEqual([]);
    await approver.getByRole('button', { name: 'Approve' }).click();
    await approver.getByRole('dialog').getByText('locked out').waitFor();
    await approver.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    const seen = asker.getByRole('listitem').filter({ hasText: 'locked out' }).first();
    await seen.getByText('on its way', { exact: true }).waitFor();
    await seen.getByText(/Approved by ben/).waitFor();
    const toObey = await secondsOf(seen);
    expect(toObey > 20 && toObey <= 60, `${toObey} s of 60`).toBe(true);
    await rig.sql(
      `insert into command_results (building, command, taken_at, outcome, ended_at, seq)
       select building, command, $2, 'done', $2, 1 from command_requests where building = $1`,
      [court, Date.now()],
    );
    await seen.getByText('done', { exact: true }).waitFor();
    await seen.getByText(/The hub’s answer/).waitFor();
    expect(await faults(asker, 'command-done')).toEqual([]);
    for (const page of [asker, approver]) await page.context().close();
  });

  it('a hub is brought to a release that the cloud has, by two', async () => {
    await hear(0);
    const [asker, approver] = [await open({ viewport: PHONE }, ada), await open({}, ben)];
    for (const page of [asker, approver]) await page.goto(`${url}/buildings/${court}`);
    await asker.getByRole('button', { name: 'Ask for something' }).click();
    const dialog = asker.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'What' }).click();
    await asker.getByRole('option', { name: 'Update the hub' }).click();
    await dialog.getByRole('combobox', { name: 'Release' }).click();
    await asker.getByRole('option', { name: '0.2.0' }).click();
    await dialog.getByLabel('Reason').fill('a fault is mended');
    expect(await faults(asker, 'update-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Ask for something' }).click();
    const row = approver.getByRole('listitem').filter({ hasText: 'a fault is mended' }).first();
    await row.getByText('Update the hub 0.2.0').waitFor();
    await row.getByRole('button', { name: 'Approve' }).click();
    await approver.getByRole('dialog').getByText('The hub fetches 0.2.0').waitFor();
    await approver.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await row.getByText('on its way', { exact: true }).waitFor();
    expect(await faults(approver, 'update-sent')).toEqual([]);
    await rig.sql('delete from command_requests');
    await rig.sql('delete from commands');
    for (const page of [asker, approver]) await page.context().close();
  });

  it('a command that the hub did not take in time says so, and none is given to a building that is away', async () => {
    await hear(0);
    const page = await open({}, ada);
    await page.goto(`${url}/buildings/${court}`);
    await askToOpen(page, 'too late');
    const row = page.getByRole('listitem').filter({ hasText: 'too late' }).first();
    await row.getByText('waits for another operator').waitFor();
    await rig.sql(
      `update command_requests set state = 'sent', expires_at = $2 where building = $1 and state = 'waiting'`,
      [court, Date.now() - 1],
    );
    await row.getByText('the hub did not take it in time').waitFor();
    await hear(20 * 60_000);
    await askToOpen(page, 'nobody hears');
    await page.getByRole('dialog').getByText('The building is offline').waitFor();
    expect(await faults(page, 'command-refused')).toEqual([]);
    await hear(0);
    await page.context().close();
  });

  it('a courier gets hours of their own and is revoked, by support; a viewer sees nobody', async () => {
    const page = await open({ viewport: PHONE }, ben);
    await page.goto(`${url}/buildings/${court}`);
    await page.getByText('Who looks at people is written down.').waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('button', { name: 'Add a courier' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add a courier' }).click();
    await dialog.getByLabel('Carrier').fill('Northline');
    await dialog.getByLabel('Person').fill('Ines Duarte');
    await dialog.getByRole('switch', { name: 'Hours of their own' }).click();
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await dialog.getByLabel(day).uncheck();
    expect(await faults(page, 'courier-new-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Add a courier' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'Ines Duarte (Northline)' });
    await row.getByText(/Sat · 0?7:00 to 21:00/).waitFor();
    expect(await faults(page, 'couriers-phone')).toEqual([]);
    await row.getByRole('button', { name: 'Hours: Ines Duarte (Northline)' }).click();
    await dialog.getByRole('switch', { name: 'Hours of their own' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('in the building’s hours').waitFor();
    await row.getByRole('button', { name: 'Revoke: Ines Duarte (Northline)' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked', { exact: true }).waitFor();
    const audit = await rig.sql<{ action: string }>(
      `select action from audit where action like 'courier.%' order by at`,
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'courier.added',
      'courier.changed',
      'courier.revoked',
    ]);
    await page.context().close();
    const viewer = await open({}, await invited(url, ada, 'viewer', 'vera'));
    await viewer.goto(`${url}/buildings/${court}`);
    await viewer.getByRole('heading', { name: 'Deliveries' }).waitFor();
    expect(await viewer.getByRole('heading', { name: 'Couriers' }).count()).toBe(0);
    await viewer.context().close();
  });

  it('the cloud’s copy of the log is looked at when somebody asks, and what was found stands there', async () => {
    await rig.sql('update buildings set head_seq = 7 where id = $1', [court]);
    const page = await open({}, ben);
    await page.goto(`${url}/buildings/${court}`);
    // The gateway may have looked by itself meanwhile; what somebody asks for is looked at all the same.
    await page.getByRole('button', { name: 'Look at it now' }).click();
    // The head is there and no entry of it: the first is missing.
    await page.getByText('Entry 1 was changed here').waitFor();
    expect(await faults(page, 'log-damaged')).toEqual([]);
    await page.context().close();
  });

  it('an alarm is acknowledged with what is done about it, and a webhook is added, tried and removed', async () => {
    const told: string[] = [];
    const listener = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => {
        body += piece.toString();
      });
      request.on('end', () => {
        told.push(body);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    // It rings at the next round, seconds later.
    await rig.sql(
      `insert into log_checks (building, checked_at, head_seq, damaged_seq, detail) values ($1, $2, 0, 1, 'changed')
       on conflict (building) do update set damaged_seq = 1`,
      [court, Date.now()],
    );
    const hook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/alarms`;
    const page = await open({}, ada);
    await page.goto(`${url}/alarms`);
    const alarm = page.getByRole('article').filter({ hasText: 'Logs damaged' });
    await alarm.getByRole('button', { name: 'I see to it' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('Comparing it with the hub');
    await page.getByRole('dialog').getByRole('button', { name: 'I see to it' }).click();
    await alarm.getByText('ada sees to it: Comparing it with the hub').waitFor();
    await page.getByRole('combobox', { name: 'Who is told' }).click();
    await page.getByRole('option', { name: 'Webhook' }).click();
    await page.getByLabel('Address').fill(hook);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('whsec_').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await waitFor(() => told.some((body) => body.includes('"test"')), WITHIN_MS, 'the webhook was told');
    expect(await faults(page, 'alarm-acknowledged')).toEqual([]);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody is told').waitFor();
    await page.context().close();
    listener.close();
  });

  it('somebody is invited, joins by the link, and sees no more than a viewer may', async () => {
    const page = await open({}, ada);
    await page.goto(`${url}/operators`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Cleo');
    await dialog.getByRole('button', { name: 'Invite somebody' }).click();
    const link = await dialog.locator('code').innerText();
    const guest = await open();
    await guest.goto(link);
    await guest.getByText('Welcome to Linden Homes').waitFor();
    expect(await faults(guest, 'invitation')).toEqual([]);
    await guest.getByLabel('Login').fill('cleo');
    await guest.getByRole('textbox', { name: 'Password' }).fill(OPERATOR_PASSWORD);
    await guest.getByRole('button', { name: 'Join' }).click();
    await guest.getByRole('link', { name: /Linden Court/ }).click();
    await guest.getByRole('heading', { name: 'Commands' }).waitFor();
    expect(await guest.getByRole('button', { name: 'Ask for something' }).count()).toBe(0);
    expect(await guest.getByRole('link', { name: 'Operators' }).count()).toBe(0);
    expect(errors).toEqual([]);
    await guest.context().close();
    await page.context().close();
  });
});
