/** What managers settle, over the real API: the policy, who lives where, who works here. */
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ToldBank } from '../../sim/testing/told-bank.ts';

let rig: HubRig;
let manager: string;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  manager = await rig.signIn('manager');
});
afterAll(() => rig.end());

const ask = (method: string, path: string, body?: unknown, token = manager) =>
  rig.ask(`/api/v1/${path}`, { method, token, ...(body === undefined ? {} : { body }) });

describe('the policy', () => {
  const item = async (name: string) =>
    (await ask('GET', 'policy')).json.find((each: { name: string }) => each.name === name);

  it('says of each what it may be, what is usual, what it is, and who set it', async () => {
    expect(await item('graceMs')).toEqual({
      name: 'graceMs',
      kind: 'number',
      min: 0,
      max: 86_400_000,
      standard: 900_000,
      value: 900_000,
      changedBy: null,
      changedAt: null,
    });
    expect(await item('undoMs')).toMatchObject({ value: 0, standard: 60_000, changedBy: { kind: 'hub' } });
  });

  it('changes what is named and nothing else', async () => {
    const changed = await ask('PATCH', 'policy', { graceMs: 60_000 });
    expect(changed.status).toBe(200);
    expect(await item('graceMs')).toMatchObject({
      value: 60_000,
      changedBy: { kind: 'staff', name: 'The manager' },
      changedAt: expect.any(Number),
    });
    expect(await item('undoMs')).toMatchObject({ value: 0, changedBy: { kind: 'hub' } });
  });

  it('refuses what is out of bounds or unknown, whole', async () => {
    for (const body of [{ graceMs: -1 }, { graceMs: 1.5 }, { graceMs: 120_000, colour: 'red' }]) {
      expect((await ask('PATCH', 'policy', body)).json.code).toBe('request-invalid');
    }
    expect(await item('graceMs')).toMatchObject({ value: 60_000 });
    const desk = await rig.signIn('desk');
    expect((await ask('PATCH', 'policy', { graceMs: 0 }, desk)).json.code).toBe('forbidden');
    expect((await ask('GET', 'policy', undefined, desk)).status).toBe(200);
  });

  it('takes what is left out of a whole policy as the default', async () => {
    expect((await ask('PUT', 'policy', { wrongCodes: 3 })).status).toBe(200);
    expect(await item('graceMs')).toMatchObject({ value: 900_000 });
    expect(await item('wrongCodes')).toMatchObject({ value: 3 });
    await ask('PUT', 'policy', { undoMs: 0 });
  });
});

