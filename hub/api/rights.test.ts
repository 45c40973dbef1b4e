/** What residents may do and ask for: collect by phone, see what is stored, have it erased. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

const DEADLINE_MS = 10_000;
/** Names in any script, and one that is markup. */
const NAME = 'نور <b>O’Neil</b> 李小龍';

let rig: HubRig;
let manager: string;
let kiosk: string;
let bank: ToldBank;
let resident: string;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0, wrongCodes: 10 } });
  manager = await rig.signIn('manager');
  kiosk = rig.made?.terminals[0]?.token ?? '';
  bank = new ToldBank(rig);
  resident = rig.made?.residents.find(({ unitName }) => unitName === '1A')?.resident ?? '';
  await bank.dropOff();
  const isTold = async () => {
    const [told] = await rig.hub.store.query("select 1 from log where type = 'delivery.announced'");
    return told !== undefined;
  };
  await waitFor(isTold, DEADLINE_MS, 'the message');
});
afterAll(() => rig.end());

const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';')[0] ?? '';

describe('a phone at the lockers', () => {
  it('opens nothing without presence; with it acts in its own visit alone', async () => {
    const { code } = await rig.hub.building.execute({
      type: 'issue-code',
      staff: resident,
      holder: resident,
    });
    const begin = (presence: string, withCode = code) =>
      rig.ask('/api/v1/phone/visits', { body: { code: withCode, presence } });
    expect((await rig.ask('/api/v1/phone/visits', { body: { code } })).status).toBe(400);
    const far = await begin('0000');
    expect([far.status, far.json.code, far.headers.get('set-cookie')]).toEqual([401, 'presence-wrong', null]);
    expect((await rig.ask('/api/v1/kiosk/presence')).status).toBe(401);
    const shown = await rig.ask('/api/v1/kiosk/presence', { token: kiosk });
    expect(shown.json).toMatchObject({ digits: expect.stringMatching(/^\d{3}$/) });
    // A courier has no business on a phone.
    const courier = rig.made?.couriers[0]?.code ?? '';
    expect((await begin(shown.json.digits, courier)).json.code).toBe('code-wrong');
    const begun = await begin(shown.json.digits);
    expect([begun.status, begun.json.stops?.length, begun.json.stops?.[0]?.step]).toEqual([
      200,
      1,
      'opening',
    ]);
    const cookie = { headers: { cookie: cookieOf(begun.headers) } };
    expect((await rig.ask('/api/v1/kiosk', cookie)).json.bank).toBe('hall');
    const own = `/api/v1/visits/${begun.json.visit}`;
    expect((await rig.ask(own, cookie)).status).toBe(200);
    expect((await rig.ask(own)).status).toBe(401);
    // It begins no other visit, and sees none.
    expect((await rig.ask('/api/v1/visits', { ...cookie, body: { code } })).status).toBe(401);
    expect((await rig.ask(`/api/v1/visits/${resident}`, cookie)).status).toBe(401);
    expect((await rig.ask(`${own}/end`, { ...cookie, body: {} })).json.state).toBe('ended');
  });
});

describe('wishes', () => {
  it('hold from the next request on, and the log hears no more than that one changed', async () => {
    const body = { unitName: '2A', name: 'Ida Holm', language: 'en' };
    const { json } = await rig.ask('/api/v1/residents', { token: manager, body });
    const path = `/api/v1/residents/${json.resident}`;
    expect(json).toMatchObject({ accessible: false, onlyMe: false });
    const wish = (change: object, token = manager) => rig.ask(path, { token, body: change });
    expect((await wish({ accessible: true }, await rig.signIn('auditor'))).status).toBe(403);
    expect((await wish({ accessible: true })).json).toMatchObject({ accessible: true, onlyMe: false });
    expect(rig.hub.people.resident(json.resident)).toMatchObject({ accessible: true, onlyMe: false });
    const [kept] = await rig.hub.store.query<{ payload: { data: object } }>(
      'select payload from log order by seq desc limit 1',
    );
    expect(JSON.stringify(kept)).toContain('wishes');
    expect(JSON.stringify(kept)).not.toContain('accessible');
    expect((await wish({ accessible: false, onlyMe: true })).json).toMatchObject({
      accessible: false,
      onlyMe: true,
    });
  });
});

describe('a PIN', () => {
  it('is shown once, opens with the unit until it is switched off, and is gone with who moves out', async () => {
    const path = `/api/v1/residents/${resident}/pin`;
    const give = async (token = manager) => (await rig.ask(path, { token, method: 'POST' })).json.pin ?? '';
    expect((await rig.ask(path, { token: await rig.signIn('auditor'), method: 'POST' })).status).toBe(403);
    const hasPin = async () => {
      const { json } = await rig.ask('/api/v1/residents', { token: manager });
      return json.find((one: { resident: string }) => one.resident === resident).hasPin;
    };
    const come = async (pin: string) => {
      const body = { code: pin, owner: '1a', pin: true };
      const { json } = await rig.ask('/api/v1/visits', { token: kiosk, body });
      if (json.visit) await rig.ask(`/api/v1/visits/${json.visit}/end`, { token: kiosk, body: {} });
      return json.code ?? json.who;
    };
    const offered = async () => (await rig.ask('/api/v1/kiosk', { token: kiosk })).json.pins;
    expect([await hasPin(), await offered()]).toEqual([false, false]);
    const first = await give();
    const second = await give();
    expect([first, second]).toEqual([expect.stringMatching(/^\d{8}$/), expect.stringMatching(/^\d{8}$/)]);
    expect([await come(first), await come(second), await hasPin(), await offered()]).toEqual([
      'code-wrong',
      '1A',
      true,
      true,
    ]);
    expect((await rig.ask(`${path}/end`, { token: manager, method: 'POST' })).status).toBe(204);
    expect([await come(second), await hasPin()]).toEqual(['code-wrong', false]);
    const third = await give();
    const moved = (movedOut: boolean) =>
      rig.ask(`/api/v1/residents/${resident}`, { token: manager, body: { movedOut } });
    await moved(true);
    expect([await come(third), await hasPin()]).toEqual(['code-wrong', false]);
    expect((await rig.ask(path, { token: manager, method: 'POST' })).status).toBe(404);
    await moved(false);
    expect(await come(third)).toBe('code-wrong');
    const kept = await rig.hub.store.query<{ text: string }>('select payload as text from log');
    for (const pin of [first, second, third]) expect(JSON.stringify(kept)).not.toContain(pin);
    expect(await rig.hub.store.query("select 1 from log where type = 'pin.ended'")).toHaveLength(2);
  });
});

