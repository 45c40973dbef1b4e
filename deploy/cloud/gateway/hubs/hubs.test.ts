import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { countersignedBytes } from '@lockerhub/protocol/sync/countersign.ts';
import { EntriesTaken, HeartbeatAnswer, MAX_PUSH_BYTES } from '@lockerhub/protocol/sync/hub-messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudHub } from '../../../../sim/testing/cloud-hub.ts';
import { CloudRig } from '../../../../sim/testing/cloud-rig.ts';
import { waitFor } from '../../../../sim/testing/wait-for.ts';

describe('what hubs say to the gateway', () => {
  let rig: CloudRig;
  let url: string;
  let otherUrl: string;
  beforeAll(async () => {
    rig = await CloudRig.start();
    ({ url } = await rig.gateway());
    ({ url: otherUrl } = await rig.gateway());
  });
  afterAll(() => rig.end());

  let made = 0;
  async function enrolled(): Promise<{ hub: CloudHub; building: string; key: KeyObject }> {
    made += 1;
    const building = await rig.building();
    const hub = await CloudHub.make(url, `building-${made}`);
    const { gatewayKey } = await hub.enrol(await rig.code(building));
    return { hub, building, key: createPublicKey(gatewayKey) };
  }
  const incidents = async (building: string) =>
    (
      await rig.sql<{ kind: string }>('select kind from incidents where building = $1 order by kind', [
        building,
      ])
    ).map(({ kind }) => kind);
  const stored = async (building: string) =>
    (
      await rig.sql<{ seq: string; hash: string }>(
        'select seq, hash from log where building = $1 order by seq',
        [building],
      )
    ).map(({ seq, hash }) => ({ seq: Number(seq), hash }));
  const headsOf = (hub: CloudHub) => hub.entries.map(({ seq, hash }) => ({ seq, hash }));
  const row = (instance: string, name: string) => ({
    table: 'units',
    id: newId(systemClock, systemRandom),
    row: {
      fields: {
        name: {
          value: name,
          stamp: { atMs: 1_700_000_000_000, count: 0, node: `h-${instance.slice(0, 8)}` },
        },
      },
      switches: {},
      removed: null,
      erased: null,
    },
  });

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

  it('finds a fork, by a push and by a heartbeat: nothing is taken, opening from afar is frozen', async () => {
    const { hub, building } = await enrolled();
    hub.write(3);
    await hub.ask('log', hub.push(0));
    const clone = new CloudHub({ url, slug: hub.slug, keys: hub.keys, instance: hub.instance });
    clone.token = hub.token;
    clone.write(4);
    const forked = await clone.ask('log', clone.push(0));
    expect([forked.status, forked.body.code, forked.body.head]).toEqual([409, 'fork', hub.head]);
    expect(await stored(building)).toEqual(headsOf(hub));
    expect((await hub.ask('heartbeat', hub.beat())).body.frozen).toBe(true);
    const early = { seq: 2, hash: clone.entries[1]?.hash ?? '' };
    expect((await clone.ask('heartbeat', clone.beat({ head: early }))).body.code).toBe('fork');
    expect(await incidents(building)).toEqual(['fork', 'hub-behind']);
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

  it('fences the hub that was replaced, and takes what it still held as orphans, once', async () => {
    const { hub: old, building } = await enrolled();
    old.write(5);
    await old.ask('log', old.push(0, 3));
    const next = new CloudHub({ url, slug: old.slug, keys: old.keys, epoch: 2 });
    const { head } = await next.enrol(await rig.code(building, 'replace'));
    expect(head).toEqual({ seq: 3, hash: old.entries[2]?.hash });
    const fenced = await old.ask('log', old.push(3));
    expect([fenced.status, fenced.body.code, fenced.body.epoch]).toEqual([409, 'epoch-fenced', 2]);
    const rows = { instance: old.instance, epoch: 1, rows: [row(old.instance, '101')] };
    expect((await old.ask('rows', rows)).body.code).toBe('epoch-fenced');
    const { after: _, ...orphans } = old.push(3);
    for (let times = 0; times < 2; times += 1) expect((await old.ask('orphans', orphans)).status).toBe(200);
    const kept = await rig.sql('select instance, seq from orphans where building = $1 order by seq', [
      building,
    ]);
    expect(kept).toEqual([
      { instance: old.instance, seq: '4' },
      { instance: old.instance, seq: '5' },
    ]);
    expect((await stored(building)).length).toBe(3);
    next.entries.push(...old.entries.slice(0, 3));
    next.write(2);
    expect((await next.ask('log', next.push(3))).status).toBe(200);
    expect(await incidents(building)).toEqual(['fenced-hub', 'orphans']);
    // A replaced hub with a token that holds cannot speak under the name of the one that replaced it.
    const posing = { ...next.push(4), instance: next.instance };
    expect((await old.ask('log', posing)).body.code).toBe('epoch-unproven');
    expect((await old.ask('orphans', { ...orphans, instance: next.instance })).body.code).toBe(
      'token-unknown',
    );
  });

  it('tells copies of one folder, which have one token, apart by their certificates', async () => {
    const { hub, building } = await enrolled();
    const restored = (epoch: number) => {
      const copy = new CloudHub({ url, slug: hub.slug, keys: hub.keys, epoch });
      copy.token = hub.token;
      return copy;
    };
    const says = async (copy: CloudHub) => {
      const { status, body } = await copy.ask('heartbeat', copy.beat({ certificate: copy.certificate() }));
      return status === 200 ? 'taken' : body.code;
    };
    const speaks = restored(2);
    expect(await says(speaks)).toBe('taken');
    expect(await says(restored(2))).toBe('epoch-clash');
    expect(await says(hub)).toBe('epoch-fenced');
    expect(await incidents(building)).toEqual(['epoch-clash', 'fenced-hub']);
    hub.write(2);
    const { after: _, ...orphans } = hub.push(0);
    const codeOf = async (changes: object) =>
      (await hub.ask('orphans', { ...orphans, ...changes })).body.code;
    expect(await codeOf({})).toBe('token-unknown');
    const { instance } = speaks;
    for (const number of [1, 2]) {
      expect(await codeOf({ certificate: hub.certificate({ instance, number }) })).toBe('token-unknown');
    }
    const foreign = await CloudHub.make(url, hub.slug);
    const forged = foreign.certificate({ number: 1, instance: hub.instance });
    expect(await codeOf({ certificate: forged })).toBe('key-foreign');
    expect(await codeOf({ certificate: hub.certificate() })).toBeUndefined();
    expect(await rig.sql('select seq from orphans where building = $1', [building])).toHaveLength(2);
  });

  it('asks for the certificate of an epoch that it has not adopted, and adopts it with a heartbeat', async () => {
    const { hub, building } = await enrolled();
    hub.epoch = 3;
    hub.write(1);
    expect((await hub.ask('log', hub.push(0))).body.code).toBe('epoch-unproven');
    expect((await hub.ask('heartbeat', hub.beat())).body.code).toBe('epoch-unproven');
    const stranger = await CloudHub.make(url, hub.slug);
    const forged = stranger.certificate({ number: 3, instance: hub.instance });
    expect((await hub.ask('heartbeat', hub.beat({ certificate: forged }))).body.code).toBe('key-foreign');
    const certificate = hub.certificate();
    expect((await hub.ask('heartbeat', hub.beat({ certificate }))).body.epoch).toBe(3);
    expect((await hub.ask('log', hub.push(0))).status).toBe(200);
    // Restored from a backup, as another instance, with the token that the backup held.
    const restored = new CloudHub({ url, slug: hub.slug, keys: hub.keys, epoch: 4 });
    restored.token = hub.token;
    restored.entries.push(...hub.entries);
    expect((await restored.ask('heartbeat', restored.beat())).body.code).toBe('epoch-unproven');
    const proof = restored.beat({ certificate: restored.certificate() });
    expect((await restored.ask('heartbeat', proof)).body.epoch).toBe(4);
    expect((await hub.ask('heartbeat', hub.beat())).body.code).toBe('epoch-fenced');
    const [now] = await rig.sql('select epoch_instance from buildings where id = $1', [building]);
    expect(now).toEqual({ epoch_instance: restored.instance });
  });

  it('adopts no higher epoch from a copy that does not go on with its log: the good hub goes on', async () => {
    const { hub, building } = await enrolled();
    hub.write(5);
    await hub.ask('log', hub.push(0));
    // Two entries of the hub's, and then its own: as a copy writes that was put back from a backup.
    const copied = (own: number) => {
      const copy = new CloudHub({ url, slug: hub.slug, keys: hub.keys, epoch: 2 });
      copy.token = hub.token;
      copy.entries.push(...hub.entries.slice(0, 2));
      copy.write(own);
      return copy;
    };
    const holdsAt5 = (copy: CloudHub) => {
      const entry = copy.entries[4];
      return entry ? { seq: 5, hash: entry.hash } : null;
    };
    for (const own of [0, 2, 3, 9]) {
      const copy = copied(own);
      const certificate = copy.certificate();
      const beat = copy.beat({ certificate });
      if (own > 3) {
        const asked = await copy.ask('heartbeat', beat);
        expect([asked.body.code, asked.body.head]).toEqual(['epoch-unproven', hub.head]);
      }
      const answer = await copy.ask('heartbeat', { ...beat, holds: holdsAt5(copy) });
      expect([own, answer.status, answer.body.code, answer.body.head]).toEqual([own, 409, 'fork', hub.head]);
      const log = { head: copy.head, holds: holdsAt5(copy) };
      const joining = await copy.ask('enrol', copy.enrolment(await rig.code(building, 'replace'), { log }));
      expect([own, joining.status, joining.body.code]).toEqual([own, 409, 'fork']);
    }
    expect((await hub.ask('heartbeat', hub.beat())).body).toMatchObject({ epoch: 1, frozen: true });
    hub.write(1);
    expect((await hub.ask('log', hub.push(5))).status).toBe(200);
    expect(await incidents(building)).toEqual(['fork']);
    // The one that does go on with it is adopted, and what was frozen is not any more.
    const next = new CloudHub({ url, slug: hub.slug, keys: hub.keys, epoch: 2 });
    next.token = hub.token;
    next.entries.push(...hub.entries);
    next.write(2);
    const certificate = next.certificate();
    expect((await next.ask('heartbeat', next.beat({ certificate }))).body.code).toBe('epoch-unproven');
    const answer = await next.ask('heartbeat', next.beat({ certificate, holds: hub.head }));
    expect(answer.body).toMatchObject({ epoch: 2, frozen: false });
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
