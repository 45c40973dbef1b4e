/**
 * A hub, a process of its own, that believes in another year: people collect as ever, and nothing is erased too early, neither
 * meanwhile nor by what was written meanwhile. Once its clock is right again, what is over goes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bankFileOf } from '../demo/bank-files.ts';
import { BANKS, type StandingBank, standUp } from '../demo/plcs.ts';
import { HubProcess } from '../testing/hub-process.ts';
import { askHub, type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { canSkewClocks, letPass, skewedTo } from '../testing/skewed-clock.ts';
import { waitFor } from '../testing/wait-for.ts';
import { HubLink } from '../walk/hub-link.ts';
import { putIn, recipientIn, takeAll, Visit } from '../walk/people.ts';

const WITHIN_MS = 60_000;
const HOUR_S = 3_600;
const DAY_MS = 24 * HOUR_S * 1000;
const PHOTO = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 7, 7, 7);

let folder: string;
let bank: StandingBank;
let rig: HubRig;
let hub: HubProcess | undefined;
let kiosk: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-year-'));
  const [planned] = BANKS;
  if (!planned) throw new Error('the demo has no bank');
  bank = await standUp(planned, 0, systemClock, () => {});
  const residents = ['Mara Olsen', 'Jonas Weber', 'Kim Meanwhile', 'Lee Early'];
  rig = await startHubRig({
    ...smallPlan(),
    banks: [],
    terminals: [{ name: 'kiosk' }],
    // A resident gets a code once the courier cannot take the parcel back any more.
    policy: { undoMs: 300 },
    residents: residents.map((name, at) => ({ unit: `${at + 1}A`, name })),
  });
  kiosk = rig.made?.terminals[0]?.token ?? '';
  const token = await rig.signIn('manager');
  const file = bankFileOf(bank.layout, bank.unsensed, bank.server.port);
  await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
});
afterEach(async () => {
  await (hub ? hub.kill() : rig.stop());
  hub = undefined;
  await bank.server.stop();
  for (const path of [folder, rig.folder]) await rm(path, { recursive: true, force: true });
});

const hands = {
  close: async (_: string, door: number) => {
    await waitFor(() => bank.plc.hand.close(door), WITHIN_MS, `door ${door} to latch`);
  },
};

/** A manager at a hub: what they do and see. */
async function managerAt(url: string) {
  const signedIn = await askHub(`${url}/api/v1/sign-in`, {
    body: { login: 'manager', password: RIG_PASSWORD },
  });
  const token = /lockerhub_staff=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? '';
  const say = (path: string, body: unknown) => askHub(`${url}/api/v1${path}`, { token, body });
  // A connection of before an hour went by has been idle for that hour: it is reset, and the next one is taken.
  const ask = (path: string) =>
    waitFor(() => askHub(`${url}/api/v1${path}`, { token }), WITHIN_MS, `an answer to ${path}`);
  const people = async (): Promise<{ resident: string; name: string; movedOut: boolean }[]> =>
    (await ask('/residents')).json;
  const names = async () => (await people()).map(({ name }) => name).toSorted();
  return {
    ask,
    people,
    names,
    /** Once in the life of a hub: then it looks for what is over. What the store does just now would take an hour. */
    letAnHourPass: async () => {
      expect((await ask('/deliveries')).status).toBe(200);
      await letPass(folder, HOUR_S + 60);
    },
    moveOut: async (name: string) => {
      const { resident } = (await people()).find((each) => each.name === name) ?? {};
      expect((await say(`/residents/${resident}`, { movedOut: true })).status).toBe(200);
    },
    /** Whether the hub still knows the tracking number of the parcel for this unit. */
    hasTracking: async (unitName: string) => {
      const { items } = (await ask('/deliveries')).json;
      return items.some(({ tracking }: { tracking: string | null }) => tracking === trackingTo(unitName));
    },
    hasPhoto: async (delivery: string) => (await ask(`/deliveries/${delivery}/photo`)).status === 200,
    bankIsThere: () =>
      waitFor(
        async () =>
          (await ask('/building')).json.banks[0]?.doors.every(
            ({ door }: { door: string }) => door === 'closed',
          ),
        WITHIN_MS,
        'the bank to be there',
      ),
  };
}

const trackingTo = (unitName: string) => `PARCELTO${unitName}`;

/** The courier brings a parcel for each of these units. */
async function deliver(url: string, units: readonly string[]): Promise<string[]> {
  const link = new HubLink(url, kiosk);
  const visit = await Visit.start(link, rig.made?.couriers[0]?.code ?? '');
  const brought: string[] = [];
  for (const unitName of units) {
    const { unit, resident } = await recipientIn(visit, unitName);
    const parcel = { unit, resident, size: 'S', tracking: trackingTo(unitName) } as const;
    brought.push((await putIn(visit, parcel, hands)).delivery);
  }
  await visit.end();
  return brought;
}

/** The courier keeps a parcel for this unit. */
async function keepsOneFor(url: string, unitName: string): Promise<void> {
  const visit = await Visit.start(new HubLink(url, kiosk), rig.made?.couriers[0]?.code ?? '');
  const { unit } = await recipientIn(visit, unitName);
  const body = { unit, size: 'S', tracking: trackingTo(unitName), reason: 'refused' };
  const kept = await askHub(`${url}/api/v1/visits/${visit.view.visit}/taken-back`, { token: kiosk, body });
  expect(kept.status).toBe(200);
  await visit.end();
}

