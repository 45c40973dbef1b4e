/** What programs may do by their keys, over the real API. */
import { SCOPES } from '@lockerhub/protocol/http/api-keys.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

const WITHIN_MS = 10_000;
let rig: HubRig;
let manager: string;

beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  manager = await rig.signIn('manager');
});
afterAll(() => rig.end());

interface Made {
  readonly token: string;
  readonly apiKey: { readonly key: string; readonly prefix: string };
}

async function keyFor(...scopes: readonly string[]): Promise<Made> {
  const { status, json } = await rig.ask('/api/v1/api-keys', {
    token: manager,
    body: { name: 'a program', scopes },
  });
  expect(status).toBe(200);
  return json;
}

/** Routes that a key reaches, by the scope that each asks for. */
const BY_KEY: Readonly<Record<string, (typeof SCOPES)[number]>> = {
  'get /api/v1/building': 'building:read',
  'get /api/v1/stream': 'building:read',
  'get /api/v1/cases': 'building:read',
  'get /api/v1/log': 'building:read',
  'get /api/v1/log/{seq}/proof': 'building:read',
  'get /api/v1/deliveries': 'deliveries:read',
  'get /api/v1/deliveries/{delivery}': 'deliveries:read',
  'get /api/v1/deliveries/{delivery}/proof': 'deliveries:read',
  'get /api/v1/deliveries/{delivery}/evidence': 'deliveries:read',
  'post /api/v1/deliveries/{delivery}/gone': 'deliveries:write',
  'post /api/v1/deliveries/{delivery}/received': 'deliveries:write',
  'post /api/v1/deliveries/{delivery}/handed-out': 'deliveries:write',
  'post /api/v1/deliveries/{delivery}/not-brought': 'deliveries:write',
  'post /api/v1/deliveries/{delivery}/match': 'deliveries:write',
  'get /api/v1/residents': 'people:read',
  'get /api/v1/units': 'people:read',
  'post /api/v1/units/{unit}': 'roster:write',
  'post /api/v1/units/{unit}/remove': 'roster:write',
  'get /api/v1/couriers': 'people:read',
  'get /api/v1/carriers': 'people:read',
  'post /api/v1/residents': 'roster:write',
  'post /api/v1/residents/{resident}': 'roster:write',
  'get /api/v1/roster': 'roster:write',
  'put /api/v1/roster': 'roster:write',
  'post /api/v1/roster/preview': 'roster:write',
  'post /api/v1/roster/undo': 'roster:write',
  'post /api/v1/banks/{bank}/compartments/{n}/open': 'doors:open',
  'get /api/v1/webhooks': 'webhooks:write',
  'post /api/v1/webhooks': 'webhooks:write',
  'post /api/v1/webhooks/{webhook}': 'webhooks:write',
  'post /api/v1/webhooks/{webhook}/secret': 'webhooks:write',
  'post /api/v1/webhooks/{webhook}/test': 'webhooks:write',
  'post /api/v1/webhooks/{webhook}/send-again': 'webhooks:write',
  'post /api/v1/webhooks/{webhook}/forget': 'webhooks:write',
  'post /api/v1/webhooks/{webhook}/remove': 'webhooks:write',
};
/** Routes that ask for no session at all: they look at what the request itself brings. */
const FOR_ANYBODY: ReadonlySet<string> = new Set([
  'get /api/v1/setup',
  'post /api/v1/setup',
  'post /api/v1/sign-in',
  'post /api/v1/sign-out',
  'post /api/v1/invitation',
  'post /api/v1/terminals/pair',
  'post /api/v1/agents/join',
  'post /api/v1/phone/residents',
  'post /api/v1/phone/visits',
  'post /api/v1/receipts/twilio/{message}',
  'post /api/v1/receipts/{channel}/{message}',
]);
const ANY_ID = '019b0000-0000-7000-8000-000000000001';

/** Asks a route with this key; without a body, so that nothing happens where it is let in. */
function tried(route: string, token: string) {
  const [method = '', path = ''] = route.split(' ');
  const filled = path
    .replaceAll('{bank}', 'hall')
    .replaceAll(/\{(n|seq)\}/g, '1')
    .replaceAll(/\{\w+\}/g, ANY_ID);
  return rig.ask(filled, { method: method.toUpperCase(), token });
}

