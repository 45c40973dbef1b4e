/** Alarms on the operators' page, and those whom they reach: a real mail server, a real receiver of webhooks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Mailbox } from '@lockerhub/sim/demo/mailbox.ts';
import { canLaunchBrowser, FleetRig, PAGE_WITHIN_MS, PHONE } from '@lockerhub/sim/testing/fleet-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MINUTE_MS = 60_000;
const DUTY = 'duty@example.org';

describe.skipIf(!canLaunchBrowser)('the alarms page', () => {
  let folder: string;
  let mailbox: Mailbox;
  let rig: FleetRig;
  let court: string;
  let mill: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-alarms-'));
    mailbox = new Mailbox(join(folder, 'mails'), systemClock);
    await mailbox.open();
    const url = `smtp://127.0.0.1:${mailbox.port}`;
    const mail = { url, password: undefined, from: 'Lockerhub <alarms@example.org>' };
    rig = await FleetRig.start({ alarms: { mail, webhooks: { allowPrivate: true } } });
    court = await rig.addBuilding('Linden Court');
    mill = await rig.addBuilding('Mill House');
    for (const building of [court, mill]) {
      await rig.enrol(building);
      await rig.hear(building, 0);
    }
  }, 240_000);
  afterAll(async () => {
    await rig?.end();
    await mailbox?.close();
    await rm(folder, { recursive: true });
  });

  const subjects = () => mailbox.mailsTo(DUTY).map(({ subject }) => subject);

  it('an address is told by mail: a test, then one mail of what began in two buildings, until it is removed', async () => {
    const page = await rig.open({}, rig.ada);
    const added: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/alarm-targets')) added.push(request.url());
    });
    await page.goto(`${rig.url}/alarms`);
    await page.getByText('Nobody is told').waitFor();
    const address = page.getByLabel('Address');
    await address.fill('duty');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('Write a whole mail address, such as duty@example.org.').waitFor();
    expect(await rig.faults(page, 'alarm-mail-wrong')).toEqual([]);
    await address.fill(DUTY);
    await page.getByRole('button', { name: 'Add' }).click();
    const target = page.getByRole('listitem').filter({ hasText: DUTY });
    await target.getByRole('button', { name: 'Send a test' }).click();
    await waitFor(() => subjects().length === 1, PAGE_WITHIN_MS, 'the test to come');
    expect(added).toHaveLength(1);
    expect(subjects()).toEqual(['Test: alarms of Linden Homes arrive here']);
    await target.getByText(/^last told/).waitFor();

    for (const building of [court, mill]) await rig.hear(building, 20 * MINUTE_MS);
    const alarm = page.getByRole('article').filter({ hasText: 'Silent' });
    await alarm.getByText('Buildings where it goes on: 2 of 2').waitFor();
    // It gathers for a minute before anybody is told.
    await rig.cloud.sql('update alarms set started_at = started_at - $1', [2 * MINUTE_MS]);
    await waitFor(() => subjects().length === 2, PAGE_WITHIN_MS, 'the alarm to come');
    const [, told] = mailbox.mailsTo(DUTY);
    expect(told?.subject).toBe('Hubs are silent: 2 buildings (Linden Homes)');
    for (const name of ['Linden Court', 'Mill House']) expect(told?.text).toContain(name);
    expect(await rig.faults(page, 'alarm-mail')).toEqual([]);

    await alarm.getByRole('button', { name: 'I see to it' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'I see to it' }).click();
    await dialog.getByText('Write what you do, in a few words.').waitFor();
    await dialog.getByRole('textbox').fill('The provider works on its line');
    await dialog.getByRole('button', { name: 'I see to it' }).click();
    await alarm.getByText('ada sees to it: The provider works on its line').waitFor();
    expect(await alarm.getByRole('button', { name: 'I see to it' }).count()).toBe(0);
    // Whoever looks next sees that somebody does, and no button for what only administrators decide.
    const other = await rig.open({ viewport: PHONE }, rig.ben);
    await other.goto(`${rig.url}/alarms`);
    await other.getByText('ada sees to it: The provider works on its line').waitFor();
    expect(await other.getByText('Who is told').count()).toBe(0);
    expect(await rig.faults(other, 'alarm-seen-phone')).toEqual([]);
    await other.context().close();

    await target.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText(`Tell ${DUTY} no more?`).waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody is told').waitFor();
    expect(subjects()).toHaveLength(2);
    await page.context().close();
  });

  it.each([
    ['phone', { viewport: PHONE }],
    ['arabic', { locale: 'ar' }],
    ['arabic, phone', { locale: 'ar', viewport: PHONE }],
  ])('shows who is told without faults: %s', async (name, options) => {
    const path = `/api/v1/organisations/${rig.ada.organisation}/alarm-targets`;
    const { body } = await rig.ada.ask(path, { channel: 'mail', address: DUTY });
    const page = await rig.open(options, rig.ada);
    await page.goto(`${rig.url}/alarms`);
    await page.getByText(DUTY).waitFor();
    await page.getByRole('article').waitFor();
    expect(await rig.faults(page, `alarm-mail-${name}`)).toEqual([]);
    await rig.ada.ask(`${path}/${(body as { target: string }).target}/remove`, {});
    await page.context().close();
  });

  it('a webhook is added, tried and removed', async () => {
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
    await rig.cloud.sql(
      `insert into log_checks (building, checked_at, head_seq, damaged_seq, detail) values ($1, $2, 0, 1, 'changed')
       on conflict (building) do update set damaged_seq = 1`,
      [court, Date.now()],
    );
    const hook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/alarms`;
    const page = await rig.open({}, rig.ada);
    await page.goto(`${rig.url}/alarms`);
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
    await waitFor(() => told.some((body) => body.includes('"test"')), PAGE_WITHIN_MS, 'the webhook was told');
    expect(await rig.faults(page, 'alarm-acknowledged')).toEqual([]);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody is told').waitFor();
    await page.context().close();
    listener.close();
  });

  it('breaks nowhere', () => {
    expect(rig.errors).toEqual([]);
  });
});
