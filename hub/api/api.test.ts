import { connect } from 'node:net';
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import { verifyProof } from '@lockerhub/protocol/log/proof.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AskOptions,
  bankFileText,
  type HubRig,
  RIG_PASSWORD,
  smallPlan,
  startHubRig,
} from '../../sim/testing/hub-rig.ts';
import { ToldBank } from '../../sim/testing/told-bank.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { openEnvelope } from '../recovery/envelope.ts';

const DEADLINE_MS = 10_000;
const NOBODY = '01890000-0000-7000-8000-000000000000';

let rig: HubRig;
let manager: string;
let kiosk: string;
let courierCode: string;
let bank: ToldBank;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  manager = await rig.signIn('manager');
  kiosk = rig.made?.terminals[0]?.token ?? '';
  courierCode = rig.made?.couriers[0]?.code ?? '';
  bank = new ToldBank(rig);
});
afterAll(() => rig.end());

/** Checks that an answer is problem details with this code, and shows nothing of the hub's inside. */
async function expectProblem(path: string, options: AskOptions, status: number, code: string) {
  const answer = await rig.ask(path, options);
  expect([answer.status, answer.json?.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(Problem.parse(answer.json).detail.length).toBeGreaterThan(5);
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at .*\(|select |Error:/);
  return answer.json;
}

describe('bad input', () => {
  const signIn = '/api/v1/sign-in';
  it.each([
    ['no JSON', signIn, { body: '{bad' }, 400, 'request-invalid'],
    ['no body', signIn, { method: 'POST' }, 400, 'request-invalid'],
    [
      'a body of another kind',
      signIn,
      { body: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
      'request-invalid',
    ],
    ['JSON that is no object', signIn, { body: '[]' }, 400, 'request-invalid'],
    ['a field that is missing', signIn, { body: { login: 'x' } }, 400, 'request-invalid'],
    ['a field of another type', signIn, { body: { login: 7, password: 'x' } }, 400, 'request-invalid'],
    [
      'a body above the limit',
      signIn,
      { body: { login: 'x', password: 'y'.repeat(600_000) } },
      413,
      'body-too-large',
    ],
    ['a path that is not there', '/api/v1/nothing', {}, 404, 'not-found'],
    ['another method', '/api/v1/building', { method: 'DELETE' }, 404, 'not-found'],
    [
      'a foreign origin',
      signIn,
      { body: {}, headers: { origin: 'http://evil.example' } },
      403,
      'origin-foreign',
    ],
    ['an origin that is none', signIn, { body: {}, headers: { origin: 'null' } }, 403, 'origin-foreign'],
  ] as const)('%s', async (_, path, options, status, code) => {
    await expectProblem(path, options, status, code);
  });

  it.each([
    ['an id that is none', '/api/v1/deliveries/7', 400, 'request-invalid'],
    ['an id of nothing', `/api/v1/deliveries/${NOBODY}`, 404, 'not-found'],
    ['a proof of nothing', `/api/v1/deliveries/${NOBODY}/proof`, 404, 'not-found'],
    ['a page without end', '/api/v1/log?limit=1000000', 400, 'request-invalid'],
    ['a page before nothing', '/api/v1/log?before=x', 400, 'request-invalid'],
    ['a proof beyond the log', '/api/v1/log/999999/proof', 404, 'not-found'],
    ['a state that is none', '/api/v1/deliveries?state=lost', 400, 'request-invalid'],
    ['a demo that is none', '/demo', 404, 'not-found'],
  ])('of staff: %s', async (_, path, status, code) => {
    await expectProblem(path, { token: manager }, status, code);
  });

  it('names the field', async () => {
    const body = { unitName: '1A', name: '', language: 'en' };
    const problem = await expectProblem(
      '/api/v1/residents',
      { token: manager, body },
      400,
      'request-invalid',
    );
    expect(problem.where).toBe('body.name');
  });

  it('says line and key of a bad bank file', async () => {
    const body = { file: 'layout:\n  bank: 7\n', reach: 'agent' };
    const problem = await expectProblem('/api/v1/banks', { token: manager, body }, 400, 'bank-file-invalid');
    expect(problem.detail).toMatch(/line \d/);
  });

  it('finds nothing harmful in words that are SQL or wildcards', async () => {
    for (const q of ["'; drop table log; --", '%', '_', '\\', '\u0000']) {
      const { status, json } = await rig.ask(`/api/v1/deliveries?q=${encodeURIComponent(q)}`, {
        token: manager,
      });
      expect([status, json?.items]).toEqual([200, []]);
    }
  });
});

describe('who may ask', () => {
  const STAFF_ONLY = [
    ['GET', '/api/v1/me'],
    ['GET', '/api/v1/building'],
    ['GET', '/api/v1/stream'],
    ['GET', '/api/v1/deliveries'],
    ['GET', '/api/v1/log'],
    ['GET', '/api/v1/outbox'],
    ['GET', '/api/v1/cases'],
    ['GET', '/api/v1/residents'],
    ['GET', '/api/v1/couriers'],
    ['GET', '/api/v1/terminals'],
    ['POST', '/api/v1/terminals/codes'],
    ['POST', '/api/v1/couriers'],
    ['POST', `/api/v1/couriers/${NOBODY}`],
    ['GET', '/api/v1/carriers'],
    ['POST', `/api/v1/carriers/${NOBODY}/remove`],
    ['GET', `/api/v1/couriers/${NOBODY}/uses`],
    ['POST', '/api/v1/banks'],
    ['POST', '/api/v1/banks/hall/compartments/1/open'],
    ['POST', '/api/v1/banks/hall/compartments/1/retire'],
    ['POST', '/api/v1/banks/hall/compartments/1/verify'],
    ['GET', '/api/v1/banks/hall/health'],
    ['GET', '/api/v1/banks/hall/health/1'],
    ['GET', '/api/v1/roster'],
    ['PUT', '/api/v1/roster'],
    ['POST', '/api/v1/roster/preview'],
    ['POST', '/api/v1/roster/undo'],
    ['GET', '/api/v1/policy'],
    ['PATCH', '/api/v1/policy'],
    ['PUT', '/api/v1/policy'],
    ['GET', '/api/v1/recovery'],
    ['POST', '/api/v1/recovery'],
    ['POST', '/api/v1/recovery/confirm'],
    ['POST', '/api/v1/banks/hall/key'],
    ['POST', '/api/v1/banks/hall/emergency/end'],
    ['POST', `/api/v1/outbox/${NOBODY}/reveal`],
    ['POST', `/api/v1/cases/${NOBODY}/close`],
  ] as const;
  it.each(STAFF_ONLY)('%s %s is for signed-in staff only, not for a kiosk', async (method, path) => {
    for (const token of [undefined, kiosk, 'a'.repeat(43)]) {
      await expectProblem(path, { method, ...(token ? { token } : {}) }, 401, 'signed-out');
    }
  });

  const KIOSK_ONLY = [
    ['GET', '/api/v1/kiosk'],
    ['POST', '/api/v1/visits'],
    ['GET', `/api/v1/visits/${NOBODY}`],
    ['GET', `/api/v1/visits/${NOBODY}/stream`],
    ['GET', `/api/v1/visits/${NOBODY}/recipients`],
    ['POST', `/api/v1/visits/${NOBODY}/parcels`],
    ['POST', `/api/v1/visits/${NOBODY}/next`],
    ['POST', `/api/v1/visits/${NOBODY}/parcels/${NOBODY}/open`],
  ] as const;
  it.each(KIOSK_ONLY)('%s %s is for paired terminals only, not even for a manager', async (method, path) => {
    for (const token of [undefined, manager, 'a'.repeat(43)]) {
      await expectProblem(path, { method, ...(token ? { token } : {}) }, 401, 'terminal-unpaired');
    }
  });

  it.each([
    ['auditor', 'POST', '/api/v1/banks/hall/compartments/1/open', { reason: 'curious' }],
    ['auditor', 'POST', `/api/v1/outbox/${NOBODY}/reveal`, {}],
    ['installer', 'GET', '/api/v1/residents', undefined],
    ['installer', 'GET', '/api/v1/outbox', undefined],
    ['desk', 'POST', '/api/v1/terminals/codes', { name: 'x', bank: null }],
    ['desk', 'POST', '/api/v1/banks', { file: 'x', reach: 'hub' }],
    ['installer', 'POST', '/api/v1/recovery', {}],
  ])('the %s may not %s %s', async (role, method, path, body) => {
    const token = await rig.signIn(role);
    await expectProblem(path, { token, method, ...(body ? { body } : {}) }, 403, 'forbidden');
  });

  it('forgets a session that signed out, and one that never was', async () => {
    const token = await rig.signIn('desk');
    expect((await rig.ask('/api/v1/me', { token })).json.role).toBe('desk');
    expect((await rig.ask('/api/v1/sign-out', { token, body: {} })).status).toBe(204);
    await expectProblem('/api/v1/me', { token }, 401, 'signed-out');
  });

  it('sets cookies that no script reads and no other site sends', async () => {
    const { headers } = await rig.ask('/api/v1/sign-in', {
      body: { login: 'manager', password: RIG_PASSWORD },
    });
    expect(headers.get('set-cookie')).toMatch(/^lockerhub_staff=[\w-]{43}; .*HttpOnly; SameSite=Strict/);
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await rig.ask('/api/v1/me', { headers: { cookie } })).status).toBe(200);
  });
});

describe('terminals', () => {
  it('are paired by a code that works once, and end at once when revoked', async () => {
    const body = { name: 'new kiosk', bank: 'yard' };
    const { json: issued } = await rig.ask('/api/v1/terminals/codes', { token: manager, body });
    const typed = `${issued.code.slice(0, 4)} ${issued.code.slice(4)}`;
    const { json: paired } = await rig.ask('/api/v1/terminals/pair', { body: { code: typed } });
    const view = await rig.ask('/api/v1/kiosk', { token: paired.token });
    expect(view.json).toMatchObject({ terminal: paired.terminal, bank: 'yard', building: 'Rig House' });
    await expectProblem('/api/v1/terminals/pair', { body: { code: issued.code } }, 401, 'pairing-code-wrong');
    const revoke = await rig.ask(`/api/v1/terminals/${paired.terminal}/revoke`, { token: manager, body: {} });
    expect(revoke.status).toBe(204);
    await expectProblem('/api/v1/kiosk', { token: paired.token }, 401, 'terminal-unpaired');
  });
});

/** Pairs one more kiosk, as staff and a fitter would. */
async function pairKiosk(bank: string | null) {
  const { json } = await rig.ask('/api/v1/terminals/codes', { token: manager, body: { name: 'more', bank } });
  const paired = await rig.ask('/api/v1/terminals/pair', { body: { code: json.code } });
  return paired.json as { terminal: string; token: string };
}

const endVisit = (visit: string) => rig.ask(`/api/v1/visits/${visit}/end`, { token: kiosk, body: {} });

describe('a visit over HTTP', () => {
  it('is nobody’s but its terminal’s: not to be read, heard, searched from or acted in at another one', async () => {
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code: courierCode } });
    const other = await pairKiosk('hall');
    const path = `/api/v1/visits/${visit.visit}`;
    expect((await rig.ask(path, { token: kiosk })).status).toBe(200);
    for (const part of ['', '/stream', '/recipients?q=olsen']) {
      await expectProblem(path + part, { token: other.token }, 404, 'not-found');
    }
    for (const part of ['/next', '/stay', '/end', `/parcels/${NOBODY}/open`]) {
      await expectProblem(path + part, { token: other.token, body: {} }, 404, 'visit-unknown');
    }
    await endVisit(visit.visit);
  });

  it('is no longer told to a terminal that was revoked meanwhile', async () => {
    const other = await pairKiosk('hall');
    const { json: visit } = await rig.ask('/api/v1/visits', {
      token: other.token,
      body: { code: courierCode },
    });
    const stream = await listen(other.token, {}, `/api/v1/visits/${visit.visit}/stream`);
    await stream.next((event) => event.includes('event: visit'));
    await rig.ask(`/api/v1/terminals/${other.terminal}/revoke`, { token: manager, body: {} });
    rig.hub.visits.changed(visit.visit);
    expect((await stream.over()).filter((event) => event.includes('event: visit'))).toHaveLength(1);
  });

  it('refuses a wrong code, and finds recipients with their names masked until the search is narrow', async () => {
    await expectProblem('/api/v1/visits', { token: kiosk, body: { code: '0000 0000' } }, 401, 'code-wrong');
    const { json: visit } = await rig.ask('/api/v1/visits', { token: kiosk, body: { code: courierCode } });
    expect(visit).toMatchObject({ kind: 'courier', state: 'open', who: 'Northline' });
    const find = async (q: string) =>
      (await rig.ask(`/api/v1/visits/${visit.visit}/recipients?q=${q}`, { token: kiosk })).json;
    expect((await find('1A')).map((one: { label: string }) => one.label)).toEqual(['1A', 'M. O…']);
    expect((await find('olsen'))[0]).toMatchObject({ unitName: '1A', label: 'Mara Olsen' });
    const [recipient] = await find('1A');
    const parcel = { unit: recipient.unit, resident: null, size: 'M' };
    // No bank is online: nothing is given out there.
    await expectProblem(
      `/api/v1/visits/${visit.visit}/parcels`,
      { token: kiosk, body: parcel },
      409,
      'bank-away',
    );
    const ended = await rig.ask(`/api/v1/visits/${visit.visit}/end`, { token: kiosk, body: {} });
    expect(ended.json.state).toBe('ended');
    expect(await find('olsen')).toEqual([]);
  });
});

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

