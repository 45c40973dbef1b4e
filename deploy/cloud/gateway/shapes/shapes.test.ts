import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SHAPE_NAMES, shapeColumns } from '@lockerhub/protocol/sync/shapes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CloudHub } from '../../../../sim/testing/cloud-hub.ts';
import { CloudRig } from '../../../../sim/testing/cloud-rig.ts';
import { waitFor } from '../../../../sim/testing/wait-for.ts';

const SECRET = 'rW8fmZc1x0Qe-of-this-test';
const DEADLINE_MS = 10_000;
/** As Electric 1.7.12 answers a first request (recording 02). */
const RECORDED_HEADERS = {
  'access-control-allow-origin': '*',
  'cache-control': 'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746',
  'content-type': 'application/json; charset=utf-8',
  'electric-handle': '82627135-1795338665310243',
  'electric-has-data': 'true',
  'electric-offset': '0_0',
  'electric-schema': '{"id":{"type":"uuid","not_null":true,"pk_index":0}}',
  'electric-server': 'ElectricSQL/1.7.12',
  etag: '"82627135-1795338665310243:-1:0_0"',
};
const BODY = JSON.stringify([
  { headers: { control: 'snapshot-end', xip_list: [], xmax: '878', xmin: '878' } },
]);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const recorded: Answer = (_request, response) => void response.writeHead(200, RECORDED_HEADERS).end(BODY);

