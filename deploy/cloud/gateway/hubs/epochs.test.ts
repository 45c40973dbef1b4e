import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudHub } from '../../../../sim/testing/cloud-hub.ts';
import type { CloudRig } from '../../../../sim/testing/cloud-rig.ts';
import { type HubsRig, headsOf, unitRow as row, startHubsRig } from '../../../../sim/testing/hubs-rig.ts';

describe('of several hubs of one building', () => {
  let rig: CloudRig;
  let url: string;
  let enrolled: HubsRig['enrolled'];
  let incidents: HubsRig['incidents'];
  let stored: HubsRig['stored'];
  beforeAll(async () => {
    ({ rig, url, enrolled, incidents, stored } = await startHubsRig());
  });
  afterAll(() => rig.end());

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
});
