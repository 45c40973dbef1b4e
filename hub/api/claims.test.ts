/** A unit of which nobody can be told, over HTTP: the case, the paper, the first who comes, and what is said of it. */
import { Evidence } from '@lockerhub/protocol/log/evidence.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

const DEADLINE_MS = 10_000;
const CODE = /(\d{4}) (\d{4})/;

let rig: HubRig;
let manager: string;
let desk: string;
let kiosk: string;
let bank: ToldBank;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  [manager, desk] = await Promise.all([rig.signIn('manager'), rig.signIn('desk')]);
  kiosk = rig.made?.terminals[0]?.token ?? '';
  bank = new ToldBank(rig);
});
afterAll(() => rig.end());

const ask = (path: string, body?: object, token = desk) =>
  rig.ask(`/api/v1/${path}`, { token, ...(body && { body }) });
const openCases = async () => (await ask('cases')).json.items as { kind: string; delivery: string }[];

/** A parcel for Jonas Weber, who has no contact, and the case about it. */
async function untold(): Promise<string> {
  const delivery = await bank.dropOff('weber');
  const isCalled = async () => (await openCases()).some((one) => one.kind === 'nobody-told');
  await waitFor(isCalled, DEADLINE_MS, 'the case');
  return delivery;
}
const storyOf = async (delivery: string) => (await ask(`deliveries/${delivery}`)).json;
const typesOf = (story: { entries: { type: string }[] }) => story.entries.map(({ type }) => type);

describe('a parcel for a unit of which nobody can be told', () => {
  it('gets a slip: no name, no number, a code that lets in the first one, who is then told of later parcels', async () => {
    const delivery = await untold();
    expect((await storyOf(delivery)).untold).toBe(true);
    for (const role of ['auditor', 'installer']) {
      const token = await rig.signIn(role);
      expect((await ask(`deliveries/${delivery}/slip`, {}, token)).status, role).toBe(403);
      expect((await ask(`deliveries/${delivery}/claim`, {}, token)).status, role).toBe(403);
    }
    const slip = (await ask(`deliveries/${delivery}/slip`, {})).json;
    expect(slip).toMatchObject({ unitName: '1B', code: expect.stringMatching(/^\d{8}$/) });
    expect(slip.page).toContain('1B');
    expect(slip.page).toContain('Northline');
    expect(slip.page).toContain('data:image/png;base64,');
    for (const secret of ['Weber', 'Jonas', 'TBA1', '<script']) expect(slip.page).not.toContain(secret);
    expect(CODE.exec(slip.page)?.slice(1).join('')).toBe(slip.code);
    const me = (await ask('me')).json.staff;
    const known = (await ask(`staff/${me}/known-codes`, undefined, manager)).json;
    expect(known).toContainEqual({ holder: slip.slip, kind: 'slip', name: '1B', how: 'printed' });

    const visit = (await ask('visits', { code: slip.code }, kiosk)).json;
    expect(visit).toMatchObject({ who: '1B', newcomer: true, stops: [{ delivery, step: 'opening' }] });
    const path = `visits/${visit.visit}`;
    const bad = await ask(`${path}/introduction`, { to: '12345' }, kiosk);
    expect([bad.status, bad.json.code]).toEqual([400, 'contact-unreadable']);
    const told = await ask(`${path}/introduction`, { to: 'noor@example.org', name: 'Noor Aziz' }, kiosk);
    expect(told.json).toMatchObject({ newcomer: false });
    const twice = await ask(`${path}/introduction`, { to: 'thief@example.org' }, kiosk);
    expect(twice.json.code, 'once').toBe('not-found');
    await bank.openAndClose(delivery, visit.stops[0].place.compartment);
    await ask(`${path}/end`, {}, kiosk);
    expect((await ask('visits', { code: slip.code }, kiosk)).json.code).toBe('code-revoked');
    expect(await openCases()).toEqual([]);

    const residents = (await ask('residents')).json;
    const noor = residents.find(({ name }: { name: string }) => name === 'Noor Aziz');
    expect(noor).toMatchObject({ unitName: '1B', contacts: [{ channel: 'email', to: 'noor@example.org' }] });
    const story = await storyOf(delivery);
    expect(typesOf(story)).toEqual(expect.arrayContaining(['delivery.invited', 'delivery.claimed']));
    expect(story.untold).toBe(false);
    const evidence = Evidence.parse((await ask(`deliveries/${delivery}/evidence`)).json);
    expect(JSON.stringify(evidence.proof)).toContain('delivery.claimed');

    const later = await bank.dropOff('weber');
    const isTold = async () =>
      (await ask('outbox')).json.items.some(
        (one: { residentName: string }) => one.residentName === 'Noor Aziz',
      );
    await waitFor(isTold, DEADLINE_MS, 'a message to who claimed');
    expect((await openCases()).map(({ kind }) => kind)).not.toContain('nobody-told');
    await ask(`deliveries/${later}/slip`, {}).then(({ json }) => expect(json.code).toBe('already-told'));
  });

  it('asks nobody for a name in a visit by another way', async () => {
    const { resident } = (await ask('residents')).json.find(
      (one: { name: string }) => one.name === 'Noor Aziz',
    );
    const { code } = await rig.hub.building.execute({
      type: 'issue-code',
      staff: resident,
      holder: resident,
    });
    const { visit, newcomer } = (await ask('visits', { code }, kiosk)).json;
    expect(newcomer).toBe(false);
    const asked = await ask(`visits/${visit}/introduction`, { to: 'thief@example.org' }, kiosk);
    expect(asked.json.code).toBe('not-found');
    expect((await ask(`visits/${visit}/introduction`, { to: 'a@b.example' }, desk)).status).toBe(401);
  });
});
