import { createPublicKey } from 'node:crypto';
import { Enrolled } from '@lockerhub/protocol/sync/hub-messages.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudHub } from '../../../../sim/testing/cloud-hub.ts';
import { CloudRig } from '../../../../sim/testing/cloud-rig.ts';

describe('enrolling a hub', () => {
  let rig: CloudRig;
  let url: string;
  beforeAll(async () => {
    // Each test speaks as a client of its own, so that none meets the limit of another.
    rig = await CloudRig.start({ proxies: 1 });
    ({ url } = await rig.gateway());
  });
  afterAll(() => rig.end());

  let clients = 0;
  const as = () => {
    clients += 1;
    return { headers: { 'x-forwarded-for': `192.0.2.${clients}` } };
  };
  const stateOf = async (building: string) =>
    (
      await rig.sql('select slug, epoch, epoch_instance, frozen_since from buildings where id = $1', [
        building,
      ])
    )[0];

  it('answers with a token, the building, where its log stands and which cloud this is', async () => {
    const building = await rig.building();
    const hub = await CloudHub.make(url, 'linden-court');
    const answer = Enrolled.parse(await hub.enrol(await rig.code(building)));
    expect(answer).toMatchObject({ building, epoch: 1, head: { seq: 0, hash: '0'.repeat(64) } });
    expect(answer.cloud.system).toMatch(/^\d+\/\d+$/);
    expect(answer.cloud.timeline).toBe(1);
    expect(createPublicKey(answer.gatewayKey).asymmetricKeyType).toBe('ed25519');
    expect(await stateOf(building)).toMatchObject({
      slug: 'linden-court',
      epoch: 1,
      epoch_instance: hub.instance,
    });
    const [kept] = await rig.sql<{ token_hash: string }>('select token_hash from hubs where building = $1', [
      building,
    ]);
    expect(kept?.token_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(rig.logged).not.toContain(answer.token);
  });

  it('takes a code once, of one hub: its repetition gets another token, and the one before is void', async () => {
    const building = await rig.building();
    const hub = await CloudHub.make(url, 'oak-row');
    const code = await rig.code(building);
    const message = hub.enrolment(code);
    const [first, second] = [await hub.ask('enrol', message), await hub.ask('enrol', message)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.token).not.toBe(first.body.token);
    expect((await hub.ask('heartbeat', hub.beat(), { token: first.body.token })).body.code).toBe(
      'token-unknown',
    );
    expect((await hub.ask('heartbeat', hub.beat(), { token: second.body.token })).status).toBe(200);
    const other = new CloudHub({ url, slug: 'oak-row', keys: hub.keys, epoch: 2 });
    expect((await other.ask('enrol', other.enrolment(code), as())).body.code).toBe('code-unknown');
  });

  it('takes a code once when two hubs use it at the same moment', async () => {
    const building = await rig.building();
    const one = await CloudHub.make(url, 'twin');
    const hubs = [1, 2, 3, 4, 5].map((epoch) => new CloudHub({ url, slug: 'twin', keys: one.keys, epoch }));
    const code = await rig.code(building);
    const answers = await Promise.all(hubs.map((hub) => hub.ask('enrol', hub.enrolment(code), as())));
    const codes = answers.map(({ status, body }) => (status === 200 ? 'enrolled' : body.code)).toSorted();
    expect(codes).toEqual(['code-unknown', 'code-unknown', 'code-unknown', 'code-unknown', 'enrolled']);
  });

  it('refuses unknown and old codes alike, and leaves a code good that a refusal met', async () => {
    const building = await rig.building('named-by-operator');
    const hub = await CloudHub.make(url, 'another-name');
    const code = await rig.code(building);
    expect((await hub.ask('enrol', hub.enrolment('0000-0000-0000-0000'), as())).body.code).toBe(
      'code-unknown',
    );
    expect((await hub.ask('enrol', hub.enrolment('nonsense'), as())).body.code).toBe('code-unknown');
    expect((await hub.ask('enrol', hub.enrolment(code), as())).body.code).toBe('building-mismatch');
    const right = new CloudHub({ url, slug: 'named-by-operator', keys: hub.keys });
    await right.enrol(code.toLowerCase().replaceAll('-', ' '));
    const later = await rig.code(building);
    await rig.sql('update enrolment_codes set expires_at = 1 where building = $1 and used_at is null', [
      building,
    ]);
    expect((await right.ask('enrol', right.enrolment(later), as())).body.code).toBe('code-unknown');
  });

  it('refuses a name that another building of the organisation bears', async () => {
    const hub = await CloudHub.make(url, 'only-one');
    await hub.enrol(await rig.code(await rig.building('only-one')));
    const other = await CloudHub.make(url, 'only-one');
    const answer = await other.ask('enrol', other.enrolment(await rig.code(await rig.building())), as());
    expect([answer.status, answer.body.code]).toEqual([403, 'building-mismatch']);
  });

  it('pins the key at first: later ones and forged certificates are foreign', async () => {
    const building = await rig.building();
    const hub = await CloudHub.make(url, 'pinned');
    await hub.enrol(await rig.code(building));
    const stranger = await CloudHub.make(url, 'pinned');
    stranger.epoch = 7;
    const code = await rig.code(building, 'replace');
    const own = await stranger.ask('enrol', stranger.enrolment(code), as());
    expect([own.status, own.body.code]).toEqual([403, 'key-foreign']);
    const forged = await stranger.ask(
      'enrol',
      stranger.enrolment(code, { authority: hub.keys.certificate }),
      as(),
    );
    expect(forged.body.code).toBe('key-foreign');
    const borrowed = new CloudHub({ url, slug: 'pinned', keys: hub.keys, epoch: 7 });
    const forOther = borrowed.certificate({ instance: hub.instance });
    expect((await hub.ask('enrol', borrowed.enrolment(code, { epoch: forOther }), as())).body).toMatchObject({
      code: 'request-invalid',
      where: 'body.epoch',
    });
    expect(await stateOf(building)).toMatchObject({ epoch: 1, epoch_instance: hub.instance });
    const [incident] = await rig.sql('select kind, times from incidents where building = $1', [building]);
    expect(incident).toEqual({ kind: 'key-foreign', times: '2' });
  });

  it('adopts a higher epoch, which fences the hub before', async () => {
    const building = await rig.building();
    const old = await CloudHub.make(url, 'replaced');
    await old.enrol(await rig.code(building));
    const next = new CloudHub({ url, slug: 'replaced', keys: old.keys, epoch: 2 });
    await next.enrol(await rig.code(building, 'replace'));
    expect((await next.ask('heartbeat', next.beat())).status).toBe(200);
    const late = await old.ask('heartbeat', old.beat());
    expect([late.status, late.body.code, late.body.epoch]).toEqual([409, 'epoch-fenced', 2]);
    const again = await old.ask('enrol', old.enrolment(await rig.code(building, 'replace')), as());
    expect(again.body.code).toBe('epoch-fenced');
  });

  it('freezes opening from afar when two hubs bear one number, until one bears a higher', async () => {
    const building = await rig.building();
    const one = await CloudHub.make(url, 'claimed-twice');
    await one.enrol(await rig.code(building));
    const two = new CloudHub({ url, slug: 'claimed-twice', keys: one.keys });
    const refused = await two.ask('enrol', two.enrolment(await rig.code(building, 'replace')), as());
    expect([refused.status, refused.body.code]).toEqual([409, 'epoch-clash']);
    expect((await stateOf(building))?.frozen_since).not.toBeNull();
    expect((await one.ask('heartbeat', one.beat())).body.frozen).toBe(true);
    one.epoch = 2;
    const healed = await one.ask('heartbeat', one.beat({ certificate: one.certificate() }));
    expect(healed.body).toMatchObject({ epoch: 2, frozen: false });
  });

  it('gives the sealed keyring to who has the code of a replacement, and does not use the code up', async () => {
    const building = await rig.building();
    const hub = await CloudHub.make(url, 'sealed');
    const first = await rig.code(building);
    const early = await rig.code(await rig.building(), 'replace');
    expect((await hub.ask('envelope', { code: early }, as())).body.code).toBe('envelope-none');
    expect((await hub.ask('envelope', { code: first }, as())).body.code).toBe('code-unknown');
    const message = hub.enrolment(first);
    await hub.ask('enrol', message);
    expect((await hub.ask('envelope', { code: first }, as())).body.code).toBe('code-unknown');
    const code = await rig.code(building, 'replace');
    const asked = [await hub.ask('envelope', { code }, as()), await hub.ask('envelope', { code }, as())];
    for (const { body } of asked) {
      expect(body).toEqual({ envelope: message.envelope, building: 'sealed', epoch: 1 });
    }
    const next = new CloudHub({ url, slug: 'sealed', keys: hub.keys, epoch: 2 });
    await next.enrol(code);
    expect((await hub.ask('envelope', { code }, as())).body.code).toBe('code-unknown');
  });

  it('says how far it has come to whoever signs with the building’s key, and to nobody else', async () => {
    const building = await rig.building();
    const hub = await CloudHub.make(url, 'put-back');
    await hub.enrol(await rig.code(building));
    hub.write(2);
    await hub.ask('log', hub.push(0));
    const ask = async (signature: string, id = building) =>
      (await hub.ask('standing', { building: id, signature }, as())).body;
    expect(await ask(hub.askingFor(building))).toEqual({ epoch: 1, head: hub.head });
    const other = await CloudHub.make(url, 'another');
    const unjoined = await rig.building();
    for (const [signature, id] of [
      [other.askingFor(building), building],
      [hub.askingFor(unjoined), building],
      [hub.askingFor(unjoined), unjoined],
      [hub.askingFor(hub.instance), hub.instance],
    ] as const) {
      expect((await ask(signature, id)).code).toBe('code-unknown');
    }
  });

  it('makes whoever guesses wait, by address, and nobody else', async () => {
    const guesser = as();
    const hub = await CloudHub.make(url, 'guessed');
    const guess = () => hub.ask('envelope', { code: '0000-0000-0000-0001' }, guesser);
    const codes = [];
    for (let tried = 0; tried < 11; tried += 1) codes.push((await guess()).body.code);
    expect(codes).toEqual([...Array(10).fill('code-unknown'), 'too-many-attempts']);
    const waits = await guess();
    expect(Number(waits.headers.get('retry-after'))).toBeGreaterThan(0);
    const spoofed = { headers: { 'x-forwarded-for': `1.2.3.4, ${guesser.headers['x-forwarded-for']}` } };
    const code = await rig.code(await rig.building());
    expect((await hub.ask('enrol', hub.enrolment(code), spoofed)).status).toBe(429);
    expect((await hub.ask('enrol', hub.enrolment(code), as())).status).toBe(200);
  });
});
