/** The operators' page in a real browser, from a real gateway over a real Postgres. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import arabic from '@lockerhub/hub/web/words/languages/ar.ts';
import english from '@lockerhub/hub/web/words/languages/en.ts';
import type { ToldAgent } from '@lockerhub/protocol/sync/hub-messages.ts';
import { canLaunchBrowser, FleetRig, NARROW } from '@lockerhub/sim/testing/fleet-rig.ts';
import { OPERATOR_PASSWORD, type SignedIn } from '@lockerhub/sim/testing/operator-rig.ts';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const LOBBY = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  baseMm: 200,
  columns: [{ widthMm: 450, cells: [1, 2, 3].map((number) => ({ number, size: 'M', heightMm: 200 })) }],
};

const ENDED = {
  endedAtMs: Date.UTC(2026, 10, 20),
  release: '0.1.0-abc',
  isKept: true,
  code: null,
  why: null,
};

describe.skipIf(!canLaunchBrowser)('the fleet page', () => {
  let releases: string;
  let rig: FleetRig;
  let court: string;

  beforeAll(async () => {
    releases = await mkdtemp(join(tmpdir(), 'lockerhub-releases-'));
    await writeFile(join(releases, 'lockerhub-0.2.0-linux-x64.tar'), 'a release');
    rig = await FleetRig.start({ releases });
    court = await rig.addBuilding('Linden Court');
    await rig.addBuilding('Mill House');
    await rig.enrol(court);
    await hear(0);
    await fillHistory();
    await rig.cloud.sql(`insert into banks (building, id, layout, stamps) values ($1, 'lobby', $2, '{}')`, [
      court,
      JSON.stringify(LOBBY),
    ]);
  }, 240_000);
  afterAll(async () => {
    await rig?.end();
    await rm(releases, { recursive: true });
  });

  /** Its hub was last heard so long ago, with a disk that is nearly full. */
  const hear = (agoMs: number) => rig.hear(court, agoMs, 'low');

  /** A day and a month with two hours of silence now and then, in which entries pile up. */
  async function fillHistory(): Promise<void> {
    for (const [ring, stepMs, slots] of [
      ['day', 300_000, 288],
      ['month', 3_600_000, 720],
    ]) {
      await rig.cloud.sql(
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

  it('lets somebody in who knows the password, and nobody else', async () => {
    const page = await rig.open();
    await page.goto(rig.url);
    await page.getByLabel('Sign-in name').fill('ada');
    await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name or password is wrong').waitFor();
    expect(await rig.faults(page, 'sign-in')).toEqual([]);
    await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: /Linden Court/ }).waitFor();
    await page.context().close();
  });

  it.each([
    ['desktop', {}, 'Buildings'],
    ['phone', { viewport: NARROW }, 'Buildings'],
    ['arabic, phone', { locale: 'ar', viewport: NARROW }, 'المباني'],
    ['spanish, dark', { locale: 'es', colorScheme: 'dark' as const }, 'Edificios'],
  ])('shows all buildings and each page without faults: %s', async (name, options, title) => {
    const page = await rig.open(options, rig.ada);
    await page.goto(rig.url);
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
    expect(await rig.faults(page, `fleet-${name}`)).toEqual([]);
    for (const path of [`/buildings/${court}`, '/alarms', '/operators', '/audit']) {
      await page.goto(`${rig.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect([path, await rig.faults(page, `${path.split('/')[1]}-${name}`)]).toEqual([path, []]);
    }
    await page.context().close();
  });

  /** As its hub tells of them. */
  async function tellOfAgents(agents: readonly ToldAgent[] | null): Promise<void> {
    const told = agents && JSON.stringify(agents);
    await rig.cloud.sql('update heartbeats set agents = $2 where building = $1', [court, told]);
  }

  it.each([
    ['desktop', {}, english],
    ['phone', { viewport: NARROW }, english],
    ['arabic, phone', { locale: 'ar', viewport: NARROW }, arabic],
  ])(
    'what hub and agents of a building run stands on its page: %s',
    async (name, options, { versions, updates }) => {
      await hear(0);
      const [kept, putBack] = [ENDED, { ...ENDED, isKept: false, code: 'unhealthy', why: 'it did not run' }];
      await tellOfAgents([
        { bank: 'garage', software: 'edge-agent 0.0.9', sinceMs: ENDED.endedAtMs, update: putBack },
        { bank: 'lobby', software: 'edge-agent 0.1.0', sinceMs: ENDED.endedAtMs, update: kept },
      ]);
      const page = await rig.open(options, rig.ada);
      await page.goto(`${rig.url}/buildings/${court}`);
      const table = page.getByRole('region', { name: versions.title });
      const shows = async (machine: string, ...words: readonly string[]) => {
        const row = table.getByRole('row').filter({ hasText: machine });
        for (const word of words) await row.getByText(word).locator('visible=true').first().waitFor();
      };
      const agentOf = (bank: string) => versions.agent.replace('{{bank}}', bank);
      await shows('lockerhub 0.1.0', versions.hub);
      await shows(
        agentOf('lobby'),
        'edge-agent 0.1.0',
        versions.kept.replace('{{at}}', ''),
        versions.standing.same,
      );
      await shows(agentOf('garage'), 'edge-agent 0.0.9', updates.fault.unhealthy, versions.standing.older);
      expect(await table.getByRole('row').count()).toBe(4);
      expect(await rig.faults(page, `versions-${name}`)).toEqual([]);
      await tellOfAgents(null);
      await page.context().close();
    },
  );

  it('a code for a hub is made and shown once', async () => {
    const page = await rig.open({}, rig.ada);
    await page.goto(`${rig.url}/buildings/${court}`);
    await page.getByRole('button', { name: 'For a hub that replaces this one' }).click();
    await page.getByText('It is shown this once').waitFor();
    await page.context().close();
  });

  /** A page whose device believes that it is another time. */
  async function withWrongClock(by: SignedIn, offMs: number): Promise<Page> {
    const page = await rig.open({}, by);
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
    const asker = await withWrongClock(rig.ada, -3_600_000);
    const approver = await withWrongClock(rig.ben, 3_600_000);
    for (const page of [asker, approver]) await page.goto(`${rig.url}/buildings/${court}`);
    await approver.getByText('Nothing was asked yet.').waitFor();
    await askToOpen(asker, 'locked out');
    const asked = approver.getByRole('listitem').filter({ hasText: 'locked out' }).first();
    await asked.getByText('waits for another operator').waitFor();
    const toApprove = await secondsOf(asked);
    expect(toApprove > 500 && toApprove <= 600, `${toApprove} s of 600`).toBe(true);
    expect(await rig.faults(approver, 'command')).toEqual([]);
    await approver.getByRole('button', { name: 'Approve' }).click();
    await approver.getByRole('dialog').getByText('locked out').waitFor();
    await approver.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    const seen = asker.getByRole('listitem').filter({ hasText: 'locked out' }).first();
    await seen.getByText('on its way', { exact: true }).waitFor();
    await seen.getByText(/Approved by ben/).waitFor();
    const toObey = await secondsOf(seen);
    expect(toObey > 20 && toObey <= 60, `${toObey} s of 60`).toBe(true);
    await rig.cloud.sql(
      `insert into command_results (building, command, taken_at, outcome, ended_at, seq)
       select building, command, $2, 'done', $2, 1 from command_requests where building = $1`,
      [court, Date.now()],
    );
    await seen.getByText('done', { exact: true }).waitFor();
    await seen.getByText(/The hub’s answer/).waitFor();
    expect(await rig.faults(asker, 'command-done')).toEqual([]);
    for (const page of [asker, approver]) await page.context().close();
  });

  it('a hub is brought to a release that the cloud has, by two', async () => {
    await hear(0);
    const [asker, approver] = [await rig.open({ viewport: NARROW }, rig.ada), await rig.open({}, rig.ben)];
    for (const page of [asker, approver]) await page.goto(`${rig.url}/buildings/${court}`);
    await asker.getByRole('button', { name: 'Ask for something' }).click();
    const dialog = asker.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'What' }).click();
    await asker.getByRole('option', { name: 'Update the hub' }).click();
    await dialog.getByRole('combobox', { name: 'Release' }).click();
    await asker.getByRole('option', { name: '0.2.0' }).click();
    await dialog.getByLabel('Reason').fill('a fault is mended');
    expect(await rig.faults(asker, 'update-phone')).toEqual([]);
    await dialog.getByRole('button', { name: 'Ask for something' }).click();
    const row = approver.getByRole('listitem').filter({ hasText: 'a fault is mended' }).first();
    await row.getByText('Update the hub 0.2.0').waitFor();
    await row.getByRole('button', { name: 'Approve' }).click();
    await approver.getByRole('dialog').getByText('The hub fetches 0.2.0').waitFor();
    await approver.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await row.getByText('on its way', { exact: true }).waitFor();
    expect(await rig.faults(approver, 'update-sent')).toEqual([]);
    await rig.cloud.sql('delete from command_requests');
    await rig.cloud.sql('delete from commands');
    for (const page of [asker, approver]) await page.context().close();
  });

  it('a command that the hub did not take in time says so, and none is given to a building that is away', async () => {
    await hear(0);
    const page = await rig.open({}, rig.ada);
    await page.goto(`${rig.url}/buildings/${court}`);
    await askToOpen(page, 'too late');
    const row = page.getByRole('listitem').filter({ hasText: 'too late' }).first();
    await row.getByText('waits for another operator').waitFor();
    await rig.cloud.sql(
      `update command_requests set state = 'sent', expires_at = $2 where building = $1 and state = 'waiting'`,
      [court, Date.now() - 1],
    );
    await row.getByText('the hub did not take it in time').waitFor();
    await hear(20 * 60_000);
    await askToOpen(page, 'nobody hears');
    await page.getByRole('dialog').getByText('The building is offline').waitFor();
    expect(await rig.faults(page, 'command-refused')).toEqual([]);
    await hear(0);
    await page.context().close();
  });

  it('the cloud’s copy of the log is looked at when somebody asks, and what was found stands there', async () => {
    await rig.cloud.sql('update buildings set head_seq = 7 where id = $1', [court]);
    const page = await rig.open({}, rig.ben);
    await page.goto(`${rig.url}/buildings/${court}`);
    // The gateway may have looked by itself meanwhile; what somebody asks for is looked at all the same.
    await page.getByRole('button', { name: 'Look at it now' }).click();
    // The head is there and no entry of it: the first is missing.
    await page.getByText('Entry 1 was changed here').waitFor();
    expect(await rig.faults(page, 'log-damaged')).toEqual([]);
    await page.context().close();
  });

  it('somebody is invited, joins by the link, and sees no more than a viewer may', async () => {
    const page = await rig.open({}, rig.ada);
    await page.goto(`${rig.url}/operators`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Cleo');
    await dialog.getByRole('button', { name: 'Invite somebody' }).click();
    const link = await dialog.locator('code').innerText();
    const guest = await rig.open();
    await guest.goto(link);
    await guest.getByText('Welcome to Linden Homes').waitFor();
    expect(await rig.faults(guest, 'invitation')).toEqual([]);
    await guest.getByLabel('Login').fill('cleo');
    await guest.getByRole('textbox', { name: 'Password' }).fill(OPERATOR_PASSWORD);
    await guest.getByRole('button', { name: 'Join' }).click();
    await guest.getByRole('link', { name: /Linden Court/ }).click();
    await guest.getByRole('heading', { name: 'Commands' }).waitFor();
    expect(await guest.getByRole('button', { name: 'Ask for something' }).count()).toBe(0);
    expect(await guest.getByRole('link', { name: 'Operators' }).count()).toBe(0);
    expect(rig.errors).toEqual([]);
    await guest.context().close();
    await page.context().close();
  });
});