describe('a list of residents', () => {
  const WITHIN_MS = 60_000;
  const csv = (method: string, path: string, text: string, token = manager) =>
    fetch(`${rig.httpUrl}/api/v1/${path}`, {
      method,
      body: text,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    }).then(async (answer) => ({ status: answer.status, json: await answer.json() }));
  const put = (text: string, query = '') => csv('PUT', `roster${query}`, text);
  const through = () =>
    waitFor(
      async () => ['done', 'undone'].includes((await ask('GET', 'roster')).json.state),
      WITHIN_MS,
      'the import to be through',
    );
  const residents = async (): Promise<
    { resident: string; name: string; unitName: string; movedOut: boolean }[]
  > => (await ask('GET', 'residents')).json;
  const shown = async () =>
    (await residents())
      .map(({ unitName, name, movedOut }) => `${unitName} ${name}${movedOut ? ' (moved out)' : ''}`)
      .toSorted();
  let before: string[];

  it('is shown before it counts, and refused as a whole at any faulty line', async () => {
    before = await shown();
    const list = `unit;name;email\n0304;Zoe Ray;zoe@example.org\n0305;Yan Fox;no address\n`;
    const preview = await csv('POST', 'roster/preview', list);
    expect(preview.json).toMatchObject({
      columns: { unit: 'unit', name: 'name', email: 'email' },
      counts: { rows: 2, added: 1, gone: before.length, faults: 1 },
      added: [{ unit: '0304', name: 'Zoe Ray' }],
      faults: [{ line: 3, field: 'email' }],
      confirmationNeeded: true,
    });
    expect(await put(list)).toMatchObject({ status: 400, json: { code: 'roster-faulty', where: 'line 3' } });
    expect(await shown()).toEqual(before);
    const desk = await rig.signIn('desk');
    expect((await csv('PUT', 'roster', list, desk)).json.code).toBe('forbidden');
  });

  it('is taken over, and taken back', async () => {
    const begun = await put(
      'Door,Who\n0304,Zoe Ray\n0305,Yan Fox\n',
      `?columns=${encodeURIComponent('{"unit":"Door","name":"Who"}')}`,
    );
    expect(begun).toMatchObject({ status: 200, json: { counts: { added: 2, changed: 0, gone: 0 } } });
    await through();
    expect(await shown()).toEqual([...before, '0304 Zoe Ray', '0305 Yan Fox'].toSorted());
    // Its columns are remembered.
    const next = await csv('POST', 'roster/preview', 'Door,Who\n0304,Zoe Ray\n');
    expect(next.json).toMatchObject({ counts: { same: 1, added: 0, faults: 0 } });
    await ask('POST', 'roster/undo', {});
    await through();
    expect(await shown()).toEqual(before);
    expect((await ask('GET', 'roster')).json).toMatchObject({ state: 'undone', kept: 0 });
    expect((await ask('POST', 'roster/undo', {})).json.code).toBe('not-found');
  });

  it('lets nobody move out in great numbers by mistake; undoing brings them back', async () => {
    const list = { residents: [{ externalId: 't1', unit: '0304', name: 'Zoe Ray' }] };
    const ofJson = (query: string) => ask('PUT', `roster?gone=move-out${query}`, list);
    expect((await ofJson('')).json.code).toBe('roster-unconfirmed');
    expect((await ofJson(`&confirm=${before.length + 1}`)).json.code).toBe('roster-unconfirmed');
    expect((await ofJson(`&confirm=${before.length}`)).status).toBe(200);
    await through();
    expect(await shown()).toEqual([...before.map((one) => `${one} (moved out)`), '0304 Zoe Ray'].toSorted());
    // Their names are nobody's to see any more.
    for (const one of before) expect(rig.hub.people.search(one.split(' ').at(-1) ?? '')).toEqual([]);
    await ask('POST', 'roster/undo', {});
    await through();
    expect(await shown()).toEqual(before);
  });

  it('of 30,000 lines with errors is refused whole, each error by its line, while doors open', async () => {
    const isWrong = (n: number) => n % 100 === 99;
    const lines = Array.from({ length: 30_000 }, (_, n) =>
      isWrong(n) ? `${n % 900},Person ${n},no address` : `${n % 900},Person ${n},p${n}@example.org`,
    );
    const list = `unit,name,email\n${lines.join('\n')}`;
    const pieces = await rig.hub.store.query('select id from roster_pieces order by id');
    const bank = new ToldBank(rig);
    await bank.begin();
    /** Somebody opens and closes a door, again and again until the answer has come. */
    const openUntil = async <Answer>(asked: Promise<Answer>): Promise<[Answer, number]> => {
      let isAnswered = false;
      const answer = asked.finally(() => (isAnswered = true));
      let opened = 0;
      for (; !isAnswered; opened += 1) {
        const { json } = await ask('POST', 'banks/hall/compartments/1/open', { reason: 'a parcel' });
        await bank.event('opened', 1, json.grant);
        await bank.seen(1, 'open');
        await bank.event('closed', 1, json.grant);
        await bank.seen(1, 'closed');
      }
      return [await answer, opened];
    };
    const [preview, shownMeanwhile] = await openUntil(csv('POST', 'roster/preview', list));
    expect(preview.json.counts).toMatchObject({ rows: 30_000, faults: 300 });
    expect(preview.json.faults).toHaveLength(200);
    for (const [at, { line, field }] of preview.json.faults.entries())
      expect([line, field]).toEqual([at * 100 + 101, 'email']);
    const [refused, putMeanwhile] = await openUntil(put(list));
    expect(refused).toMatchObject({ status: 400, json: { code: 'roster-faulty', where: 'line 101' } });
    expect(await shown()).toEqual(before);
    expect(await rig.hub.store.query('select id from roster_pieces order by id')).toEqual(pieces);
    expect(Math.min(shownMeanwhile, putMeanwhile)).toBeGreaterThan(1);
  });

  it('goes on after a restart where it was', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => `${n},Person ${n},t${n}`);
    expect((await put(`unit,name,id\n${rows.join('\n')}`)).status).toBe(200);
    const ended = rig.hub.roster;
    rig = await rig.restart();
    manager = await rig.signIn('manager');
    expect(ended.view()).toMatchObject({ state: 'applying', pieces: 150 });
    await through();
    expect((await ask('GET', 'roster')).json).toMatchObject({ state: 'done', applied: 150 });
    expect(await residents()).toHaveLength(before.length + 1_000);
  }, 120_000);
});

describe('moving out', () => {
  it('ends the code at once where nothing waits, and brings it to nobody’s eyes', async () => {
    const [someone] = (await ask('GET', 'residents')).json;
    const by = (await ask('GET', 'me')).json.staff;
    await rig.hub.building.execute({ type: 'issue-code', staff: by, holder: someone.resident });
    expect((await ask('POST', `residents/${someone.resident}`, { movedOut: true })).json.movedOut).toBe(true);
    const { items } = (await ask('GET', 'log?limit=20')).json;
    expect(items[0]).toMatchObject({ type: 'code.revoked', data: { holder: someone.resident } });
    expect(rig.hub.people.householdsOf(someone.unit).map(({ id }) => id)).not.toContain(someone.household);
  });
});

