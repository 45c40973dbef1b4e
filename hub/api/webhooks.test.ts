/** Webhooks over the real API, with a real program behind them that misbehaves. */

import { HubProcess } from '@lockerhub/sim/testing/hub-process.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { WebhookEndpoint } from '@lockerhub/sim/webhooks/endpoint.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const WITHIN_MS = 15_000;
let rig: HubRig;
let manager: string;
let program: WebhookEndpoint;
let webhook: string;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  manager = await rig.signIn('manager');
});
afterAll(() => rig.end());

const ask = (path: string, body?: unknown, token = manager) =>
  rig.ask(`/api/v1/webhooks${path}`, { token, ...(body === undefined ? {} : { body }) });
const within = (url: string) => ({ url, network: 'building', events: ['deliveries', 'people'] });
const view = async () => (await ask('')).json.find((each: { webhook: string }) => each.webhook === webhook);
const heard = (type: string) => program.calls.filter(({ body }) => body.type === type);
const addResident = (name: string) =>
  rig.ask('/api/v1/residents', { token: manager, body: { unitName: '5E', name } });

beforeEach(async () => {
  program = await WebhookEndpoint.start();
  const { json } = await ask('', within(program.url));
  webhook = json.webhook.webhook;
  program.secret = json.secret;
});
afterEach(async () => {
  await ask(`/${webhook}/remove`, {});
  await program.stop();
});

describe('a webhook', () => {
  it('tells in order, signed, and no name unless it was asked for', async () => {
    const bank = new ToldBank(rig);
    await bank.dropOff();
    await waitFor(() => heard('delivery.deposited').length === 1, WITHIN_MS, 'the call');
    const [{ id, body, isSigned } = { id: '', body: undefined, isSigned: false }] =
      heard('delivery.deposited');
    const [entry] = await rig.hub.store.query<{ seq: number; epoch: number; hash: string }>(
      "select seq, epoch from log where type = 'delivery.deposited' order by seq desc limit 1",
    );
    expect([isSigned, id]).toEqual([true, `${entry?.epoch}.${entry?.seq}`]);
    expect(body).toMatchObject({
      type: 'delivery.deposited',
      timestamp: expect.stringMatching(/Z$/),
      data: { building: 'rig-house', seq: entry?.seq, delivery: { unit: '1A', carrier: 'Northline' } },
    });
    const seqs = program.calls.map((call) => call.body.data.seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(JSON.stringify(program.calls)).not.toMatch(/Mara|Olsen|mara@/);
    await ask(`/${webhook}`, { ...within(program.url), personal: true });
    const { delivery } = body.data.entry;
    await rig.ask(`/api/v1/deliveries/${delivery}/not-brought`, { token: manager, method: 'POST' });
    await waitFor(() => heard('delivery.withdrawn').length === 1, WITHIN_MS, 'the end of it');
    expect(heard('delivery.withdrawn')[0]?.body.data.delivery).toEqual({
      unit: '1A',
      carrier: 'Northline',
      recipient: 'Mara Olsen',
      tracking: 'TBA1',
    });
    expect(await view()).toMatchObject({ personal: true, state: 'ready' });
  });

  it.each(['failing', 'closing', 'moved'] as const)(
    'tells again what a %s program did not take',
    async (manner) => {
      program.manner = manner;
      await addResident(`Person ${manner}`);
      await waitFor(() => heard('row.changed').length > 0, WITHIN_MS, 'a first try');
      await waitFor(async () => (await view()).state === 'failing', WITHIN_MS, 'the failure to be shown');
      program.manner = 'good';
      const before = program.calls.length;
      // Set anew: it need not wait for the next try.
      await ask(`/${webhook}`, within(program.url));
      await waitFor(() => program.calls.length > before, WITHIN_MS, 'the next try');
      expect(program.calls.at(before)?.id).toBe(program.calls.at(before - 1)?.id);
      await waitFor(async () => (await view()).state === 'ready', WITHIN_MS, 'the end of the failure');
    },
  );

  it('takes no word of an endless answer, and lets a hung program keep nobody else waiting', async () => {
    const other = await WebhookEndpoint.start();
    const { json } = await ask('', within(other.url));
    program.manner = 'hung';
    other.manner = 'babbling';
    await addResident('Somebody');
    await addResident('Somebody else');
    const told = () => other.calls.filter(({ body }) => body.type === 'row.changed').length;
    await waitFor(() => told() >= 2, WITHIN_MS, 'the other program');
    expect(heard('row.changed')).toHaveLength(1);
    await ask(`/${json.webhook.webhook}/remove`, {});
    await other.stop();
  });

  it('calls again, under the same id, what it was not sure of when it ended', async () => {
    program.manner = 'hung';
    await addResident('At the end');
    await waitFor(() => program.calls.length > 0, WITHIN_MS, 'a first try');
    rig = await rig.restart(() => {
      program.manner = 'good';
    });
    await waitFor(() => program.calls.length >= 2, WITHIN_MS, 'the next hub’s try');
    expect(program.calls[1]?.id).toBe(program.calls[0]?.id);
    manager = await rig.signIn('manager');
    const { behind } = await view();
    expect(behind).toBeLessThan(20);
  });

  it('calls again, signed and under the same id, when the hub was killed in the middle of a call', async () => {
    program.manner = 'hung';
    rig = await rig.restart(async () => {
      const hub = await HubProcess.start(rig.folder);
      const before = program.calls.length;
      const cookie = `lockerhub_staff=${manager}`;
      await fetch(`${hub.url}/api/v1/residents`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify({ unitName: '5E', name: 'In the Dark' }),
      });
      await waitFor(() => program.calls.length > before, WITHIN_MS, 'the call');
      await hub.kill();
      program.manner = 'good';
    });
    const idsOf = () => program.calls.map(({ id }) => id);
    // The household and the resident.
    await waitFor(() => new Set(idsOf()).size === 2, WITHIN_MS, 'all to be told');
    const ids = idsOf();
    const again = ids.filter((id, at) => ids.indexOf(id) !== at);
    // What was called twice is known by its id; nothing is left out or out of order.
    expect(again).not.toEqual([]);
    expect(new Set(again)).toEqual(new Set([ids[0]]));
    expect(program.calls.every(({ isSigned }) => isSigned)).toBe(true);
    const seqs = [...new Set(ids)].map((id) => Number(id.split('.')[1]));
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  });

  it('leaves no mark in the store of how far one that was removed had come', async () => {
    const marks = async () => {
      const rows = await rig.hub.store.query<{ name: string }>(
        "select name from sync_marks where starts_with(name, 'webhook/')",
      );
      return rows.map(({ name }) => name);
    };
    await addResident('Told once');
    await waitFor(async () => (await marks()).length > 0, WITHIN_MS, 'the mark');
    expect(await marks()).toEqual([`webhook/${webhook}`]);
    await ask(`/${webhook}/remove`, {});
    expect(await marks()).toEqual([]);
    // As after a kill between the two.
    await rig.hub.buildingLog.append({ payloads: [], marks: [{ name: 'webhook/gone', value: '{}' }] });
    rig = await rig.restart();
    expect(await marks()).toEqual([]);
    manager = await rig.signIn('manager');
  });

  it('signs by both secrets for a day after a new one was made', async () => {
    const old = program.secret;
    const { json } = await ask(`/${webhook}/secret`, {});
    expect(json.secret).not.toBe(old);
    expect(json.webhook.oldSecretUntil).toBeGreaterThan(Date.now());
    expect((await ask(`/${webhook}/test`, {})).json).toEqual({ taken: true, reason: null });
    program.secret = json.secret;
    await ask(`/${webhook}/test`, {});
    program.secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
    await ask(`/${webhook}/test`, {});
    expect(program.calls.map(({ isSigned }) => isSigned)).toEqual([true, true, false]);
    const rows = await rig.hub.store.query<{ text: string }>(
      "select value::text as text from settings where id = 'webhook:' || $1",
      [webhook],
    );
    for (const secret of [old, json.secret]) expect(rows[0]?.text).not.toContain(secret);
    expect(JSON.stringify((await ask('')).json)).not.toContain('whsec_');
  });
});