describe('a fob', () => {
  it('is read at the office, works at the kiosk alone, is nobody else’s, and ends when lost or moved out', async () => {
    const path = `/api/v1/residents/${resident}/fobs`;
    const register = (number: string, at = path, token = manager) => rig.ask(at, { token, body: { number } });
    const read = async (code: string) => {
      const { json } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code } });
      if (json.visit) await rig.ask(`/api/v1/visits/${json.visit}/end`, { token: kiosk, body: {} });
      return json.code ?? json.who;
    };
    const first = (await register('0001234567')).json.fob;
    expect((await register('04A1B2C3D4')).status).toBe(200);
    expect([await read('0001234567'), await read('04a1b2c3d4')]).toEqual(['1A', '1A']);
    expect((await register('12345678')).json).toMatchObject({ code: 'fob-unreadable', where: 'body.number' });
    const other = (await rig.ask('/api/v1/residents', { token: manager })).json.find(
      (one: { resident: string }) => one.resident !== resident,
    );
    const elsewhere = await register('04a1b2c3d4', `/api/v1/residents/${other.resident}/fobs`);
    expect(elsewhere.json).toMatchObject({ code: 'fob-taken', detail: expect.stringContaining('fob 2 of') });
    expect((await register('0007654321', path, await rig.signIn('auditor'))).status).toBe(403);
    const end = () => rig.ask(`${path}/${first}/end`, { token: manager, method: 'POST' });
    expect([(await end()).status, (await end()).status]).toEqual([204, 404]);
    expect([await read('0001234567'), await read('04a1b2c3d4')]).toEqual(['code-wrong', '1A']);
    for (const movedOut of [true, false]) {
      await rig.ask(`/api/v1/residents/${resident}`, { token: manager, body: { movedOut } });
    }
    expect(await read('04a1b2c3d4')).toBe('code-wrong');
    const kept = await rig.hub.store.query<{ text: string }>('select payload as text from log');
    const rows = await rig.hub.store.query('select * from residents');
    expect(JSON.stringify([kept, rows])).not.toMatch(/0001234567|04A1B2C3D4/i);
  });
});

describe('what is stored', () => {
  it('is told whole, also as a page to print, in any script and without markup of theirs', async () => {
    const body = { unitName: '2B', name: NAME, language: 'ar', email: 'nur@example.org' };
    const added = await rig.ask('/api/v1/residents', { token: manager, body });
    const path = `/api/v1/residents/${added.json.resident}/stored`;
    const { json } = await rig.ask(path, { token: manager });
    expect(json).toMatchObject({
      name: NAME,
      contacts: [{ channel: 'email', to: 'nur@example.org' }],
      goesAt: null,
    });
    const page = await rig.ask(`${path}/page`, { token: manager });
    expect(page.text).toContain('dir="rtl"');
    expect(page.text).toContain('李小龍');
    expect(page.text).not.toContain('<b>');
    expect((await rig.ask(`${path}/page`)).status).toBe(401);
  });

  it('is erased for good by a manager, never while a parcel waits; the log keeps its hash', async () => {
    const erase = (id: string, token: string) =>
      rig.ask(`/api/v1/residents/${id}/erase`, { token, method: 'POST' });
    expect((await erase(resident, manager)).json.code).toBe('not-now');
    const body = { unitName: '3C', name: 'Gone Soon', language: 'en', email: 'gone@example.org' };
    const { json } = await rig.ask('/api/v1/residents', { token: manager, body });
    expect((await erase(json.resident, await rig.signIn('desk'))).status).toBe(403);
    const { hash, seq } = rig.hub.buildingLog.head();
    expect((await erase(json.resident, manager)).status).toBe(204);
    expect((await rig.ask(`/api/v1/residents/${json.resident}/stored`, { token: manager })).status).toBe(404);
    const [kept] = await rig.hub.store.query<{ hash: string }>('select hash from log where seq = $1', [seq]);
    expect(kept?.hash).toBe(hash);
    // What stands beside the row says that it was erased, and holds nothing of it.
    const stamps = await rig.hub.store.query<{ text: string; erased: boolean; unsent: boolean }>(
      `select stamps::text as text, stamps->'erased' <> 'null' as erased, unsent from row_stamps where row_id = $1`,
      [json.resident],
    );
    expect(stamps).toMatchObject([{ erased: true, unsent: true }]);
    expect(stamps[0]?.text).not.toMatch(/Gone Soon|gone@example/);
    expect((await erase(json.resident, manager)).status).toBe(404);
  });
});
