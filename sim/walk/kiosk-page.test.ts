/** The kiosk page as people use it: a real browser, a real hub, a simulated PLC over real Modbus TCP. */

import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankFileOf } from '../demo/bank-files.ts';
import { LOBBY } from '../demo/linden-court.ts';
import { type StandingBank, standUp } from '../demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '../testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { buildPages } from '../testing/pages.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from './code-in-message.ts';

const WITHIN_MS = 20_000;

let browser: Browser;
let bank: StandingBank;
let hub: HubRig;
let page: Page;
let manager: string;

beforeAll(async () => {
  if (!canLaunchBrowser) return;
  await buildPages();
  bank = await standUp({ layout: LOBBY, unsensed: new Set(), reach: 'hub' }, 0, systemClock, () => {});
  hub = await startHubRig({ ...smallPlan(), banks: [], terminals: [], policy: { undoMs: 300 } });
  manager = await hub.signIn('manager');
  const file = bankFileOf(LOBBY, new Set(), bank.server.port);
  const { status, text } = await hub.ask('/api/v1/banks', { token: manager, body: { file, reach: 'hub' } });
  if (status >= 300) throw new Error(text);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1024, height: 600 }, reducedMotion: 'reduce' });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
  await bank?.server.stop();
});

/** The question that the screen asks now. */
const asks = (question: RegExp) =>
  page.getByRole('heading', { level: 1, name: question }).waitFor({ timeout: WITHIN_MS });
const tap = (name: string | RegExp) =>
  page.getByRole('button', { name }).first().click({ timeout: WITHIN_MS });
/** Types like a scanner: into whatever has the focus. */
const scan = async (text: string) => {
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
};
const NUMBERS = placedCompartments(LOBBY).map(({ number }) => number);
const openNumber = () => NUMBERS.find((number) => bank.plc.door(number).open);
const openDoor = () => waitFor(openNumber, WITHIN_MS, 'a door that stands open');
/** The latch holds once the lock has no current any more. */
const close = async () => {
  const number = await openDoor();
  await waitFor(() => bank.plc.hand.close(number), WITHIN_MS, `door ${number} to latch`);
};
const courierCode = () => hub.made?.couriers[0]?.code ?? '';

async function pair(): Promise<void> {
  await page.goto(`${hub.httpUrl}/kiosk/`);
  await asks(/Pair this screen/);
  const body = { name: 'Kiosk', bank: 'lobby' };
  const { json } = await hub.ask('/api/v1/terminals/codes', { token: manager, body });
  await scan(json.code);
  await asks(/Type or scan your code/);
}

/** What the newest message says, revealed as staff may. */
async function messageCode(): Promise<string> {
  return waitFor(
    async () => {
      const { json } = await hub.ask('/api/v1/outbox', { token: manager });
      const [message] = json.items;
      const { json: revealed } = await hub.ask(`/api/v1/outbox/${message.message}/reveal`, {
        token: manager,
        body: {},
      });
      return codeIn(revealed.text);
    },
    WITHIN_MS,
    'a message with a code',
  );
}

describe.skipIf(!canLaunchBrowser)('the kiosk page with a real hub', () => {
  it('is paired by a one-time code, and opens nothing before', async () => {
    await pair();
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === 'lockerhub_terminal')?.httpOnly).toBe(true);
  });

  it('says in words that a code is wrong, and empties the field', async () => {
    await scan('00000000');
    await page.getByRole('alert').getByText('This code is not known').waitFor();
    expect(await page.locator('input').inputValue()).toBe('');
    expect(await page.locator('input').evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('takes a courier’s parcel in five acts, another at the next door, none that jams, and one to the desk', async () => {
    await waitFor(
      async () =>
        (await hub.ask('/api/v1/building', { token: manager })).json.banks[0]?.doors.every(
          ({ door }: { door: string }) => door === 'closed',
        ),
      WITHIN_MS,
      'the bank to be there',
    );
    await scan(courierCode());
    await asks(/Who is the parcel for/);
    await scan('1Z999AA10123456784');
    await page.getByText('Label 1Z99…6784 scanned').waitFor();
    await page.keyboard.type('1A');
    await tap(/1A/);
    await asks(/How big is the parcel/);
    await tap(/^S/);
    await asks(/Put the parcel in door \d+ and close it/);
    const first = await openDoor();
    await close();
    await asks(new RegExp(`Is the parcel in door ${first}`));
    await tap(/Yes, it is in/);

    await asks(/Who is the next parcel for/);
    // The smallest free place, the lowest number first.
    const next = NUMBERS.find((number) => number !== first) ?? 0;
    bank.plc.jam(next);
    await page.keyboard.type('1A');
    await tap(/1A/);
    await tap(/^S/);
    await asks(new RegExp(`Door ${next} did not open`));
    await tap(/Other door/);
    await asks(/Put the parcel in door/);
    await close();
    // By the keyboard alone: Enter is the main answer.
    await asks(/Is the parcel in door/);
    await page.keyboard.press('Enter');
    await asks(/Who is the next parcel for/);
    await page.keyboard.type('1A');
    await tap(/1A/);
    await tap(/Bigger than all/);
    await asks(/take this parcel to the desk/);
    await tap('Next');
    await tap('Finish');
    await page.getByRole('paragraph').getByText('2 parcels are in').waitFor();
    await tap('Next person');
    await asks(/Type or scan your code/);
  });

  it('gives the resident both parcels, door after door, by the code of the message', async () => {
    const code = await messageCode();
    for (const digit of code) await tap(digit);
    await asks(/Take your parcel from door/);
    const first = await openDoor();
    await close();
    await waitFor(() => ![undefined, first].includes(openNumber()), WITHIN_MS, 'the next door to open');
    await close();
    await asks(/All collected/);
    await tap('Finish');
    await page.getByRole('paragraph').getByText('Have a good day').waitFor();
    const { json } = await hub.ask('/api/v1/deliveries', { token: manager });
    const states = json.items.map(({ state }: { state: string }) => state);
    expect(states, 'the newest is on its way to the desk').toEqual(['assigned', 'collected', 'collected']);
  });

  it('takes three parcels in fifteen acts, from the code to the goodbye', async () => {
    await asks(/Type or scan your code/);
    let acts = 0;
    const act = async (done: Promise<unknown>) => {
      await done;
      acts += 1;
    };
    await act(scan(courierCode()));
    for (const last of ['1', '2', '3']) {
      await asks(last === '1' ? /Who is the parcel for/ : /Who is the next parcel for/);
      // The label of the next one says that the one before is in.
      if (last === '1') await act(scan('TBA000000000001'));
      await page.getByText('scanned').waitFor();
      await act(scan('olsen'));
      await asks(/How big is the parcel/);
      await act(tap(/^S/));
      await asks(/Put the parcel in door/);
      await act(close());
      await asks(/Is the parcel in door/);
      if (last !== '3') await act(scan(`TBA00000000000${Number(last) + 1}`));
    }
    await act(tap(/Yes, it is in/));
    await act(tap('Finish'));
    await page.getByRole('paragraph').getByText('3 parcels are in').waitFor();
    expect(acts).toBe(15);
  });
});