describe('accounts of staff', () => {
  const PASSWORD = 'a password of my own';
  const signIn = (login: string, password = PASSWORD) =>
    rig.ask('/api/v1/sign-in', { body: { login, password } });
  const take = (invitation: string, password = PASSWORD) =>
    rig.ask('/api/v1/invitation', { body: { token: invitation, password } });
  let invited: { account: { staff: string }; token: string };

  it('begin with an invitation: no password but one’s own, set once', async () => {
    const answer = await ask('POST', 'staff', { login: 'Nia', name: 'Nia Obi', role: 'desk' });
    invited = answer.json;
    expect(invited.account).toMatchObject({ login: 'nia', role: 'desk', invited: true, disabled: false });
    expect((await signIn('nia', invited.token)).json.code).toBe('password-wrong');
    expect((await take('x'.repeat(43))).json.code).toBe('invitation-void');
    expect((await take(invited.token, 'short')).json.code).toBe('request-invalid');
    expect((await take(invited.token)).status).toBe(204);
    expect((await take(invited.token)).json.code).toBe('invitation-void');
    expect((await signIn('nia')).json).toMatchObject({ name: 'Nia Obi', role: 'desk' });
    expect((await ask('POST', 'staff', { login: 'nia', name: 'N', role: 'desk' })).json.code).toBe(
      'login-taken',
    );
    const desk = await rig.signIn('desk');
    expect((await ask('GET', 'staff', undefined, desk)).json.code).toBe('forbidden');
  });

  it('end at once when disabled: sessions, and pages that listen', async () => {
    const session = (await signIn('nia')).headers.get('set-cookie')?.match(/lockerhub_staff=([^;]+)/)?.[1];
    const stream = await fetch(`${rig.httpUrl}/api/v1/stream`, {
      headers: { authorization: `Bearer ${session}` },
    });
    const reader = stream.body?.getReader();
    let isClosed = false;
    const listening = (async () => {
      while (!(await reader?.read())?.done);
      isClosed = true;
    })();
    const { events } = rig.hub;
    await waitFor(() => events.listening === 1, 5_000, 'the page to listen');
    await ask('POST', `staff/${invited.account.staff}`, { disabled: true });
    // By then, and not at the next pulse, which may be ten seconds away.
    expect(events.listening).toBe(0);
    await waitFor(() => isClosed, 5_000, 'the page to hear no more');
    await listening;
    expect((await rig.ask('/api/v1/me', { token: session ?? '' })).json.code).toBe('signed-out');
    expect((await signIn('nia')).json.code).toBe('password-wrong');
    // Back again, the old sessions stay ended.
    await ask('POST', `staff/${invited.account.staff}`, { disabled: false });
    expect((await rig.ask('/api/v1/me', { token: session ?? '' })).json.code).toBe('signed-out');
  });

  it('never leave the building without a manager', async () => {
    const me = (await ask('GET', 'me')).json.staff;
    for (const change of [{ disabled: true }, { role: 'desk' }]) {
      expect((await ask('POST', `staff/${me}`, change)).json.code).toBe('last-manager');
    }
    expect((await ask('POST', `staff/${me}/invite`)).json.code).toBe('last-manager');
    // One who was invited and never came does not count.
    await ask('POST', 'staff', { login: 'late', name: 'Late', role: 'manager' });
    expect((await ask('POST', `staff/${me}`, { disabled: true })).json.code).toBe('last-manager');
  });

  it('say which codes somebody takes along, and make them others', async () => {
    const nia = (await signIn('nia')).headers.get('set-cookie')?.match(/lockerhub_staff=([^;]+)/)?.[1] ?? '';
    const { json: courier } = await ask('POST', 'couriers', { carrier: 'Northline', name: 'Pia' }, nia);
    const person = { unitName: '7K', name: 'Ada Berg', language: 'en' };
    const { resident } = (await ask('POST', 'residents', person)).json;
    const { pin } = (await ask('POST', `residents/${resident}/pin`, {}, nia)).json;
    const whole = { delivery: null, fromMs: 0, untilMs: Date.now() + 3_600_000, tell: null };
    const { delegate } = (await ask('POST', `residents/${resident}/delegates`, whole, nia)).json;
    expect((await ask('GET', `staff/${invited.account.staff}/known-codes`)).json).toEqual([
      { holder: courier.courier, kind: 'courier', name: 'Pia, Northline', how: 'issued' },
      { holder: delegate.delegate, kind: 'delegate', name: 'Ada Berg', how: 'named' },
      { holder: resident, kind: 'resident', name: 'Ada Berg', how: 'given' },
    ]);
    const rotated = (await ask('POST', `staff/${invited.account.staff}/rotate`)).json;
    expect(rotated).toMatchObject({
      rotated: 3,
      couriers: [{ name: 'Pia, Northline' }],
      pins: [{ resident, name: 'Ada Berg' }],
      delegatesOf: ['Ada Berg'],
    });
    expect(rotated.couriers[0].code).not.toBe(courier.code);
    expect(rotated.pins[0].pin).not.toBe(pin);
    expect((await ask('GET', `residents/${resident}/delegates`)).json).toEqual([]);
    expect((await ask('GET', `staff/${invited.account.staff}/known-codes`)).json).toEqual([]);
  });
});