it('lets a key in where its scope is named and nowhere else', async () => {
  const { json: document } = await rig.ask('/openapi.json');
  const routes = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(Object.keys(BY_KEY).filter((route) => !routes.includes(route))).toEqual([]);
  const all = await keyFor(...SCOPES);
  const admitted: unknown[] = [];
  for (const route of routes.filter((each) => each.includes('/api/v1/') && !(each in BY_KEY))) {
    const { status, json } = await tried(route, all.token);
    if (!FOR_ANYBODY.has(route) && status !== 401 && status !== 403)
      admitted.push([route, status, json?.code]);
  }
  expect(admitted).toEqual([]);
});

it.each(SCOPES)('refuses what only %s allows to a key with all the others', async (scope) => {
  const others = await keyFor(...SCOPES.filter((each) => each !== scope));
  for (const route of Object.keys(BY_KEY).filter((each) => BY_KEY[each] === scope)) {
    const { status, json } = await tried(route, others.token);
    expect([route, status, json?.code]).toEqual([route, 403, 'forbidden']);
  }
});

it('answers a program where it answers staff', async () => {
  const all = await keyFor(...SCOPES);
  for (const route of Object.keys(BY_KEY).filter((each) => !each.endsWith('/stream'))) {
    const { status, json } = await tried(route, all.token);
    // What does not fit the request is said so; nothing fails at who asks.
    expect([route, status < 500, [401, 403].includes(status), json?.code]).toEqual([
      route,
      true,
      false,
      json?.code,
    ]);
  }
});

it('names residents in deliveries only to a key that may see people', async () => {
  const bank = new ToldBank(rig);
  await bank.dropOff();
  const [plain, seeing] = [await keyFor('deliveries:read'), await keyFor('deliveries:read', 'people:read')];
  const first = async ({ token }: Made) => (await rig.ask('/api/v1/deliveries', { token })).json.items[0];
  expect((await first(plain)).residentName).toBeNull();
  expect((await first(seeing)).residentName).toBe('Mara Olsen');
  const found = async ({ token }: Made) =>
    (await rig.ask('/api/v1/deliveries?q=Olsen', { token })).json.items.length;
  expect([await found(plain), await found(seeing)]).toEqual([0, 1]);
});

it('writes what a program does into the log in its name', async () => {
  const { token, apiKey } = await keyFor('roster:write', 'doors:open');
  const body = { unitName: '9Z', name: 'Ann Program' };
  expect((await rig.ask('/api/v1/residents', { token, body })).status).toBe(200);
  const list = await fetch(`${rig.httpUrl}/api/v1/roster`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: 'unit,name\n9Y,Bo Program\n',
  });
  expect(list.status).toBe(200);
  const asked = await rig.ask('/api/v1/banks/hall/compartments/4/open', {
    token,
    body: { reason: 'by a program' },
  });
  expect(asked.status).toBe(200);
  const by = async (type: string) => {
    const [entry] = await rig.hub.store.query<{ payload: string }>(
      'select payload from log where type = $1 order by seq desc limit 1',
      [type],
    );
    return entry && JSON.parse(entry.payload).by;
  };
  await waitFor(async () => (await by('rows.imported')) !== undefined, WITHIN_MS, 'the list');
  for (const type of ['row.changed', 'rows.imported', 'grant.issued']) {
    expect([type, await by(type)]).toEqual([type, { kind: 'api-key', id: apiKey.key }]);
  }
});

it('ends an open stream when its key is revoked', async () => {
  const { token, apiKey } = await keyFor('building:read');
  const stream = await fetch(`${rig.httpUrl}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(stream.status).toBe(200);
  const over = stream.text();
  expect((await rig.ask(`/api/v1/api-keys/${apiKey.key}/revoke`, { token: manager, body: {} })).status).toBe(
    204,
  );
  // At once: not only by the pulse that looks at all who listen.
  expect(rig.hub.events.listening).toBe(0);
  expect(await over).toContain('api-key.revoked');
  expect((await rig.ask('/api/v1/building', { token })).status).toBe(401);
});

it('is made by managers alone, works on after a restart, and remembers its use', async () => {
  const body = { name: 'x', scopes: ['building:read'] };
  const desk = await rig.signIn('desk');
  expect((await rig.ask('/api/v1/api-keys', { token: desk, body })).status).toBe(403);
  const { token, apiKey } = await keyFor('building:read');
  await rig.ask('/api/v1/building', { token });
  rig = await rig.restart();
  expect((await rig.ask('/api/v1/building', { token })).status).toBe(200);
  manager = await rig.signIn('manager');
  const { json } = await rig.ask('/api/v1/api-keys', { token: manager });
  const mine = json.find((each: { key: string }) => each.key === apiKey.key);
  expect(mine).toEqual({ ...apiKey, lastUsedAt: expect.any(Number) });
  expect(JSON.stringify(json)).not.toContain(token);
});