describe('who may have which program called', () => {
  const keyFor = async (...scopes: readonly string[]) =>
    (await rig.ask('/api/v1/api-keys', { token: manager, body: { name: 'x', scopes } })).json.token;

  it('refuses addresses that are not for it', async () => {
    const plain = { url: 'http://example.org/hook', events: ['cases'] };
    expect((await ask('', plain)).json).toMatchObject({ code: 'request-invalid', where: 'body.url' });
    for (const url of [
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/',
      'https://localhost/',
    ]) {
      const { json } = await ask('', { url, events: ['cases'] });
      const tried = await ask(`/${json.webhook.webhook}/test`, {});
      expect([url, tried.json.reason]).toEqual([
        url,
        expect.stringContaining('not one that a webhook may lead to'),
      ]);
      await ask(`/${json.webhook.webhook}/remove`, {});
    }
  });

  it('tells a program no more than its key lets it see', async () => {
    const token = await keyFor('webhooks:write', 'deliveries:read');
    const settings = { url: 'https://example.org/hook', events: ['deliveries'] };
    for (const wrong of [
      { ...settings, events: ['deliveries', 'doors'] },
      { ...settings, personal: true },
      { ...settings, network: 'building' },
    ]) {
      expect([wrong, (await ask('', wrong, token)).status]).toEqual([wrong, 403]);
    }
    const made = await ask('', settings, token);
    expect(made.status).toBe(200);
    expect((await ask(`/${made.json.webhook.webhook}/remove`, {}, token)).status).toBe(204);
    expect((await ask('', undefined, await rig.signIn('desk'))).status).toBe(403);
  });
});