describe('shapes, before a shape server', () => {
  let rig: CloudRig;
  let upstream: Server;
  let answer: Answer;
  let asked: IncomingMessage[];
  let url: string;
  let hub: CloudHub;
  let building: string;
  let other: CloudHub;
  let otherBuilding: string;

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    rig = await CloudRig.start({ electric: { url: `http://127.0.0.1:${port}`, secret: SECRET } });
    ({ url } = await rig.gateway());
    building = await rig.building('linden-court');
    hub = await CloudHub.make(url, 'linden-court');
    await hub.enrol(await rig.code(building));
    otherBuilding = await rig.building('oak-row');
    other = await CloudHub.make(url, 'oak-row');
    await other.enrol(await rig.code(otherBuilding));
  });
  beforeEach(() => {
    asked = [];
    answer = recorded;
  });
  afterAll(async () => {
    await rig.end();
    upstream.closeAllConnections();
    upstream.close();
  });

  /** What the shape server was asked, once. */
  const question = () => {
    expect(asked).toHaveLength(1);
    return new URL(asked[0]?.url ?? '', 'http://electric');
  };
  const underWay = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^lockerhub_gateway_shape_requests (\d+)$/m.exec(text)?.[1]);
  };

  it('asks for the building of the token, all that the gateway says itself, and passes on where the hub stands', async () => {
    const response = await hub.shape('residents', {
      offset: '0_0',
      handle: '82627135-1795338665310243',
      live: 'true',
      cursor: '12345',
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(BODY);
    const { pathname, searchParams } = question();
    expect(pathname).toBe('/v1/shape');
    expect(Object.fromEntries(searchParams)).toEqual({
      table: 'residents',
      columns:
        'building,id,household,name,language,email,accessible,only_me,pin_hash,fob_hash,moved_out_at,external_id,contacts,away,moved_out,stamps',
      where: `building = '${building}'`,
      replica: 'full',
      offset: '0_0',
      handle: '82627135-1795338665310243',
      live: 'true',
      cursor: '12345',
      secret: SECRET,
    });
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  it('serves each shape of the contract, and no other', async () => {
    for (const name of SHAPE_NAMES) expect((await hub.shape(name)).status, name).toBe(200);
    const tables = asked.map(({ url: path }) => new URL(path ?? '', 'http://electric').searchParams);
    expect(tables.map((query) => query.get('table'))).toEqual(SHAPE_NAMES);
    expect(tables.map((query) => query.get('columns'))).toEqual(
      SHAPE_NAMES.map((name) => shapeColumns(name).join(',')),
    );
    asked = [];
    for (const name of [
      'hubs',
      'buildings',
      'enrolment_codes',
      'public.log',
      'residents%00',
      '__proto__',
      '..%2Flog',
    ]) {
      expect((await hub.shape(name)).status, name).toBe(404);
    }
    expect(asked).toEqual([]);
  });

  it('lets nobody keep what it answers, and passes Electric’s own headers on', async () => {
    const { headers } = await hub.shape('residents');
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(headers.get('vary')).toBe('authorization');
    expect(headers.get('etag')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    for (const [name, value] of Object.entries(RECORDED_HEADERS)) {
      if (name.startsWith('electric-') || name === 'content-type') expect(headers.get(name)).toBe(value);
    }
  });

  it('refuses every parameter that is not for a hub to say, however it is written', async () => {
    const theirs = `building = '${otherBuilding}'`;
    const attacks = [
      `offset=-1&where=${encodeURIComponent(theirs)}`,
      `offset=-1&where=${encodeURIComponent('1=1')}`,
      'offset=-1&table=hubs',
      'offset=-1&t%61ble=hubs',
      'offset=-1&TABLE=hubs',
      'offset=-1&columns=id',
      'offset=-1&params[1]=x',
      `offset=-1&params%5B1%5D=${otherBuilding}`,
      'offset=-1&replica=default',
      'offset=-1&secret=guess',
      'offset=-1&source_id=x',
      'offset=-1&subset__where=1%3D1',
      'offset=-1&live_sse=true',
      `offset=-1&building=${otherBuilding}`,
      'offset=-1&offset=0_0',
      'offset=-1&handle=a&handle=b',
      'offset=-1&handle=a%26where%3D1',
      `offset=-1%27%20or%20building=%27${otherBuilding}`,
      'offset=-1&cursor=1%00',
      `offset=-1&handle=${'a'.repeat(101)}`,
      'offset=-1&live=yes',
      'offset=-1&=x',
      'offset=-1&log[]=full',
      'offset=-1;table=hubs',
      '',
    ];
    for (const query of attacks) {
      const response = await fetch(`${url}/hub/v1/shapes/residents?${query}`, {
        headers: { authorization: `Bearer ${hub.token}` },
      });
      expect([response.status, (await response.json()).code], query).toEqual([400, 'request-invalid']);
    }
    expect(asked).toEqual([]);
  });

  it('takes the building from the token alone', async () => {
    await (await other.shape('residents', { offset: '0_0', handle: '82627135-1795338665310243' })).text();
    expect(question().searchParams.get('where')).toBe(`building = '${otherBuilding}'`);
    for (const token of [null, '', 'x', `${hub.token}x`, `${hub.token}'--`, SECRET]) {
      const refused = await hub.shape('residents', { offset: '-1' }, { token });
      expect([refused.status, (await refused.json()).code]).toEqual([401, 'token-unknown']);
    }
    expect(asked).toHaveLength(1);
  });

  it('passes on that a handle is not this shape’s, and spreads those who begin anew', async () => {
    // Recording 08: a handle of another shape.
    answer = (_request, response) =>
      void response
        .writeHead(409, {
          'cache-control': 'public, max-age=60, must-revalidate',
          'content-type': 'application/json; charset=utf-8',
          'electric-handle': '59889755-1795338691449838',
        })
        .end('[{"headers":{"control":"must-refetch"}}]');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => hub.shape('residents', { offset: '0_0', handle: '1-1' })),
    );
    for (const response of answers) {
      expect(response.status).toBe(409);
      expect(response.headers.get('electric-handle')).toBe('59889755-1795338691449838');
      expect(response.headers.get('cache-control')).toBe('private, no-store');
      expect(await response.json()).toEqual([{ headers: { control: 'must-refetch' } }]);
    }
    const waits = answers.map((response) => Number(response.headers.get('retry-after')));
    expect(waits.every((seconds) => seconds >= 0 && seconds <= 10)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it('ends the request to the shape server when the hub goes away', async () => {
    let gone = 0;
    answer = (_request, response) => void response.on('close', () => (gone += 1));
    const controller = new AbortController();
    const waiting = hub.shape('residents', { offset: '0_0', live: 'true' }, { signal: controller.signal });
    await waitFor(() => asked.length === 1, DEADLINE_MS, 'the request to arrive');
    expect(await underWay()).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toThrow();
    await waitFor(() => gone === 1, DEADLINE_MS, 'the shape server to see it end');
    await waitFor(async () => (await underWay()) === 0, DEADLINE_MS, 'the place to be given back');
  });

  it('ends it in the middle of a body, too', async () => {
    let gone = 0;
    answer = (_request, response) => {
      response.on('close', () => (gone += 1));
      response.writeHead(200, RECORDED_HEADERS).write('[');
    };
    const controller = new AbortController();
    const response = await hub.shape('residents', { offset: '-1' }, { signal: controller.signal });
    expect(response.status).toBe(200);
    controller.abort();
    await expect(response.text()).rejects.toThrow();
    await waitFor(() => gone === 1, DEADLINE_MS, 'the shape server to see it end');
    await waitFor(async () => (await underWay()) === 0, DEADLINE_MS, 'the place to be given back');
  });

  it('breaks off where the shape server breaks off: half a body is never a whole one', async () => {
    answer = (_request, response) => {
      response.writeHead(200, RECORDED_HEADERS).write(BODY.slice(0, 10));
      setImmediate(() => response.destroy());
    };
    const response = await hub.shape('residents').catch((error: Error) => error);
    if (response instanceof Response) await expect(response.text()).rejects.toThrow();
    await waitFor(async () => (await underWay()) === 0, DEADLINE_MS, 'the place to be given back');
  });

  it('bounds the requests of a hub, and those of another have places still', async () => {
    answer = () => {};
    const controller = new AbortController();
    const most = 2 * SHAPE_NAMES.length;
    const waiting = Array.from({ length: most }, () =>
      hub.shape('units', { offset: '0_0', live: 'true' }, { signal: controller.signal }).catch(() => null),
    );
    await waitFor(() => asked.length === most, DEADLINE_MS, 'all to wait');
    const refused = await hub.shape('units');
    expect([refused.status, (await refused.json()).code]).toEqual([503, 'overloaded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    answer = recorded;
    expect((await other.shape('units')).status).toBe(200);
    controller.abort();
    await Promise.all(waiting);
    await waitFor(async () => (await hub.shape('units')).status === 200, DEADLINE_MS, 'places to be free');
  });

  it('hands a hub nothing that came after it was revoked', async () => {
    const revoked = await CloudHub.make(url, 'revoked');
    const id = await rig.building('revoked');
    await revoked.enrol(await rig.code(id));
    let release: () => void = () => {};
    answer = (request, response) => {
      release = () => recorded(request, response);
    };
    const waiting = revoked.shape('residents', { offset: '0_0', live: 'true' });
    await waitFor(() => asked.length === 1, DEADLINE_MS, 'the request to arrive');
    await rig.revoke(id, revoked.instance);
    release();
    const response = await waiting;
    expect([response.status, (await response.json()).code]).toEqual([401, 'token-unknown']);
  });

  it('hands a hub nothing once another one speaks for its building', async () => {
    const old = await CloudHub.make(url, 'swapped');
    const id = await rig.building('swapped');
    await old.enrol(await rig.code(id));
    const next = new CloudHub({ url, slug: 'swapped', keys: old.keys, epoch: 2 });
    await next.enrol(await rig.code(id, 'replace'));
    const refused = await old.shape('log');
    expect([refused.status, (await refused.json()).code]).toEqual([403, 'hub-fenced']);
    expect(asked).toEqual([]);
    expect((await next.shape('log')).status).toBe(200);
  });

  it('says that the shape server is away, whatever is wrong with it, and never its secret', async () => {
    const faults: Answer[] = [
      (request) => void request.socket.destroy(),
      (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end('overloaded'),
      // Recording 21: the secret is another.
      (_request, response) =>
        void response.writeHead(401).end('{"message":"Unauthorized - Invalid API secret"}'),
      // Recording 09: a table that it does not know is a fault of the cloud, not of the hub.
      (_request, response) =>
        void response
          .writeHead(400)
          .end('{"message":"Invalid request","errors":{"table":["does not exist"]}}'),
      (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      (_request, response) => void response.writeHead(400).end('not JSON'),
    ];
    for (const fault of faults) {
      answer = fault;
      const response = await hub.shape('residents');
      const problem = await response.json();
      expect([response.status, problem.code]).toEqual([503, 'shapes-away']);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(2);
      expect(JSON.stringify(problem)).not.toContain(SECRET);
    }
    expect(rig.logged).toContain('the shape server refused');
    expect(rig.logged).not.toContain(SECRET);
    expect(rig.logged).not.toContain(hub.token);
  });

  it('tells a hub what it said wrong', async () => {
    answer = (_request, response) =>
      void response
        .writeHead(400)
        .end('{"message":"Invalid request","errors":{"handle":["can\'t be blank"]}}');
    const response = await hub.shape('residents', { offset: '0_0' });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'request-invalid', where: 'query.handle' },
    ]);
  });
});
