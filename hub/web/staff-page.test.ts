/** The staff page in a real browser, against a real hub that reaches a simulated PLC by Modbus TCP. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PairReply } from '@lockerhub/protocol/http/visit.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { bankFileOf } from '@lockerhub/sim/demo/bank-files.ts';
import { BANKS, type StandingBank, standUp } from '@lockerhub/sim/demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { EVERY_RULE, pageFaults, type Rules } from '@lockerhub/sim/testing/page-faults.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { HubLink } from '@lockerhub/sim/walk/hub-link.ts';
import { type Hands, putIn, Visit } from '@lockerhub/sim/walk/people.ts';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 15_000;
/** axe-core reads a dozen pages, each for a second or more on a busy machine. */
const AXE_WITHIN_MS = 180_000;

const NARROW_RULES: Rules = {
  type: 'rule',
  values: ['color-contrast', 'target-size', 'button-name', 'link-name', 'label', 'aria-hidden-focus'],
};

let browser: Browser;

/** A page whose every complaint counts, the browser's about the hub's policy above all. */
async function newPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<{
  page: Page;
  context: BrowserContext;
  complaints: string[];
}> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'America/New_York',
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(WITHIN_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** A cable between browser and hub that can be pulled. */
async function startCable(targetPort: number) {
  const sockets = new Set<Socket>();
  let plugged = true;
  const server = createServer((near) => {
    if (!plugged) {
      near.destroy();
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pull() {
      plugged = false;
      for (const socket of sockets) socket.destroy();
    },
    plug() {
      plugged = true;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(!canLaunchBrowser)('the staff page', () => {
  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
  }, 180_000);
  afterAll(() => browser.close());

  describe('on an empty building', () => {
    let rig: HubRig;
    beforeAll(async () => {
      rig = await startHubRig();
    });
    afterAll(() => rig.end());

    it('stands a browser that names no language, as Chromium under LANG=C', async () => {
      const { page, context, complaints } = await newPage();
      await page.addInitScript(() =>
        Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' }),
      );
      await page.goto(rig.httpUrl);
      await page.getByText('At least 10 characters; any are allowed').waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('sets it up, with the rules said beforehand, and says what to do first', async () => {
      const { page, context, complaints } = await newPage();
      await page.goto(rig.httpUrl);
      await page.getByText('At least 10 characters; any are allowed').waitFor();
      await page.getByRole('button', { name: 'Set up and sign in' }).click();
      expect(await page.getByText('Please fill this in').count()).toBeGreaterThan(1);

      await page.getByLabel('Name of the building').fill('Linden Court');
      expect(await page.getByLabel('Short name in addresses').inputValue()).toBe('linden-court');
      await page.getByLabel('Sign-in name').fill('ana');
      await page.getByRole('textbox', { name: 'Password', exact: false }).first().fill('four random words');
      await page.getByLabel('Password again').fill('four random words');
      await page.getByLabel('E-mail address (optional)').fill('ana');
      await page.getByRole('button', { name: 'Set up and sign in' }).click();
      await page.getByText('This is no e-mail address').waitFor();
      expect(await pageFaults(page)).toEqual([]);
      await page.getByLabel('E-mail address (optional)').fill('ana@example.org');
      await page.getByRole('button', { name: 'Set up and sign in' }).click();

      await page.getByRole('heading', { name: 'Recovery key' }).waitFor();
      expect(rig.hub.register.all('staff')).toMatchObject([{ login: 'ana', email: 'ana@example.org' }]);
      await page.getByRole('button', { name: 'Make a recovery key' }).click();
      const key = await page.getByText(/^([0-9A-Z]{5}-){6}[0-9A-Z]{5}$/).innerText();
      await page.getByLabel('Type its last group').fill('00000');
      await page.getByRole('button', { name: 'It is on paper' }).click();
      await page.getByText('That is not the last group of this key').waitFor();
      expect(await pageFaults(page)).toEqual([]);
      await page.getByLabel('Type its last group').fill(key.slice(-5).toLowerCase());
      await page.getByRole('button', { name: 'It is on paper' }).click();

      await page.getByRole('heading', { name: 'First steps' }).waitFor();
      await page.getByText('You signed in').waitFor();
      await page.getByRole('link', { name: 'Add a bank' }).click();
      await page.getByText('No bank yet').waitFor();

      await page.getByRole('button', { name: 'Account of ana' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.getByLabel('Sign-in name').fill('ana');
      await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Name or password is wrong.').waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  describe('on a building at work', () => {
    let rig: HubRig;
    let cable: Awaited<ReturnType<typeof startCable>>;
    let lobby: StandingBank;
    let page: Page;
    let context: BrowserContext;
    let complaints: string[];
    let kiosk: HubLink;

    /** A hand that waits until the lock has let go of the latch. */
    const hands: Hands = {
      close: async (_bank, door) => {
        await waitFor(() => lobby.plc.hand.close(door), WITHIN_MS, `door ${door} to shut`);
      },
    };

    beforeAll(async () => {
      const [bank] = BANKS;
      if (!bank) throw new Error('the demo has no bank');
      lobby = await standUp(bank, 0, systemClock, () => {});
      rig = await startHubRig({ ...smallPlan(), banks: [], terminals: [], policy: { undoMs: 1_000 } });
      cable = await startCable(Number(new URL(rig.httpUrl).port));
      ({ page, context, complaints } = await newPage());
      await page.goto(cable.url);
      await page.getByLabel('Sign-in name').fill('manager');
      await page.getByRole('textbox', { name: 'Password' }).fill(RIG_PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Building now' }).waitFor();
    });
    afterAll(async () => {
      await context.close();
      await cable.stop();
      await rig.end();
      await lobby.server.stop();
    });

    const goTo = (name: string) => page.getByRole('link', { name, exact: true }).click();

    it('adds a bank by its file and shows its doors as they are', async () => {
      await goTo('Banks');
      await page.getByRole('button', { name: 'Add a bank' }).click();
      await page.getByLabel('Bank file (YAML)').fill('layout: [');
      await page.getByRole('button', { name: 'Add bank' }).click();
      await page.getByText('That did not work').waitFor();
      await page
        .getByLabel('Bank file (YAML)')
        .fill(bankFileOf(lobby.layout, lobby.unsensed, lobby.server.port));
      await page.getByRole('button', { name: 'Add bank' }).click();
      await page.getByRole('button', { name: 'I have stored it' }).click();
      await goTo('Building now');
      await page.getByText('Answers', { exact: true }).waitFor();
      await page.getByRole('button', { name: /^Door 12,.*: closed/ }).waitFor();
    });

    it('pairs a terminal by a code that it shows once', async () => {
      await goTo('Terminals');
      await page.getByRole('button', { name: 'Pair a terminal' }).click();
      await page.getByLabel('Name').fill('Hall');
      await page.getByRole('button', { name: 'Show a code' }).click();
      await page.getByText(/Valid for/).waitFor();
      const code = await page.getByRole('dialog').locator('code').textContent();
      const { token } = await new HubLink(rig.httpUrl).ask('POST', '/api/v1/terminals/pair', PairReply, {
        code,
      });
      kiosk = new HubLink(rig.httpUrl, token);
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.getByRole('heading', { name: 'Hall' }).waitFor();
    });

    it('shows a parcel as it comes, and proves its story', async () => {
      const courier = rig.made?.couriers[0]?.code ?? '';
      await goTo('Building now');
      const visit = await Visit.start(kiosk, courier);
      const [recipient] = await visit.recipients('1A');
      if (!recipient) throw new Error('nobody lives in 1A');
      const { unit, resident } = recipient;
      await putIn(visit, { unit, resident, size: 'S', tracking: 'TRACK-77' }, hands);
      await visit.end();
      await page.getByText('In: the parcel for 1A, confirmed').waitFor();
      await page.getByText('1 parcel waits').waitFor();
      await page.getByRole('button', { name: /parcel inside/ }).waitFor();

      await page.keyboard.press('/');
      await page.keyboard.type('TRACK-77');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: /1A/ }).click();
      await page.getByRole('heading', { name: 'Parcel for 1A' }).waitFor();
      await page.getByRole('button', { name: 'Verify here' }).click();
      await page.getByText('It holds.').waitFor();
    });

    it('opens a door for a reason, once asked, and the door opens', async () => {
      await goTo('Building now');
      await page.getByRole('button', { name: /^Door 13,/ }).click();
      await page.getByRole('button', { name: 'Open this door' }).click();
      await page.getByText(/springs open at once/).waitFor();
      const confirm = page.getByRole('dialog', { name: /Open Lobby/ });
      await confirm.getByRole('button', { name: 'Open this door' }).click();
      await page.getByText('At least 3 characters').waitFor();
      expect(lobby.plc.door(13).open).toBe(false);
      await confirm.getByLabel('Reason').fill('looking for a lost scarf');
      await confirm.getByRole('button', { name: 'Open this door' }).click();
      await page.getByText('Lobby · Door 13 was told to open.').waitFor();
      await waitFor(() => lobby.plc.door(13).open, WITHIN_MS, 'door 13 to open');
      await page
        .getByText(/may open for staff: looking for a lost scarf/)
        .first()
        .waitFor();
      await hands.close('lobby', 13);
      await page.getByText('Door 13 is shut').first().waitFor();
      await page.keyboard.press('Escape');
    });

    it('puts a forced door first, and closes its case', async () => {
      lobby.plc.hand.open(2);
      await page.getByText('Door 2 was forced open').first().waitFor();
      await page.getByText('1 open case', { exact: true }).waitFor();
      await goTo('Look: 1 open case');
      await page.getByRole('heading', { name: 'A door opened by itself or by force' }).waitFor();
      await page.getByRole('button', { name: 'Close case' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('What was done').fill('The latch was loose; tightened.');
      await dialog.getByRole('button', { name: 'Close case' }).click();
      await page.getByText('No open case').waitFor();
      await hands.close('lobby', 2);
    });

    it('shows a message without its code until somebody asks, and the log tells who did', async () => {
      await goTo('Outbox');
      await page.getByText('•••• ••••').first().waitFor();
      await page
        .getByRole('button', { name: /Show the code/ })
        .first()
        .click();
      await page.getByText(/written into the log, under your name/).waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Show the code' }).click();
      await page.getByText(/\d{4} \d{4}/).waitFor();
      await goTo('Log');
      await page.getByText('You read the code in a message').waitFor();
      await page.getByRole('button', { name: /Verify what is shown/ }).click();
      await page.getByText('It holds.').waitFor();
    });

    it('says that the hub is away, and comes back by itself with what was missed', async () => {
      await goTo('Building now');
      cable.pull();
      await page.getByText('No connection to the hub').waitFor();
      lobby.plc.hand.open(3);
      await waitFor(
        async () =>
          (await rig.ask('/api/v1/building', { token: await rig.signIn('auditor') })).json.openCases === 1,
        WITHIN_MS,
        'the case of door 3',
      );
      cable.plug();
      await page.getByText('No connection to the hub').waitFor({ state: 'hidden' });
      await page.getByText('Door 3 was forced open').first().waitFor();
      await page.getByText('1 open case', { exact: true }).waitFor();
      await hands.close('lobby', 3);
    });

    it('kept to the hub’s policy and threw nothing', () => {
      expect(complaints).toEqual([]);
    });

    const LOOKS = [
      { colorScheme: 'light', width: 1440, rules: EVERY_RULE },
      // Narrow, other things show; dark, they have other colours. The rest is as it is in the light.
      { colorScheme: 'dark', width: 360, rules: NARROW_RULES },
    ] as const;
    const PATHS = [
      ['/', 'Building now'],
      ['/?bank=lobby&door=1', 'Building now'],
      ['/deliveries', 'Deliveries'],
      ['/deliveries?q=nobody', 'Deliveries: nobody'],
      ['/cases', 'Cases'],
      ['/cases?show=closed', 'Cases'],
      ['/log', 'Log'],
      ['/outbox', 'Outbox'],
      ['/channels', 'How messages go out'],
      ['/people', 'People'],
      ['/banks', 'Banks'],
      ['/terminals', 'Terminals'],
      ['/nowhere', 'There is no such page'],
    ] as const;

    it.each(LOOKS)(
      'is accessible and nowhere wider than the screen: $colorScheme, $width px',
      async (look) => {
        const state = await context.storageState();
        const seen = await newPage({
          colorScheme: look.colorScheme,
          viewport: { width: look.width, height: 800 },
          storageState: state,
        });
        const wrong: string[] = [];
        await seen.page.goto(cable.url);
        await seen.page.locator('main h1').waitFor();
        for (const [path, heading] of PATHS) {
          // As a link would: the page stays, and axe on it.
          await seen.page.evaluate((to) => {
            history.pushState({}, '', to);
            dispatchEvent(new PopStateEvent('popstate'));
          }, path);
          await seen.page.locator('main h1').getByText(heading, { exact: true }).waitFor();
          const loading = seen.page.locator('.mantine-Skeleton-root');
          await waitFor(async () => (await loading.count()) === 0, WITHIN_MS, `${path} to be loaded`);
          wrong.push(...(await pageFaults(seen.page, look.rules)).map((fault) => `${path}: ${fault}`));
        }
        await seen.context.close();
        expect(wrong).toEqual([]);
      },
      AXE_WITHIN_MS,
    );

    it('runs from right to left in Arabic', async () => {
      const seen = await newPage({
        viewport: { width: 1024, height: 800 },
        locale: 'ar',
        storageState: await context.storageState(),
      });
      await seen.page.goto(cable.url);
      await seen.page.locator('main h1').waitFor();
      expect(await seen.page.locator('html').getAttribute('dir')).toBe('rtl');
      const navigation = await seen.page.getByRole('navigation').boundingBox();
      expect(navigation?.x).toBeGreaterThan(512);
      expect(await pageFaults(seen.page, NARROW_RULES)).toEqual([]);
      await seen.context.close();
    });
  });
});
