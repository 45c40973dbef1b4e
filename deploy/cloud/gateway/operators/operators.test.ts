import type { PeopleView } from '@lockerhub/protocol/http/fleet.ts';
import type { OperatorRole } from '@lockerhub/protocol/http/operators.ts';
import { CloudRig } from '@lockerhub/sim/testing/cloud-rig.ts';
import {
  type Answer,
  askGateway,
  firstAdmin,
  invited,
  OPERATOR_PASSWORD,
  type SignedIn,
  session,
} from '@lockerhub/sim/testing/operator-rig.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../gateway.ts';

let rig: CloudRig;
let running: RunningGateway;
let other: RunningGateway;
let admin: SignedIn;
let stranger: SignedIn;
let building: string;
const byRole: Partial<Record<OperatorRole, SignedIn>> = {};
const code = ({ body }: Answer) => (body as { code?: string } | undefined)?.code;
const uuid = '01900000-0000-7000-8000-000000000001';

beforeAll(async () => {
  rig = await CloudRig.start();
  running = await rig.gateway();
  other = await rig.gateway();
  admin = await firstAdmin(running, 'Linden Homes', 'ada');
  byRole.admin = admin;
  byRole.support = await invited(running.url, admin, 'support', 'sol');
  byRole.viewer = await invited(running.url, admin, 'viewer', 'vic');
  stranger = await firstAdmin(running, 'Elm Homes', 'eve');
  const made = await admin.ask(`/api/v1/organisations/${admin.organisation}/buildings`, {
    name: 'Linden Court',
    slug: 'linden-court',
    timeZone: 'Europe/Madrid',
  });
  building = (made.body as { building: string }).building;
});
afterAll(() => rig.end());

/** Path, the least role, a body where it is a POST, and what somebody with the right is answered. */
type Tried = readonly [path: string, least: OperatorRole, body?: unknown];
const ORDER = ['viewer', 'support', 'admin'] as const;

function routes(): Tried[] {
  const organisation = `/api/v1/organisations/${admin.organisation}`;
  const of = `/api/v1/buildings/${building}`;
  const open = { kind: 'open-compartment', bank: 'lobby', compartment: 1, reason: 'a look' };
  return [
    [`${organisation}/fleet`, 'viewer'],
    [`${organisation}/alarms`, 'viewer'],
    [`${organisation}/alarms/${uuid}/acknowledge`, 'support', { note: 'on it' }],
    [`${organisation}/alarm-targets`, 'admin'],
    [`${organisation}/alarm-targets`, 'admin', { channel: 'webhook', address: 'ftp://x' }],
    [`${organisation}/alarm-targets/${uuid}/remove`, 'admin', {}],
    [`${organisation}/alarm-targets/${uuid}/try`, 'admin', {}],
    [`${organisation}/operators`, 'admin'],
    [`${organisation}/operators/${uuid}/role`, 'admin', { role: 'viewer' }],
    [`${organisation}/operators/${uuid}/disable`, 'admin', {}],
    [`${organisation}/operators/${uuid}/enable`, 'admin', {}],
    [`${organisation}/invitations`, 'admin', { name: 'n', role: 'viewer', operator: uuid }],
    [`${organisation}/invitations/${uuid}/withdraw`, 'admin', {}],
    [`${organisation}/audit`, 'admin'],
    [`${organisation}/buildings`, 'admin', { name: 'n', slug: 'linden-court', timeZone: 'UTC' }],
    [of, 'viewer'],
    [`${of}/health`, 'viewer'],
    [`${of}/deliveries`, 'viewer'],
    [`${of}/deliveries/${uuid}`, 'viewer'],
    [`${of}/cases`, 'viewer'],
    [`${of}/log`, 'viewer'],
    [`${of}/banks`, 'viewer'],
    [`${of}/commands`, 'viewer'],
    [`${of}/releases`, 'viewer'],
    [`${of}/commands`, 'support', open],
    [`${of}/commands/${uuid}/approve`, 'support', {}],
    [`${of}/commands/${uuid}/refuse`, 'support', {}],
    [`${of}/commands/${uuid}/withdraw`, 'support', {}],
    [`${of}/people`, 'support'],
    [`${of}/residents`, 'support', { unitName: '', name: 'n' }],
    [`${of}/residents/${uuid}`, 'support', { name: 'n' }],
    [`${of}/residents/${uuid}/erase`, 'admin', {}],
    [`${of}/couriers`, 'support', { carrier: '' }],
    [`${of}/policy`, 'viewer'],
    [`${of}/policy`, 'admin', {}],
    [`${of}/log/check`, 'support', {}],
    [`${of}/couriers/${uuid}`, 'support', { hours: 'always' }],
    [`${of}/couriers/${uuid}/revoke`, 'support', {}],
    [`${of}/carriers/${uuid}/remove`, 'support', {}],
    [`${of}/codes`, 'admin', { purpose: 'nothing' }],
    [`${of}/hub/revoke`, 'admin', {}],
  ];
}