describe('the log', () => {
  it('pages without gaps, newest first, and proves what it shows', async () => {
    const seqs: number[] = [];
    for (let before: string | null = '999999'; before; ) {
      const page = await rig.ask(`/api/v1/log?limit=3&before=${before}`, { token: manager });
      seqs.push(...page.json.items.map((entry: { seq: number }) => entry.seq));
      before = page.json.before;
    }
    expect(seqs).toEqual(seqs.map((_, index) => seqs.length - index));
    const { json: proof } = await rig.ask('/api/v1/log/2/proof?through=4', { token: manager });
    expect([...verifyProof(proof).keys()]).toEqual([2, 3, 4]);
    const earlier = await rig.ask('/api/v1/log/2/proof?until=3', { token: manager });
    expect([...verifyProof(earlier.json).keys(), earlier.json.to.seq]).toEqual([2, 3]);
    await expectProblem('/api/v1/log/5/proof?until=3', { token: manager }, 400, 'request-invalid');
    await expectProblem('/api/v1/log/2/proof?until=99999', { token: manager }, 404, 'not-found');
    proof.links[1].payload = proof.links[1].payload.replace('type', 'tYpe');
    expect(() => verifyProof(proof)).toThrow('changed');
  });
});

describe('pages and documents', () => {
  it('describes every route of the API', async () => {
    const { json } = await rig.ask('/openapi.json');
    const routes = Object.values<object>(json.paths).flatMap((path) => Object.keys(path));
    expect(routes.length).toBeGreaterThan(45);
    expect(Object.keys(json.paths)).toContain('/api/v1/visits/{visit}/parcels/{delivery}/confirm');
  });

  it('serves the documentation from this machine only', async () => {
    const page = await rig.ask('/docs/');
    expect(page.text).not.toMatch(/https?:\/\//);
    expect((await rig.ask('/docs/swagger-ui-bundle.js')).status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
  });

  it('lets the kiosk’s page alone use a camera and the program that reads barcodes', async () => {
    for (const path of ['/kiosk/', '/kiosk/assets/none.js']) {
      const { headers } = await rig.ask(path);
      const policy = headers.get('content-security-policy');
      expect(policy, path).toContain("script-src 'self' 'wasm-unsafe-eval';");
      expect(policy, path).toContain("frame-ancestors 'self'");
      expect(headers.get('permissions-policy'), path).toBe('camera=(self), microphone=()');
    }
    for (const path of ['/', '/pickup/', '/docs/', '/kiosk', '/readyz', '/api/v1/kiosk']) {
      const { headers } = await rig.ask(path);
      expect(headers.get('content-security-policy'), path).not.toMatch(/eval/);
      expect(headers.get('permissions-policy'), path).toBe('camera=(), microphone=()');
    }
  });

  it('says how it is', async () => {
    expect((await rig.ask('/readyz')).json).toMatchObject({ ready: true, banks: 2, banksOnline: 0 });
    expect((await rig.ask('/version')).json.software).toMatch(/^lockerhub \d/);
    expect((await rig.ask('/metrics')).text).toContain('lockerhub_log_seq');
  });
});

describe('the live stream', () => {
  it('tells entries, resumes where a page left off, and says reload when it cannot', async () => {
    const events = await listen(manager);
    await rig.signIn('desk');
    const first = await events.next((event) => event.includes('staff.signed-in'));
    events.end();
    const id = /^id: (.+)$/m.exec(first)?.[1] ?? '';
    await rig.signIn('auditor');
    const resumed = await listen(manager, { 'last-event-id': id });
    expect(await resumed.next((event) => event.includes('event:'))).toContain('staff.signed-in');
    resumed.end();
    const lost = await listen(manager, { 'last-event-id': 'another-boot.5' });
    expect(await lost.next((event) => event.includes('event:'))).toContain('event: reload');
    lost.end();
  });

  it('drops a page that reads nothing, and goes on for the others', async () => {
    const sleeper = connect(Number(new URL(rig.httpUrl).port), '127.0.0.1');
    let over = false;
    sleeper.on('close', () => (over = true));
    sleeper.on('error', () => {});
    sleeper.write(`GET /api/v1/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${manager}\r\n\r\n`);
    await waitFor(() => rig.hub.events.listening === 1, DEADLINE_MS, 'the sleeper to listen');
    sleeper.pause();
    const awake = await listen(manager);
    await waitFor(() => rig.hub.events.listening === 2, DEADLINE_MS, 'the other page to listen');
    const big = { case: NOBODY, detail: 'x'.repeat(50_000) } as never;
    await waitFor(
      () => {
        rig.hub.events.send('case', big);
        return rig.hub.events.listening === 1;
      },
      DEADLINE_MS,
      'the sleeper to be dropped',
    );
    sleeper.resume();
    await waitFor(() => over, DEADLINE_MS, 'the end of its connection');
    expect(await awake.next((event) => event.includes('event: case'))).toContain(NOBODY);
    awake.end();
  });
});

describe('sign-in limits', () => {
  it('hold up guessing from one address, even with the right password at last', async () => {
    const attempt = (password: string) =>
      rig.ask('/api/v1/sign-in', { body: { login: 'manager', password } });
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess++) statuses.push((await attempt(`guess ${guess}`)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const blocked = await attempt(RIG_PASSWORD);
    expect([blocked.status, blocked.json.code]).toEqual([429, 'too-many-attempts']);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(60);
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

async function listen(token: string, headers: Record<string, string> = {}, path = '/api/v1/stream') {
  const stop = new AbortController();
  const response = await fetch(rig.httpUrl + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  });
  const events: string[] = [];
  const reading = (async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      events.push(...parts);
    }
  })().catch(() => {
    // The test hung up.
  });
  return {
    next: (wanted: (event: string) => boolean) => waitFor(() => events.find(wanted), DEADLINE_MS, 'an event'),
    /** Waits for the hub to end the stream; all that it told. */
    over: async () => {
      await reading;
      return events;
    },
    end: () => {
      stop.abort();
      return reading;
    },
  };
}
