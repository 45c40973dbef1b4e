/** What two of the staff do about cases, stuck doors and on the walk, in a real browser, at a bank with a simulated PLC. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { bankFileOf } from '@lockerhub/sim/demo/bank-files.ts';
import { BANKS, type StandingBank, standUp } from '@lockerhub/sim/demo/plcs.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { DESKTOP, PHONE, type StaffPages, staffPages } from '@lockerhub/sim/testing/staff-pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { HubLink } from '@lockerhub/sim/walk/hub-link.ts';
import { putIn, Visit } from '@lockerhub/sim/walk/people.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 30_000;

describe.skipIf(!canLaunchBrowser)('the pages of cases, stuck doors and the walk', () => {
  let browser: Browser;
  let rig: HubRig;
  let lobby: StandingBank;
  let pages: StaffPages;
  let manager: Page;
  let desk: Page;

  beforeAll(async () => {
    await buildPages();
    browser = await launchBrowser();
    const [planned] = BANKS;
    if (!planned) throw new Error('the demo has no bank');
    lobby = await standUp(planned, 0, systemClock, () => {});
    rig = await startHubRig({ ...smallPlan(), banks: [], terminals: [{ name: 'kiosk' }] });
    const token = await rig.signIn('manager');
    const file = bankFileOf(lobby.layout, lobby.unsensed, lobby.server.port);
    await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
    pages = staffPages(browser, rig, 'cases');
    manager = await pages.open('manager', { viewport: DESKTOP });
    desk = await pages.open('desk', { viewport: PHONE });
    // A door that was open when it was first seen counts as open, not as forced.
    const areShut = () => rig.hub.building.doors('lobby').every(({ door }) => door === 'closed');
    await waitFor(areShut, WITHIN_MS, 'all doors to be seen shut');
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await rig.end();
    await lobby.server.stop();
  });

  /** Serious faults of accessibility, and a page wider than its window. */
  async function look(seen: Page, name: string): Promise<void> {
    expect([name, await pages.faults(seen, name)]).toEqual([name, []]);
  }

  const inDialog = (page: Page) => page.getByRole('dialog');

  it('says who sees to a case, to everybody at once', async () => {
    await Promise.all([manager.goto(`${rig.httpUrl}/cases`), desk.goto(`${rig.httpUrl}/cases`)]);
    lobby.plc.hand.open(2);
    await desk.getByText('Nobody sees to it yet').waitFor();
    await desk.getByRole('button', { name: 'I see to it' }).click();
    await desk.getByText('You see to it').waitFor();
    await manager.getByText('The desk sees to it').waitFor();
    await desk.getByRole('button', { name: 'Add a note' }).click();
    await inDialog(desk).getByLabel('What you found or did').fill('A screw of the latch is loose.');
    await inDialog(desk).getByRole('button', { name: 'Add a note' }).click();
    await manager.getByText('A screw of the latch is loose.').waitFor();
    await manager.getByText(/^The desk · /).waitFor();
    await look(desk, 'mine-phone');
    await look(manager, 'taken');
  }, 120_000);

  it('lets another one take it over, with whose it was in the question; each finds their own', async () => {
    await manager.getByRole('button', { name: 'Take over' }).click();
    await inDialog(manager).getByText('Take over from The desk?').waitFor();
    await inDialog(manager).getByRole('button', { name: 'Take over' }).click();
    await manager.getByText('You see to it').waitFor();
    await desk.getByText('The manager sees to it').waitFor();
    await desk.getByText('Mine', { exact: true }).click();
    await desk.getByText('None that you see to').waitFor();
    await desk.getByText('Nobody’s', { exact: true }).click();
    await desk.getByText('Somebody sees to every open case').waitFor();
    await manager.getByText('Mine', { exact: true }).click();
    await manager.getByRole('button', { name: 'Let go' }).click();
    await manager.getByText('None that you see to').waitFor();
    await desk.getByRole('button', { name: 'I see to it' }).waitFor();
  }, 120_000);

  it('keeps who saw to it and what they found when it is over, in Arabic too', async () => {
    await desk.getByRole('button', { name: 'I see to it' }).click();
    await desk.getByText('Somebody sees to every open case').waitFor();
    await desk.getByText('Mine', { exact: true }).click();
    await desk.getByRole('button', { name: 'Close case' }).click();
    await inDialog(desk).getByLabel('What was done').fill('Tightened it.');
    await inDialog(desk).getByRole('button', { name: 'Close case' }).click();
    await manager.getByText('Closed', { exact: true }).click();
    await manager.getByText('The desk saw to it').waitFor();
    await manager.getByText('A screw of the latch is loose.').waitFor();
    await manager.goto(`${rig.httpUrl}/log`);
    await manager.getByText('The desk took a case').first().waitFor();
    await desk.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await desk.goto(`${rig.httpUrl}/cases?show=closed`);
    await desk.getByText('A screw of the latch is loose.').waitFor();
    await look(desk, 'closed-phone-ar');
    await desk.evaluate(() => window.localStorage.setItem('lockerhub.language', 'en'));
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('leads through a stuck door to a closed case, and writes down each step', async () => {
    const stuck = 5;
    lobby.plc.jam(stuck);
    await desk.goto(`${rig.httpUrl}/?bank=lobby&door=${stuck}`);
    await desk.getByRole('link', { name: 'Step by step' }).click();
    await desk.getByRole('button', { name: 'Begin' }).click();
    await desk.getByRole('heading', { name: 'Look at the door' }).waitFor();
    await look(desk, 'guide-look-phone');
    await desk.getByRole('button', { name: 'I have looked' }).click();
    await desk.getByRole('heading', { name: 'Open it' }).waitFor();
    await look(desk, 'guide-try-phone');
    // A colleague was faster. Who is refused for that reads it where they asked.
    const path = `/api/v1/banks/lobby/compartments/${stuck}/open`;
    const token = await rig.signIn('manager');
    expect((await rig.ask(path, { token, body: { reason: 'to look inside' } })).status).toBeLessThan(300);
    await desk.getByRole('button', { name: 'Open this door' }).click();
    await desk.getByText('That did not work').waitFor();
    await look(desk, 'guide-refused-phone');
    const isTried = () =>
      rig.hub.building.doors('lobby').find(({ number }) => number === stuck)?.door === 'opening';
    await waitFor(() => !isTried(), WITHIN_MS, 'the verdict about it');
    await desk.getByRole('button', { name: 'Open this door' }).click();
    await desk.getByRole('heading', { name: 'It was told to open' }).waitFor();
    // The verdict of a jam; the lock is free from then on.
    await desk.getByRole('heading', { name: 'Open it' }).waitFor();
    expect(lobby.plc.door(stuck).open).toBe(false);
    lobby.plc.unjam(stuck);
    await desk.getByRole('button', { name: 'Open this door' }).click();
    await desk.getByRole('heading', { name: 'It is open: look inside, then shut it' }).waitFor();
    await manager.goto(`${rig.httpUrl}/cases`);
    const card = manager.getByRole('listitem', { name: 'Somebody reports a door' });
    await card.getByText('The desk sees to it').waitFor();
    await card.getByText('Told it to open, pressing it in.').nth(1).waitFor();
    await waitFor(() => lobby.plc.hand.close(stuck), WITHIN_MS, 'the door to shut');
    await desk.getByRole('heading', { name: 'It opens and shuts' }).waitFor();
    await look(desk, 'guide-works-phone');
    await desk.getByRole('button', { name: 'Close case' }).click();
    await desk.getByText('The case is closed.').waitFor();
    await card.waitFor({ state: 'detached' });
    expect(pages.errors).toEqual([]);
  }, 120_000);

  it('leads on to the installer where a door cannot be put right', async () => {
    lobby.plc.hand.open(7);
    const card = manager.getByRole('listitem', { name: 'A door opened by itself or by force' });
    await card.getByRole('link', { name: 'Step by step' }).click();
    await manager.getByRole('button', { name: 'It is shut and still counts as open' }).click();
    await manager.getByRole('button', { name: 'Take out of service' }).click();
    await manager.getByRole('heading', { name: 'Call the installer' }).waitFor();
    await manager.getByRole('button', { name: 'The installer is called' }).click();
    await manager.getByText('Called the installer.').waitFor();
    await look(manager, 'guide-installer');
    expect(rig.hub.building.doors('lobby').find(({ number }) => number === 7)?.inService).toBe(false);
    await waitFor(() => lobby.plc.hand.close(7), WITHIN_MS, 'the door to shut');
    await manager.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
    await manager.reload();
    await manager.getByText('الباب الآن:').waitFor();
    await look(manager, 'guide-ar');
    await manager.evaluate(() => window.localStorage.setItem('lockerhub.language', 'en'));
    expect(pages.errors).toEqual([]);
  }, 120_000);

  describe('the walk', () => {
    const walkAt = () => `${rig.httpUrl}/banks/lobby/walk`;
    let held: number;

    it('asks door after door, and says what should be inside', async () => {
      held = await dropOff();
      await desk.goto(rig.httpUrl);
      await desk.getByRole('link', { name: 'Walk the doors: Lobby' }).click();
      await desk.getByText('Nobody has walked this bank yet.').waitFor();
      await look(desk, 'walk-start-phone');
      await desk.getByRole('button', { name: 'Start the walk' }).click();
      await desk.getByText(/^0 of \d+ doors looked into$/).waitFor();
      await desk.getByText('Nothing: it should be empty.').waitFor();
      await desk.getByRole('button', { name: 'All as recorded' }).click();
      await desk.getByText(/^1 of \d+ doors looked into$/).waitFor();
    }, 120_000);

    it('shows a colleague who joins another door, and what is already told', async () => {
      await manager.goto(walkAt());
      await manager.getByText(/^A colleague is at door 2\.$/).waitFor();
      await manager.getByRole('heading', { name: 'Door 3', exact: true }).waitFor();
      await look(manager, 'walk-two');
    }, 120_000);

    it('opens a door, waits until it is shut, and makes what is missing a case', async () => {
      await desk.getByRole('button', { name: new RegExp(`^Door ${held},`) }).click();
      await desk.getByText('Parcel for 1A').waitFor();
      await desk.getByText('Northline · TRACK88 · Size L').waitFor();
      await desk.getByRole('button', { name: 'Open this door' }).click();
      await desk.getByText('Look inside, then shut the door to go on.').waitFor();
      expect(lobby.plc.door(held).open).toBe(true);
      expect(await desk.getByRole('button', { name: 'All as recorded' }).isDisabled()).toBe(true);
      await desk.getByText('Not there', { exact: true }).click();
      await look(desk, 'walk-missing-phone');
      await waitFor(() => lobby.plc.hand.close(held), WITHIN_MS, 'the door to shut');
      await desk.getByRole('button', { name: 'Write down the difference' }).click();
      await desk.getByText(`Different: doors ${held}`).waitFor();
      expect(rig.hub.building.doors('lobby').find(({ number }) => number === held)?.holds).toHaveLength(1);
    }, 120_000);

    it('is there again after the page was left, in Arabic too, and ends with what was found', async () => {
      await desk.evaluate(() => window.localStorage.setItem('lockerhub.language', 'ar'));
      await desk.goto(walkAt());
      await desk.getByText(/^نُظر في/).waitFor();
      await look(desk, 'walk-phone-ar');
      await desk.evaluate(() => window.localStorage.setItem('lockerhub.language', 'en'));
      await desk.goto(walkAt());
      await desk.getByRole('button', { name: 'End the walk' }).click();
      await inDialog(desk).getByRole('button', { name: 'End the walk' }).click();
      await manager.getByText(/1 as recorded, 1 different, 0 would not open/).waitFor();
      await desk.goto(`${rig.httpUrl}/cases`);
      await desk.getByRole('listitem', { name: 'A parcel is said to be gone' }).waitFor();
      expect(pages.errors).toEqual([]);
    }, 120_000);

    /** A courier brings a parcel for 1A. @returns its door. */
    async function dropOff(): Promise<number> {
      const kiosk = new HubLink(rig.httpUrl, rig.made?.terminals[0]?.token ?? '');
      const visit = await Visit.start(kiosk, rig.made?.couriers[0]?.code ?? '');
      const [recipient] = await visit.recipients('1A');
      if (!recipient) throw new Error('nobody lives in 1A');
      const { unit, resident } = recipient;
      await putIn(visit, { unit, resident, size: 'L', tracking: 'TRACK-88' }, { close });
      await visit.end();
      const door = rig.hub.building.doors('lobby').find(({ holds }) => holds.length > 0);
      if (!door) throw new Error('no door holds the parcel');
      return door.number;
    }

    async function close(_bank: string, compartment: number): Promise<void> {
      await waitFor(() => lobby.plc.hand.close(compartment), WITHIN_MS, 'the door to shut');
    }
  });
});
