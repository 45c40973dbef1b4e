/** A package room as people use it: a real browser, a real hub, its door behind a simulated PLC over real Modbus TCP. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankFileOf } from '../demo/bank-files.ts';
import { PACKAGE_ROOM } from '../demo/linden-court.ts';
import { type StandingBank, standUp } from '../demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '../testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { buildPages } from '../testing/pages.ts';
import { DESKTOP, PHONE, type StaffPages, staffPages } from '../testing/staff-pages.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from './code-in-message.ts';
import { HubLink } from './hub-link.ts';
import { Visit } from './people.ts';

const WITHIN_MS = 20_000;
const DOOR = 1;
/** So soon a door that stands open is one that was left open; a courier has that long to close it. */
const OPEN_ALARM_MS = 4_000;

let browser: Browser;
let bank: StandingBank;
let hub: HubRig;
let kiosk: Page;
let pages: StaffPages;
let manager: string;
/** How often the lock felt current, and when it did last. */
let pulses = 0;
let pulsedMs = 0;

beforeAll(async () => {
  if (!canLaunchBrowser) return;
  await buildPages();
  const planned = { layout: PACKAGE_ROOM, unsensed: new Set<number>(), reach: 'hub' as const };
  bank = await standUp(planned, 0, systemClock, (_, { kind }) => {
    if (kind !== 'energised') return;
    pulses += 1;
    pulsedMs = systemClock.monotonicMs();
  });
  const terminals = ['kiosk', 'other'].map((name) => ({ name, bank: PACKAGE_ROOM.bank }));
  const policy = { undoMs: 300, openAlarmMs: OPEN_ALARM_MS };
  hub = await startHubRig({ ...smallPlan(), banks: [], terminals, policy });
  manager = await hub.signIn('manager');
  const file = bankFileOf(PACKAGE_ROOM, new Set(), bank.server.port);
  const { status, text } = await hub.ask('/api/v1/banks', { token: manager, body: { file, reach: 'hub' } });
  if (status >= 300) throw new Error(text);
  await waitFor(
    () => hub.hub.building.doors('room')[0]?.door === 'closed',
    WITHIN_MS,
    'the room to be there',
  );
  browser = await launchBrowser();
  pages = staffPages(browser, hub, 'room');
  const context = await browser.newContext({
    viewport: { width: 1024, height: 600 },
    reducedMotion: 'reduce',
  });
  const value = hub.made?.terminals[0]?.token ?? '';
  await context.addCookies([{ name: 'lockerhub_terminal', value, url: hub.httpUrl }]);
  kiosk = await context.newPage();
  await kiosk.goto(`${hub.httpUrl}/kiosk/`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
  await bank?.server.stop();
});

/** The question that the kiosk asks now. */
const asks = async (question: string) => {
  await kiosk.getByRole('heading', { level: 1, name: question }).waitFor({ timeout: WITHIN_MS });
  await look(kiosk, `kiosk ${question}`);
};
/** Leaves a picture, for whoever wants to look. */
const look = async (page: Page, name: string) => {
  const folder = process.env.LOCKERHUB_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/room-${name.replaceAll(/\W+/g, '-')}.png` });
};
const tap = (name: string | RegExp) =>
  kiosk.getByRole('button', { name }).first().click({ timeout: WITHIN_MS });
const type = async (code: string) => {
  await cooled();
  await asks('Type or scan your code');
  await kiosk.keyboard.type(code);
  await kiosk.keyboard.press('Enter');
};
const close = () => waitFor(() => bank.plc.hand.close(DOOR), WITHIN_MS, 'the door to latch');
const stands = (isOpen: boolean) =>
  waitFor(() => bank.plc.door(DOOR).open === isOpen, WITHIN_MS, `the door to be ${isOpen ? 'open' : 'shut'}`);
const courierCode = () => hub.made?.couriers[0]?.code ?? '';
const setPolicy = (body: object) => hub.ask('/api/v1/policy', { method: 'PATCH', token: manager, body });
const cases = async (): Promise<string[]> => {
  const { json } = await hub.ask('/api/v1/cases?state=open', { token: manager });
  return json.items.map(({ kind }: { kind: string }) => kind);
};

/** How many zones a courier at another screen is offered now. */
const offered = async (): Promise<number> => {
  const visit = await Visit.start(
    new HubLink(hub.httpUrl, hub.made?.terminals[1]?.token ?? ''),
    courierCode(),
  );
  const { free } = visit.view;
  await visit.end();
  return free.reduce((sum, { count }) => sum + count, 0);
};

/** So long after a pulse of 300 ms its lock bears the next one, also behind an agent that knows nothing of it yet. */
const COOL_AFTER_MS = 3_000;
const cooled = () =>
  waitFor(() => systemClock.monotonicMs() - pulsedMs > COOL_AFTER_MS, WITHIN_MS, 'the lock to cool');

/** A parcel up to its open door. */
async function bring(unit: string, size: string | RegExp): Promise<void> {
  await cooled();
  await kiosk.getByRole('heading', { name: /Who is the (next )?parcel for/ }).waitFor({ timeout: WITHIN_MS });
  await kiosk.keyboard.type(unit);
  await tap(new RegExp(unit));
  await asks('How big is the parcel?');
  await tap(size);
}

async function putOn(zone: string): Promise<void> {
  await asks(`Put the parcel on zone ${zone} and close door 1 behind you`);
  await stands(true);
  await close();
  await asks(`Is the parcel on zone ${zone}?`);
  await tap('Yes, it is there');
}

async function leave(): Promise<void> {
  await kiosk.getByRole('heading', { name: 'Who is the next parcel for?' }).waitFor({ timeout: WITHIN_MS });
  await tap('Finish');
  await tap('Next person');
}

/** The code of somebody's newest message, revealed as staff may. */
async function codeOf(unit: string): Promise<string> {
  return waitFor(
    async () => {
      const { json } = await hub.ask('/api/v1/outbox', { token: manager });
      const message = json.items.find(({ unitName }: { unitName: string }) => unitName === unit);
      if (!message) return undefined;
      const path = `/api/v1/outbox/${message.message}/reveal`;
      return codeIn((await hub.ask(path, { token: manager, body: {} })).json.text);
    },
    WITHIN_MS,
    `a message to ${unit} with a code`,
  );
}

describe.skipIf(!canLaunchBrowser)('a package room', () => {
  it('takes what fits into no compartment, and says on which zone', async () => {
    await type(courierCode());
    await bring('1A', 'Bigger than all of these');
    await putOn('Floor left');
    await bring('1A', /^M/);
    await putOn('A1');
    await bring('1B', /^M/);
    await putOn('A2');
    await leave();
    expect(pulses).toBe(3);
  });

  it('is seen by staff with who has what on which zone', async () => {
    for (const [name, viewport] of [
      ['desk', DESKTOP],
      ['phone', PHONE],
    ] as const) {
      const page = await pages.open('manager', { viewport });
      await page.goto(`${hub.httpUrl}/?bank=room&door=1`);
      const drawer = page.getByRole('dialog');
      for (const held of ['For 1A · Zone Floor left', 'For 1A · Zone A1', 'For 1B · Zone A2']) {
        await drawer.getByRole('link', { name: held }).waitFor();
      }
      expect(await pages.faults(page, `door-${name}`)).toEqual([]);
      await page.goto(`${hub.httpUrl}/deliveries`);
      await page.getByText('Zone Floor left behind Door 1').first().waitFor();
      expect(await pages.faults(page, `deliveries-${name}`)).toEqual([]);
      await page.context().close();
    }
  });

  it('opens once for a resident who takes all of theirs, and leaves what is others’', async () => {
    const code = await codeOf('1A');
    const { json: outbox } = await hub.ask('/api/v1/outbox', { token: manager });
    const told = outbox.items.find(({ unitName }: { unitName: string }) => unitName === '1A');
    expect(told.text).toContain('Package room, zone Floor left, through door 1');
    pulses = 0;
    await type(code);
    await asks('Take what is yours from Zone Floor left, Zone A1 and close door 1 behind you');
    await kiosk.getByText('Parcels of others lie here too. Please take only yours.').waitFor();
    await stands(true);
    await tap('One is not here');
    await asks('Which zone is without your parcel?');
    await tap('Zone A1');
    await asks('Is your parcel really not on zone A1?');
    await tap('No, I have it');
    await asks('Take what is yours from Zone Floor left, Zone A1 and close door 1 behind you');
    await close();
    await asks('All collected');
    await tap('Finish');
    expect(pulses).toBe(1);
    const { json } = await hub.ask('/api/v1/deliveries', { token: manager });
    const states = json.items.map(({ unitName, state }: Record<string, string>) => `${unitName} ${state}`);
    expect(states.sort()).toEqual(['1A collected', '1A collected', '1B deposited']);
  });

  it('calls staff for a parcel that is not on its zone, keeps that zone, and gives out the others', async () => {
    const page = await pages.open('manager');
    await page.goto(hub.httpUrl);
    await type(await codeOf('1B'));
    await asks('Take what is yours from Zone A2 and close door 1 behind you');
    await tap('Mine is not here');
    await asks('Is your parcel really not on zone A2?');
    await tap('It is not there');
    await asks('Staff are told and will look for your parcel');
    await stands(true);
    await close();
    await page.getByText('1 open case', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Look: 1 open case' }).click();
    await page.getByRole('heading', { name: 'A resident found nothing inside' }).waitFor();
    expect(await pages.faults(page, 'missing')).toEqual([]);
    expect(await cases()).toEqual(['nothing-inside']);
    await page.context().close();
  });

  it('tells courier and staff of a door that was left open, and gives nothing out behind it until it is shut', async () => {
    const page = await pages.open('manager');
    await page.goto(`${hub.httpUrl}/cases`);
    await tap('Finish');
    await type(courierCode());
    await bring('1B', /^M/);
    // A1 has its grace time, A2 is kept for staff: a bigger one.
    await asks('Put the parcel on zone B1 and close door 1 behind you');
    await stands(true);
    await setPolicy({ openNoticeMs: 500 });
    await kiosk.getByRole('alert').getByText('Door 1 is still open. Please close it.').waitFor();
    await look(kiosk, 'kiosk left open');
    // The courier is gone, and their turn ends. Not before: it would take what the screen says along.
    await setPolicy({ idleMs: 3_000, warnMs: 1_000 });
    await page.getByRole('heading', { name: 'A door stands open' }).waitFor();
    expect(await pages.faults(page, 'left-open')).toEqual([]);
    expect(await offered()).toBe(0);
    await close();
    await page.getByRole('heading', { name: 'A door stands open' }).waitFor({ state: 'detached' });
    await waitFor(async () => (await offered()) > 0, WITHIN_MS, 'the room to be given out again');
    // B2 and three pieces of the floor; B1 has the parcel.
    expect(await offered()).toBe(4);
    await page.context().close();
  });
});