/** The courier brings a parcel of which nobody knows whose it is, with a photo of its label. */
async function deliverUnknown(url: string): Promise<string> {
  const ask = (path: string, body: unknown) => askHub(`${url}/api/v1/visits${path}`, { token: kiosk, body });
  const { json: visit } = await ask('', { code: rig.made?.couriers[0]?.code });
  const path = `/${visit.visit}/parcels`;
  const { json: placed } = await ask(path, { unit: null, resident: null, size: 'S' });
  const [{ delivery, place }] = placed.stops;
  const photo = await fetch(`${url}/api/v1/visits${path}/${delivery}/photo`, {
    method: 'POST',
    body: PHOTO,
    headers: { authorization: `Bearer ${kiosk}`, 'content-type': 'image/jpeg' },
  });
  expect(photo.status).toBe(204);
  await waitFor(() => bank.plc.door(place.compartment).open, WITHIN_MS, 'the door to open');
  await hands.close(bank.bank, place.compartment);
  await waitFor(
    async () => (await ask(`${path}/${delivery}/confirm`, { inside: true })).status === 200,
    WITHIN_MS,
    'the parcel to be in',
  );
  await ask(`/${visit.visit}/end`, {});
  return delivery;
}

/** What lies in the building's doors goes out, by whatever is typed or scanned. */
async function collect(url: string, code: string): Promise<string[]> {
  const visit = await Visit.start(new HubLink(url, kiosk), code);
  const taken = await takeAll(visit, hands);
  await visit.end();
  return taken.map(({ delivery }) => delivery);
}

/** Starts the hub under a clock that says this. */
async function live(atMs: number): Promise<{ url: string; manager: Awaited<ReturnType<typeof managerAt>> }> {
  await hub?.stop();
  hub = await HubProcess.start(rig.folder, await skewedTo(atMs, folder));
  const manager = await managerAt(hub.url);
  return { url: hub.url, manager };
}

describe.skipIf(!canSkewClocks)('a hub', () => {
  it.each([
    ['1970', Date.UTC(1970, 0, 2)],
    ['2031', Date.UTC(2031, 5, 1)],
  ])(
    'that believes it is %s gives out by code and QR, erases nothing, and goes on when its clock is right',
    async (_year, wrongMs) => {
      const before = await managerAt(rig.httpUrl);
      await before.bankIsThere();
      const [forMara, forJonas] = await deliver(rig.httpUrl, ['1A', '2A']);
      await keepsOneFor(rig.httpUrl, '3A');
      const early = await deliverUnknown(rig.httpUrl);
      await before.moveOut('Lee Early');
      const idOf = async (name: string) =>
        (await before.people()).find((each) => each.name === name)?.resident ?? '';
      const [mara, jonas] = await Promise.all(['Mara Olsen', 'Jonas Weber'].map(idOf));
      const { building } = rig.hub;
      // A QR code holds the digits, and a tag behind them.
      const qrOf = (id = '') => waitFor(() => building.qrOf(id), WITHIN_MS, 'a QR code');
      const [, code = ''] = (await qrOf(mara)).split(':');
      const qr = await qrOf(jonas);
      // Her last parcel waits.
      await before.moveOut('Mara Olsen');
      const names = await before.names();
      const startedMs = Date.now();
      await rig.stop();

      const wrong = await live(wrongMs);
      expect((await wrong.manager.ask('/building')).json.clock.state).toBe('untrusted');
      await wrong.manager.bankIsThere();
      expect(await collect(wrong.url, code)).toEqual([forMara]);
      expect(await collect(wrong.url, qr)).toEqual([forJonas]);
      const meanwhile = await deliverUnknown(wrong.url);
      await wrong.manager.moveOut('Kim Meanwhile');
      await wrong.manager.letAnHourPass();
      expect(await wrong.manager.names()).toEqual(names);
      for (const unit of ['1A', '2A', '3A']) expect(await wrong.manager.hasTracking(unit)).toBe(true);
      for (const photo of [early, meanwhile]) expect(await wrong.manager.hasPhoto(photo)).toBe(true);

      // Its clock is right again, and 95 days are over since: 90 are the standard for people, 30 for photos.
      const right = await live(startedMs + 95 * DAY_MS);
      expect((await right.manager.ask('/building')).json.clock.state).toBe('trusted');
      const withoutLee = names.filter((name) => name !== 'Lee Early');
      // Kim is looked at before Lee, and photos before people.
      const isErased = async () => (await right.manager.names()).length < names.length;
      await right.manager.letAnHourPass();
      await waitFor(isErased, WITHIN_MS, 'who moved out before to be erased');
      expect(await right.manager.names()).toEqual(withoutLee);
      expect(await right.manager.hasPhoto(early)).toBe(false);
      expect(await right.manager.hasPhoto(meanwhile)).toBe(true);
      expect((await right.manager.ask('/deliveries')).json.items).toHaveLength(5);
      // Tracking numbers go after people, all of them at once.
      const isForgotten = async () => !(await right.manager.hasTracking('3A'));
      await waitFor(isForgotten, WITHIN_MS, 'the tracking number of what was over before to go');
      for (const unit of ['1A', '2A']) expect(await right.manager.hasTracking(unit)).toBe(true);

      // What came while nobody knew the time is as old as the first look that knew it.
      const later = await live(startedMs + 95 * DAY_MS + 95 * DAY_MS);
      await later.manager.letAnHourPass();
      const isGone = async () => !(await later.manager.names()).includes('Kim Meanwhile');
      await waitFor(isGone, WITHIN_MS, 'who moved out meanwhile to be erased');
      expect(await later.manager.names()).toEqual(['Jonas Weber']);
      const areGone = async () =>
        !(await later.manager.hasTracking('1A')) && !(await later.manager.hasTracking('2A'));
      await waitFor(areGone, WITHIN_MS, 'the tracking numbers of who collected meanwhile to go');
      expect(await later.manager.hasPhoto(meanwhile)).toBe(false);
    },
  );
});
