/** What staff do by the API, and what of it stands in no log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, startApiRig } from '../../sim/testing/api-rig.ts';
import type { HubRig } from '../../sim/testing/hub-rig.ts';
import { bankFileText, RIG_PASSWORD } from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { openEnvelope } from '../recovery/envelope.ts';

let rig: HubRig;
let manager: string;
let kiosk: string;
let courierCode: string;
let expectProblem: ApiRig['expectProblem'];
let endVisit: ApiRig['endVisit'];
let bank: ToldBank;

const DEADLINE_MS = 10_000;

beforeAll(async () => {
  ({ rig, manager, kiosk, courierCode, expectProblem, endVisit } = await startApiRig());
  bank = new ToldBank(rig);
});
afterAll(() => rig.end());

describe('what staff do', () => {
  let delivery: string;
  beforeAll(async () => {
    delivery = await bank.dropOff();
  });
  afterAll(() =>
    rig.hub.building.execute({ type: 'bank-offline', bank: 'hall', session: 1, reason: 'over' }),
  );

  it('refuses a bank file that drops the compartment of a parcel, and says which', async () => {
    const installer = await rig.signIn('installer');
    const file = JSON.parse(bankFileText('hall', 4, 502));
    const isKept = ({ number, compartment }: { number?: number; compartment?: number }) =>
      (number ?? compartment) !== 1;
    file.layout.columns[0].cells = file.layout.columns[0].cells.filter(isKept);
    file.wiring = file.wiring.filter(isKept);
    const body = { file: JSON.stringify(file), reach: 'agent' };
    for (const [path, sent] of [
      ['/api/v1/banks', body],
      ['/api/v1/banks/hall/file', { file: body.file }],
    ] as const) {
      const problem = await expectProblem(path, { token: installer, body: sent }, 409, 'layout-drops-parcel');
      expect(problem.detail).toContain('no compartment 1 any more');
    }
    const foreign = { file: bankFileText('yard', 4, 502) };
    await expectProblem(
      '/api/v1/banks/hall/file',
      { token: installer, body: foreign },
      400,
      'bank-file-invalid',
    );
  });

  it('shows a code in a message to those who may see it only, and writes down who did', async () => {
    const desk = await rig.signIn('desk');
    const outbox = async () => (await rig.ask('/api/v1/outbox', { token: desk })).json.items;
    const [message] = await waitFor(
      async () => ((await outbox()).length > 0 ? outbox() : undefined),
      DEADLINE_MS,
      'the message',
    );
    expect(message).toMatchObject({ residentName: 'Mara Olsen', text: expect.stringContaining('•••• ••••') });
    expect(message.text).not.toMatch(/\d{4} \d{4}/);
    const { json } = await rig.ask(`/api/v1/outbox/${message.message}/reveal`, { token: desk, body: {} });
    const code = /\d{4} \d{4}/.exec(json.text)?.[0] ?? '';
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code } });
    expect(visit).toMatchObject({ kind: 'resident', stops: [{ delivery }] });
    await endVisit(visit.visit);
    const { json: log } = await rig.ask('/api/v1/log', { token: manager });
    const { json: me } = await rig.ask('/api/v1/me', { token: desk });
    expect(log.items.filter((entry: { type: string }) => entry.type === 'message.revealed')).toMatchObject([
      { by: { kind: 'staff', id: me.staff }, data: { message: message.message, staff: me.staff } },
    ]);
    expect(rig.logged()).not.toContain(code.replace(' ', ''));
  });

  it('names no resident to an installer, who cannot find one by name either', async () => {
    const found = async (role: string, q: string) =>
      (await rig.ask(`/api/v1/deliveries?q=${q}`, { token: await rig.signIn(role) })).json.items;
    expect(await found('desk', 'olsen')).toMatchObject([{ delivery, residentName: 'Mara Olsen' }]);
    expect(await found('installer', 'olsen')).toEqual([]);
    expect(await found('installer', '1A')).toMatchObject([{ delivery, residentName: null }]);
    const story = await rig.ask(`/api/v1/deliveries/${delivery}`, { token: await rig.signIn('installer') });
    expect(story.text).not.toContain('Olsen');
  });

  it('closes a case once, with what was found, in the name of who did', async () => {
    await bank.event('forced', 4, null);
    const cases = async (state: string) =>
      (await rig.ask(`/api/v1/cases?state=${state}`, { token: manager })).json.items;
    const [open] = await cases('open');
    expect(open).toMatchObject({ kind: 'forced', bank: 'hall', compartment: 4, resolution: null });
    const path = `/api/v1/cases/${open.case}/close`;
    await expectProblem(path, { token: manager, body: { resolution: '' } }, 400, 'request-invalid');
    const body = { resolution: 'the lock was worn; replaced' };
    expect((await rig.ask(path, { token: manager, body })).json).toMatchObject({ state: 'closed', ...body });
    await expectProblem(path, { token: manager, body }, 404, 'case-unknown');
    expect([await cases('open'), (await cases('closed')).length]).toEqual([[], 1]);
  });

  it('lets an installer note and close a case of a door, and none about a parcel', async () => {
    const installer = await rig.signIn('installer');
    const work = (id: string, act: string, body: object, token = installer) =>
      rig.ask(`/api/v1/cases/${id}/${act}`, { token, body });
    const { json: reported } = await rig.ask('/api/v1/banks/hall/compartments/2/report', {
      token: installer,
      method: 'POST',
    });
    expect((await work(reported.case, 'take', { from: null })).status).toBe(200);
    const noted = await work(reported.case, 'note', { note: 'the strike was bent' });
    expect(noted.json.notes).toMatchObject([{ note: 'the strike was bent' }]);
    const auditor = await rig.signIn('auditor');
    expect((await work(reported.case, 'note', { note: 'x' }, auditor)).json.code).toBe('forbidden');
    const closed = await work(reported.case, 'close', { resolution: 'straightened' });
    expect(closed.json).toMatchObject({ state: 'closed', resolution: 'straightened' });
    const gone = await rig.ask(`/api/v1/deliveries/${delivery}/gone`, { token: manager, method: 'POST' });
    for (const [act, body] of [
      ['take', { from: null }],
      ['note', { note: 'x' }],
      ['close', { resolution: 'x' }],
    ] as const) {
      expect((await work(gone.json.case, act, body)).json.code).toBe('forbidden');
    }
    expect((await work(gone.json.case, 'close', { resolution: 'found' }, manager)).status).toBe(200);
  });

  it('ends an emergency once its input is back, and not before', async () => {
    const told = (state: 'released' | 'normal') =>
      rig.hub.building.execute({ type: 'emergency-told', bank: 'hall', session: 1, state });
    const shown = async () =>
      (await rig.ask('/api/v1/building', { token: manager })).json.banks.find(
        ({ bank }: { bank: string }) => bank === 'hall',
      ).emergency;
    await told('released');
    expect(await shown()).toBe('released');
    const path = '/api/v1/banks/hall/emergency/end';
    const body = { reason: 'walked the doors' };
    await expectProblem(path, { token: manager, body }, 409, 'not-now');
    await told('normal');
    expect(await shown()).toBe('normal');
    expect((await rig.ask(path, { token: manager, body })).status).toBe(204);
    expect(await shown()).toBeNull();
    await expectProblem(path, { token: manager, body }, 409, 'not-now');
  });

  it('lets a new resident join a household of the same unit, and of no other', async () => {
    const add = (body: object) => rig.ask('/api/v1/residents', { token: manager, body });
    const { json: first } = await add({ unitName: '7C', name: 'Ada Brandt' });
    const { household } = first;
    const { json: second } = await add({ unitName: '7C', name: 'Ben Brandt', household });
    const { json: third } = await add({ unitName: '7C', name: 'Cleo Arden' });
    expect([second.household === household, third.household === household]).toEqual([true, false]);
    const body = { unitName: '7D', name: 'Dan Else', household };
    const wrong = await expectProblem('/api/v1/residents', { token: manager, body }, 404, 'not-found');
    expect(wrong.where).toBe('body.household');
    expect((await rig.ask('/api/v1/residents', { token: manager })).text).not.toContain('Dan Else');
  });
});

describe('the recovery key', () => {
  it('is shown once to a manager, and opens what the hub keeps once it is on paper', async () => {
    const ask = (path: string, body: object) => rig.ask(`/api/v1/recovery${path}`, { token: manager, body });
    expect(rig.hub.recovery.view().current).toMatchObject({ generation: 1, confirmed: false });
    const { json, headers } = await ask('', {});
    expect(headers.get('cache-control')).toBe('no-store');
    const envelope = () => rig.hub.recovery.envelope ?? '';
    expect(openEnvelope(envelope(), rig.made?.recoveryKey ?? '').header.generation).toBe(1);
    await ask('/confirm', { generation: json.generation });
    expect(openEnvelope(envelope(), json.key).header).toMatchObject({ building: 'rig-house', generation: 2 });
    const problem = { method: 'POST', body: { generation: 9 }, token: manager };
    await expectProblem('/api/v1/recovery/confirm', problem, 409, 'recovery-key-unknown');
  });
});

describe('the hub’s log', () => {
  it('holds no secret, code, contact or name', () => {
    const text = rig.logged();
    const secrets = [
      manager,
      kiosk,
      courierCode,
      RIG_PASSWORD,
      rig.made?.recoveryKey ?? '',
      'mara@example.org',
      'Mara Olsen',
      ...(rig.made?.banks.map((bank) => bank.password ?? '') ?? []),
    ];
    expect(text.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});