describe('the routes of operators', () => {
  it('are all tried here', async () => {
    const { body } = await askGateway(running.url, '/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, unknown>> };
    const shape = (path: string) => path.replaceAll(/[0-9a-f-]{36}/g, '*').replaceAll(/\{\w+\}/g, '*');
    const open = [
      '/api/v1/sign-in',
      '/api/v1/sign-out',
      '/api/v1/me',
      '/api/v1/me/password',
      '/api/v1/invitations/look',
      '/api/v1/invitations/accept',
    ];
    const declared = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/') && !open.includes(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${shape(path)}`));
    const tried = routes().map(([path, , body]) => `${body === undefined ? 'get' : 'post'} ${shape(path)}`);
    expect(declared.filter((each) => !tried.includes(each))).toEqual([]);
  });

  it('do not exist for operators of another organisation', async () => {
    for (const [path, , body] of routes()) {
      const answer = await stranger.ask(path, body);
      expect([path, answer.status, code(answer)]).toEqual([path, 404, 'not-found']);
    }
  });

  it('ask for a sign-in before anything else', async () => {
    for (const [path, , body] of routes()) {
      const answer = await askGateway(running.url, path, { body });
      expect([path, code(answer)]).toEqual([path, 'signed-out']);
      const forged = { body, cookie: `lockerhub_operator=${'A'.repeat(43)}` };
      expect(code(await askGateway(running.url, path, forged))).toBe('signed-out');
    }
  });

  it.each(ORDER)('give the role %s what it may do and nothing more', async (role) => {
    for (const [path, least, body] of routes()) {
      const answer = await byRole[role]?.ask(path, body);
      const may = ORDER.indexOf(role) >= ORDER.indexOf(least);
      expect([path, answer && code(answer) === 'forbidden']).toEqual([path, !may]);
      // Nothing of this table is a good request about something that is there, but for reading.
      expect([path, answer?.status === 500]).toEqual([path, false]);
    }
  });

  it('refuse writes in the name of somebody by a page of another site', async () => {
    const path = `/api/v1/organisations/${admin.organisation}/invitations`;
    const more = { body: { name: 'x', role: 'admin' }, cookie: admin.cookie };
    const foreign = await askGateway(running.url, path, {
      ...more,
      headers: { origin: 'https://evil.example' },
    });
    expect(code(foreign)).toBe('origin-foreign');
    const own = await askGateway(running.url, path, { ...more, headers: { origin: running.url } });
    expect(own.status).toBe(200);
  });
});

describe('signing in', () => {
  const signIn = (login: string, password: string, url = running.url) =>
    askGateway(url, '/api/v1/sign-in', { body: { login, password } });

  it('works by login and password at any gateway, with a cookie that no page can read', async () => {
    const answer = await signIn('vic', OPERATOR_PASSWORD, other.url);
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    const vic = session(running.url, answer, admin.organisation);
    expect((await vic.ask('/api/v1/me')).status).toBe(200);
    await vic.ask('/api/v1/sign-out', {});
    expect((await vic.ask('/api/v1/me')).status).toBe(401);
  });

  it('says the same of a wrong password and of nobody', async () => {
    const answers = [await signIn('vic', 'wrong'), await signIn('nobody', 'wrong')];
    expect(answers.map(code)).toEqual(['password-wrong', 'password-wrong']);
  });

  it('is throttled for all gateways together', async () => {
    const codes: (string | undefined)[] = [];
    for (let n = 0; n < 12; n += 1) {
      codes.push(code(await signIn('guessed', 'wrong', n % 2 === 0 ? running.url : other.url)));
    }
    expect(codes.at(-1)).toBe('too-many-attempts');
    await rig.sql('delete from sign_in_failures');
  });

  it('ends at once for who is disabled, at every gateway, and comes back with the right', async () => {
    const who = await invited(running.url, admin, 'support', 'leaver');
    const at = `/api/v1/organisations/${admin.organisation}/operators/${who.me.operator}`;
    const me = () => askGateway(other.url, '/api/v1/me', { cookie: who.cookie });
    expect((await me()).status).toBe(200);
    await admin.ask(`${at}/disable`, {});
    expect((await me()).status).toBe(401);
    expect(code(await signIn('leaver', OPERATOR_PASSWORD))).toBe('password-wrong');
    await admin.ask(`${at}/enable`, {});
    expect((await signIn('leaver', OPERATOR_PASSWORD)).status).toBe(200);
  });

  it('never loses the last administrator', async () => {
    const at = `/api/v1/organisations/${admin.organisation}/operators/${admin.me.operator}`;
    expect(code(await admin.ask(`${at}/disable`, {}))).toBe('last-admin');
    expect(code(await admin.ask(`${at}/role`, { role: 'viewer' }))).toBe('last-admin');
    expect((await admin.ask('/api/v1/me')).status).toBe(200);
  });
});

describe('an invitation', () => {
  const made = async (more: object = {}) => {
    const { body } = await admin.ask(`/api/v1/organisations/${admin.organisation}/invitations`, {
      name: 'New One',
      role: 'viewer',
      ...more,
    });
    return (body as { path: string }).path.split('#')[1];
  };
  const use = (token: string | undefined, login: string, password = OPERATOR_PASSWORD) =>
    askGateway(running.url, '/api/v1/invitations/accept', { body: { token, login, password } });

  it('is good once', async () => {
    const token = await made();
    expect((await use(token, 'once')).status).toBe(200);
    expect(code(await use(token, 'twice'))).toBe('invitation-unknown');
  });

  it('stays good where the login is taken', async () => {
    const token = await made();
    expect(code(await use(token, 'ada'))).toBe('login-taken');
    expect((await use(token, 'not-ada')).status).toBe(200);
  });

  it('gives a new password to somebody, which ends their sessions', async () => {
    const who = await invited(running.url, admin, 'viewer', 'forgetful');
    const token = await made({ operator: who.me.operator });
    const look = await askGateway(running.url, '/api/v1/invitations/look', { body: { token } });
    expect(look.body).toMatchObject({ organisation: 'Linden Homes', login: 'forgetful' });
    expect((await use(token, 'ignored', 'another long password')).status).toBe(200);
    expect((await who.ask('/api/v1/me')).status).toBe(401);
  });

  it('is kept as a hash alone', async () => {
    const token = await made();
    const rows = await rig.sql<{ found: boolean }>(
      'select bool_or(to_jsonb(i)::text like $1) as found from invitations i',
      [`%${token}%`],
    );
    expect(rows[0]?.found).toBe(false);
  });
});

it('writes down what is done and what is looked at, for administrators, by ids', async () => {
  await byRole.support?.ask(`/api/v1/buildings/${building}/people`);
  const support = byRole.support as SignedIn;
  const added = await support.ask(`/api/v1/buildings/${building}/residents`, {
    unitName: '4B',
    name: 'Ruth Resident',
    email: 'ruth@example.org',
  });
  const { resident } = added.body as { resident: string };
  const { body } = await admin.ask(`/api/v1/organisations/${admin.organisation}/audit?limit=2`);
  const { items } = body as { items: Record<string, unknown>[] };
  expect(items).toMatchObject([
    { action: 'resident.added', operatorName: 'sol', building, subject: resident, address: '127.0.0.1' },
    { action: 'people.seen', operatorName: 'sol', building },
  ]);
  expect(JSON.stringify(items)).not.toMatch(/ruth/i);
});

it('lets operators change people of their building, and an erasure stays one', async () => {
  const support = byRole.support as SignedIn;
  const of = `/api/v1/buildings/${building}`;
  const added = await support.ask(`${of}/residents`, { unitName: '5C', name: 'Bo', email: 'bo@example.org' });
  const { resident } = added.body as { resident: string };
  expect((await support.ask(`${of}/residents/${resident}`, { name: 'Bo B', email: null })).status).toBe(204);
  const find = async () => {
    const { body } = await support.ask(`${of}/people`);
    const { residents } = body as { residents: { resident: string }[] };
    return residents.find((each) => each.resident === resident);
  };
  expect(await find()).toMatchObject({ unitName: '5C', name: 'Bo B', email: null, language: 'en' });
  expect((await admin.ask(`${of}/residents/${resident}/erase`, {})).status).toBe(204);
  expect(await find()).toBeUndefined();
  expect(code(await support.ask(`${of}/residents/${resident}`, { name: 'Again' }))).toBe('not-found');
});

it('lets operators add couriers, and a carrier once', async () => {
  const support = byRole.support as SignedIn;
  const of = `/api/v1/buildings/${building}`;
  const add = (name: string) => support.ask(`${of}/couriers`, { carrier: 'Northline', name });
  expect([(await add('Ines')).status, (await add('Tom')).status]).toEqual([200, 200]);
  const { body } = await support.ask(`${of}/people`);
  const { couriers } = body as { couriers: { carrier: string; name: string }[] };
  expect(couriers).toMatchObject([
    { carrier: 'Northline', name: 'Ines', revoked: false },
    { carrier: 'Northline', name: 'Tom' },
  ]);
  const carriers = await rig.sql('select id from carriers where building = $1', [building]);
  expect(carriers).toHaveLength(1);
});

it('lets operators remove a carrier with all its couriers, for good', async () => {
  const support = byRole.support as SignedIn;
  const of = `/api/v1/buildings/${building}`;
  for (const name of ['Una', 'Vic']) await support.ask(`${of}/couriers`, { carrier: 'Swift', name });
  const people = async () => {
    const { body } = await support.ask(`${of}/people`);
    const { couriers, carriers } = body as PeopleView;
    return {
      swift: carriers.find(({ name }) => name === 'Swift'),
      revoked: couriers.filter(({ name }) => name === 'Una' || name === 'Vic').map(({ revoked }) => revoked),
      others: couriers.filter(({ name }) => name !== 'Una' && name !== 'Vic'),
    };
  };
  const { swift, revoked, others } = await people();
  expect([swift?.couriers, revoked]).toEqual([2, [false, false]]);
  const remove = `${of}/carriers/${swift?.carrier}/remove`;
  expect((await support.ask(remove, {})).status).toBe(204);
  expect(await people()).toEqual({ swift: undefined, revoked: [true, true], others });
  // Also for a hub that looks at its couriers alone.
  const rows = await rig.sql(`select revoked from couriers where name in ('Una', 'Vic')`);
  expect(rows).toEqual([{ revoked: true }, { revoked: true }]);
  for (const path of [remove, `${of}/carriers/${uuid}/remove`]) {
    expect(code(await support.ask(path, {}))).toBe('not-found');
  }
  // Whom a hub that has not heard of it yet adds meanwhile.
  await rig.sql(
    `insert into couriers (building, id, carrier, name, stamps) select building, gen_random_uuid(), carrier, 'Wim', stamps
     from couriers where name = 'Una'`,
  );
  await rig.sql(`update couriers set revoked = false where name = 'Wim'`);
  const { body } = await support.ask(`${of}/people`);
  expect((body as PeopleView).couriers.find(({ name }) => name === 'Wim')?.revoked).toBe(true);
});

it('lets operators say when a courier’s code begins a visit, and shows none that it cannot read', async () => {
  const support = byRole.support as SignedIn;
  const of = `/api/v1/buildings/${building}`;
  const night = { days: [6, 7], fromHour: 22, untilHour: 5 };
  const { body: made } = await support.ask(`${of}/couriers`, { carrier: 'Owl', hours: night });
  const { courier } = made as { courier: string };
  const hours = async () => {
    const { body } = await support.ask(`${of}/people`);
    const { couriers } = body as { couriers: { courier: string; hours: unknown }[] };
    return couriers.find((each) => each.courier === courier)?.hours;
  };
  expect(await hours()).toEqual(night);
  const change = (to: unknown) => support.ask(`${of}/couriers/${courier}`, { hours: to });
  expect((await change({ ...night, days: [7] })).status).toBe(204);
  expect(await hours()).toEqual({ ...night, days: [7] });
  expect((await change({ ...night, days: [] })).status).toBe(400);
  expect((await change(null)).status).toBe(204);
  expect(await hours()).toBeNull();
  await rig.sql(`update couriers set hours = '{"moon": "full"}' where id = $1`, [courier]);
  expect(await hours()).toBeNull();
});

it('lets administrators change the policy of a building within its bounds, and shows it to all', async () => {
  const of = `/api/v1/buildings/${building}/policy`;
  expect((await admin.ask(of, { undoMs: 2_000, retries: 3 })).status).toBe(204);
  expect((await admin.ask(of, { retries: 2 })).status).toBe(204);
  expect(code(await admin.ask(of, { retries: 99 }))).toBe('request-invalid');
  expect(code(await admin.ask(of, { doorsOpenAllDay: true }))).toBe('request-invalid');
  expect((await byRole.viewer?.ask(of))?.body).toEqual({ undoMs: 2_000, retries: 2 });
});

it('looks at the log of a building when an operator asks', async () => {
  const of = `/api/v1/buildings/${building}`;
  expect((await byRole.support?.ask(`${of}/log/check`, {}))?.status).toBe(204);
  const { body } = (await byRole.viewer?.ask(of)) ?? {};
  expect(body).toMatchObject({ logCheck: { askedAtMs: expect.any(Number), damaged: null } });
});

it('serves the page of its API from local files', async () => {
  const page = await fetch(`${running.url}/docs/`);
  expect(await page.text()).not.toMatch(/https?:\/\//);
  expect((await fetch(`${running.url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
});
