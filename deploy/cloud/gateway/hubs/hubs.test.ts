import { verify } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { countersignedBytes } from '@lockerhub/protocol/sync/countersign.ts';
import { EntriesTaken, HeartbeatAnswer, MAX_PUSH_BYTES } from '@lockerhub/protocol/sync/hub-messages.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudHub } from '../../../../sim/testing/cloud-hub.ts';
import type { CloudRig } from '../../../../sim/testing/cloud-rig.ts';
import { type HubsRig, headsOf, unitRow as row, startHubsRig } from '../../../../sim/testing/hubs-rig.ts';
import { waitFor } from '../../../../sim/testing/wait-for.ts';

describe('what hubs say to the gateway', () => {
  let rig: CloudRig;
  let url: string;
  let otherUrl: string;
  let enrolled: HubsRig['enrolled'];
  let incidents: HubsRig['incidents'];
  let stored: HubsRig['stored'];
  beforeAll(async () => {
    ({ rig, url, otherUrl, enrolled, incidents, stored } = await startHubsRig());
  });
  afterAll(() => rig.end());

  it('keeps a heartbeat, and signs what it holds of the log', async () => {
    const { hub, building, key } = await enrolled();
    const empty = HeartbeatAnswer.parse((await hub.ask('heartbeat', hub.beat())).body);
    expect(empty).toMatchObject({ countersignature: null, frozen: false });
    hub.write(3);
    const taken = EntriesTaken.parse((await hub.ask('log', hub.push(0), { gzip: true })).body);
    expect(taken.head).toEqual(hub.head);
    const beat = hub.beat({ unsentRows: 7, disk: 'low' });
    const answer = HeartbeatAnswer.parse((await hub.ask('heartbeat', beat)).body);
    for (const proof of [taken.countersignature, answer.countersignature]) {
      const bytes = countersignedBytes(building, hub.head, proof?.atMs ?? 0);
      expect(proof?.head).toEqual(hub.head);
      expect(verify(null, bytes, key, Buffer.from(proof?.signature ?? '', 'base64'))).toBe(true);
    }
    const [kept] = await rig.sql('select instance, unsent_rows, disk from heartbeats where building = $1', [
      building,
    ]);
    expect(kept).toEqual({ instance: hub.instance, unsent_rows: '7', disk: 'low' });
  });

  it('takes a push once however often it comes, and says where to go on where one is missing', async () => {
    const { hub, building } = await enrolled();
    hub.write(10);
    const first = hub.push(0, 5);
    for (const push of [first, first, hub.push(2, 6), first]) {
      expect((await hub.ask('log', push)).status).toBe(200);
    }
    const gap = await hub.ask('log', hub.push(9));
    expect([gap.status, gap.body.code, gap.body.head]).toEqual([
      409,
      'cursor-ahead',
      { seq: 8, hash: hub.entries[7]?.hash },
    ]);
    expect((await hub.ask('log', hub.push(8))).body.head).toEqual(hub.head);
    expect(await stored(building)).toEqual(headsOf(hub));
  });

  it('takes each entry once when two gateways get the same pushes at the same moment', async () => {
    const { hub, building } = await enrolled();
    hub.write(40);
    const twin = new CloudHub({ url: otherUrl, slug: hub.slug, keys: hub.keys, instance: hub.instance });
    twin.token = hub.token;
    twin.entries.push(...hub.entries);
    for (let sent = 0; sent < 40; sent += 10) {
      const answers = await Promise.all([
        hub.ask('log', hub.push(sent, 10)),
        twin.ask('log', twin.push(sent, 10)),
        twin.ask('log', twin.push(Math.max(0, sent - 5), 12)),
      ]);
      for (const answer of answers) expect(answer.status).toBe(200);
    }
    expect(await stored(building)).toEqual(headsOf(hub));
    const [cases] = await rig.sql('select count(*)::int as count from cases where building = $1', [building]);
    expect(cases).toEqual({ count: 40 });
  });

  it('hears a newer hub whose clock and disk are in states of their own, and calls a person', async () => {
    const { building, hub } = await enrolled();
    const beat = { ...hub.beat(), clock: 'drifting', disk: 'worn', fans: 2 };
    expect((await hub.ask('heartbeat', beat)).status).toBe(200);
    const [kept] = await rig.sql('select clock, disk from heartbeats where building = $1', [building]);
    expect(kept).toEqual({ clock: 'untrusted', disk: 'low' });
  });

  it('keeps what a hub tells of its agents, with a reason that only newer ones know, and hears one that tells nothing', async () => {
    const { building, hub } = await enrolled();
    const failed = { endedAtMs: 1, release: '0.2.0-abc', isKept: false, why: 'too hot', code: 'too-hot' };
    const agent = { bank: 'hall', software: 'edge-agent 0.1.0', sinceMs: 5, update: failed };
    const kept = async (agents: unknown) => {
      expect((await hub.ask('heartbeat', { ...hub.beat(), agents })).status).toBe(200);
      return (await rig.sql('select agents from heartbeats where building = $1', [building]))[0];
    };
    expect(await kept([agent])).toEqual({ agents: [agent] });
    expect(await kept(undefined)).toEqual({ agents: null });
  });
  it('refuses what does not follow from one another', async () => {
    const { hub, building } = await enrolled();
    hub.write(3);
    const push = hub.push(0);
    const [one, two, three] = push.entries;
    if (!one || !two || !three) throw new Error('three entries');
    const changed = {
      ...push,
      entries: [one, { ...two, payload: two.payload.replace('hub', 'bub') }, three],
    };
    expect((await hub.ask('log', changed)).body.code).toBe('chain-broken');
    expect(await stored(building)).toEqual([]);
    expect(await incidents(building)).toEqual(['chain-broken']);
  });

  it('takes what a hub of a newer version says, all that it knows of it', async () => {
    const { hub, building } = await enrolled();
    const known = row(hub.instance, 'of today');
    const rows = [{ ...known, table: 'drones' }, known, { ...known, table: 'charging_points' }];
    const asked = { instance: hub.instance, epoch: 1, rows, ofTomorrow: true };
    const answer = await hub.ask('rows', asked);
    expect([answer.status, answer.body.unknownTables]).toEqual([200, ['drones', 'charging_points']]);
    expect(await rig.sql('select name from units where building = $1', [building])).toEqual([
      { name: 'of today' },
    ]);
    expect((await hub.ask('heartbeat', { ...hub.beat(), battery: 'low' })).status).toBe(200);
  });

  it('lets no building reach another: not by its token, its names, its entries or its rows', async () => {
    const [a, b] = [await enrolled(), await enrolled()];
    a.hub.write(3);
    b.hub.write(3);
    await a.hub.ask('log', a.hub.push(0));
    await b.hub.ask('log', b.hub.push(0));
    const shared = row(a.hub.instance, 'of a');
    const push = { instance: a.hub.instance, epoch: 1, rows: [shared] };
    expect((await a.hub.ask('rows', push)).status).toBe(200);
    b.hub.write(2);
    const theirs = b.hub.push(3);
    // With A's token: B's name, B's entries, B's certificate.
    const attacks: [string, unknown, string][] = [
      ['log', theirs, 'epoch-unproven'],
      ['log', { ...theirs, instance: a.hub.instance }, 'fork'],
      ['log', { ...theirs, instance: a.hub.instance, building: b.building }, 'fork'],
      ['rows', { ...push, instance: b.hub.instance }, 'epoch-unproven'],
      ['orphans', { instance: b.hub.instance, epoch: 1, entries: theirs.entries }, 'token-unknown'],
      ['heartbeat', b.hub.beat(), 'epoch-unproven'],
      [
        'heartbeat',
        { ...b.hub.beat(), epoch: 9, certificate: b.hub.certificate({ number: 9 }) },
        'key-foreign',
      ],
    ];
    for (const [path, body, code] of attacks)
      expect((await a.hub.ask(path, body)).body.code, path).toBe(code);
    expect(await stored(b.building)).toEqual(headsOf(b.hub).slice(0, 3));
    // A row of the same id in another building is another row.
    const same = {
      instance: b.hub.instance,
      epoch: 1,
      rows: [{ ...shared, row: row(b.hub.instance, 'of b').row }],
    };
    expect((await b.hub.ask('rows', same)).status).toBe(200);
    const names = await rig.sql('select building, name from units where id = $1 order by name', [shared.id]);
    expect(names).toEqual([
      { building: a.building, name: 'of a' },
      { building: b.building, name: 'of b' },
    ]);
    await rig.revoke(a.building, a.hub.instance);
    for (const path of ['heartbeat', 'log', 'rows', 'orphans']) {
      const refused = await a.hub.ask(path, push);
      expect([refused.status, refused.body.code], path).toEqual([401, 'token-unknown']);
    }
  });

  it('refuses a body that is too large before and after inflating, damaged, or of another kind', async () => {
    const { hub } = await enrolled();
    const bomb = gzipSync(Buffer.alloc(MAX_PUSH_BYTES + 1, 32));
    expect(bomb.length).toBeLessThan(50_000);
    const send = async (body: BodyInit, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/hub/v1/log`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${hub.token}`, ...headers },
      });
      return [response.status, (await response.json()).code];
    };
    const gzip = { 'content-encoding': 'gzip' };
    expect(await send(bomb, gzip)).toEqual([413, 'too-large']);
    expect(await send(Buffer.alloc(MAX_PUSH_BYTES + 1, 32))).toEqual([413, 'too-large']);
    expect(await send(gzipSync('{}').subarray(0, 12), gzip)).toEqual([400, 'request-invalid']);
    expect(await send('no gzip', gzip)).toEqual([400, 'request-invalid']);
    expect(await send('{}', { 'content-encoding': 'br' })).toEqual([400, 'request-invalid']);
    expect(await send('{"instance":')).toEqual([400, 'request-invalid']);
    expect(await send('')).toEqual([400, 'request-invalid']);
    expect((await hub.ask('log', { ...hub.push(0), entries: [] })).body).toMatchObject({
      code: 'request-invalid',
      where: 'body.entries',
    });
  });

  it('makes a hub come again that sends more at once than it may', async () => {
    const { hub } = await enrolled();
    hub.write(1);
    const client = new Client({ connectionString: rig.ownerUrl });
    await client.connect();
    // Whoever holds the building's lock makes its pushes wait.
    await client.query('begin');
    await client.query('select 1 from buildings where slug = $1 for no key update', [hub.slug]);
    const waiting = [1, 2, 3].map(() => hub.ask('log', hub.push(0)));
    const isFull = async () =>
      /^lockerhub_gateway_messages 3$/m.test(await (await fetch(`${url}/metrics`)).text());
    await waitFor(isFull, 10_000, 'the places of the hub to be taken');
    const refused = await hub.ask('heartbeat', hub.beat());
    expect(refused.status).toBe(503);
    expect(refused.body.code).toBe('overloaded');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await client.query('commit');
    await client.end();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
  });

  it('answers its own figures, and describes itself', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/lockerhub_gateway_request_seconds_count\{method="POST",route="\/hub\/v1\/log"/);
    expect(metrics).toMatch(/lockerhub_gateway_refused_total\{code="token-unknown"\}/);
    expect(metrics).toMatch(/^lockerhub_gateway_hubs [1-9]\d*$/m);
    expect(metrics).toMatch(/^lockerhub_gateway_unsent_entries \d+$/m);
    expect(metrics).toMatch(/^lockerhub_gateway_logs_damaged 0$/m);
    expect(metrics).not.toContain('building-1');
    const { paths } = await (await fetch(`${url}/openapi.json`)).json();
    expect(Object.keys(paths).filter((path) => path.startsWith('/hub/'))).toEqual([
      '/hub/v1/enrol',
      '/hub/v1/envelope',
      '/hub/v1/standing',
      '/hub/v1/heartbeat',
      '/hub/v1/log',
      '/hub/v1/orphans',
      '/hub/v1/rows',
      '/hub/v1/releases/{sha256}',
      '/hub/v1/shapes/{name}',
    ]);
  });
});
