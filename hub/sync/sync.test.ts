/** A hub and a cloud, both real: what is true here gets there, what is changed there comes here, whatever comes between. */
import { join } from 'node:path';
import type { RunningGateway } from '@lockerhub/deploy/cloud/gateway/gateway.ts';
import { askForCheck, readCheck } from '@lockerhub/deploy/cloud/gateway/log/log-checks.ts';
import { editRow, type RowChanges } from '@lockerhub/deploy/cloud/gateway/rows/edit-row.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { disagreements } from '@lockerhub/sim/testing/agreement.ts';
import { CloudWorld } from '@lockerhub/sim/testing/cloud-world.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDurable } from '../store/pglite/durable.ts';

const WITHIN_MS = 60_000;

describe('a hub and its cloud', () => {
  let world: CloudWorld;
  let rig: HubRig;
  let manager: string;
  let building: string;
  /** How wrong the hub's clock is. */
  let aheadMs = 0;

  beforeAll(async () => {
    world = await CloudWorld.start();
    rig = await startHubRig(
      smallPlan(),
      {},
      { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs },
    );
    manager = await rig.signIn('manager');
    building = await world.rig.building();
  });
  afterAll(async () => {
    await rig.end();
    await world.end();
  });

  const report = async () => (await rig.ask('/api/v1/sync', { token: manager })).json;
  /** Both hold the same, and nothing waits. */
  async function agree(what: string): Promise<void> {
    await waitFor(
      async () => {
        const { state, entries, rows } = await report();
        if (state !== 'live' || entries + rows > 0) throw new Error(`${state}, ${entries} and ${rows} wait`);
        const differences = await disagreements(rig.hub.store, world.rig, building);
        if (differences.length > 0) throw new Error(differences.slice(0, 3).join('; '));
        return true;
      },
      WITHIN_MS,
      `hub and cloud to agree ${what}`,
    );
  }
  /** As an operator's page does it. */
  const edit = (gateway: RunningGateway, table: SyncedTableName, id: string, changes: RowChanges) =>
    gateway.gateway.database.asBuilding(building, (client) =>
      editRow(client, building, { table, id, changes }, Date.now()),
    );

  it('stands alone until a manager joins it by a code, and says what is wrong with another', async () => {
    expect(await report()).toMatchObject({ state: 'alone', cloud: null });
    const join = (code: string, token = manager) =>
      rig.ask('/api/v1/sync/join', { token, body: { url: world.url, code } });
    expect((await join('0000-0000-0000-0000')).json).toMatchObject({ code: 'cloud-refused' });
    const code = await world.rig.code(building);
    expect((await join(code, await rig.signIn('desk'))).json.code).toBe('forbidden');
    expect((await join(code)).status).toBe(204);
    await agree('after it joined');
    expect(rig.logged()).not.toContain(code);
  });

  it('sends what happens here as it happens', async () => {
    const body = { unitName: '2C', name: 'Lea Brandt', language: 'en', email: 'lea@example.org' };
    expect((await rig.ask('/api/v1/residents', { token: manager, body })).status).toBe(200);
    await agree('on a new resident');
  });

  it('sends what its pages keep among the settings, and what was removed there again and again', async () => {
    const ask = async (path: string, body: object = {}) => {
      const { status, json } = await rig.ask(`/api/v1${path}`, { token: manager, body });
      if (status >= 300) throw new Error(`${path}: ${status}`);
      return json;
    };
    const account = { apiUrl: 'https://sms.example.org', account: 'AC1', from: '+4915112345678' };
    await ask('/channels/sms', { settings: { kind: 'twilio', ...account }, secret: 'a-token' });
    await rig.hub.channels.tested({ kind: 'hub' }, 'sms');
    const hook = { url: 'https://example.org/hook', events: ['cases'] };
    const { webhook } = (await ask('/webhooks', hook)).webhook;
    await ask('/api-keys', { name: 'stays', scopes: ['deliveries:read'] });
    // More than the fields of one row.
    for (let made = 0; made < 41; made += 1) {
      const { apiKey } = await ask('/api-keys', { name: `key ${made}`, scopes: ['deliveries:read'] });
      await ask(`/api-keys/${apiKey.key}/revoke`);
    }
    await agree('on channels, webhooks and keys');
    await ask(`/webhooks/${webhook}/remove`);
    await agree('on the removed webhook');
    expect(await rig.hub.store.query(`select kind from cases where kind = 'cloud-refuses'`)).toEqual([]);
  });

  it('follows what an operator changes: a courier who is revoked there has no code here', async () => {
    const courier = rig.made?.couriers[0];
    const id = courier?.courier ?? '';
    const kiosk = rig.made?.terminals[0]?.token ?? '';
    const comes = async () =>
      (await rig.ask('/api/v1/visits', { token: kiosk, body: { code: courier?.code } })).json;
    const { visit } = await comes();
    await rig.ask(`/api/v1/visits/${visit}/end`, { token: kiosk, body: {} });
    await edit(world.gateway, 'couriers', id, { switches: { revoked: true } });
    await waitFor(async () => (await comes()).code === 'code-revoked', WITHIN_MS, 'the code to die');
    await agree('on the revocation');
    const { json } = await rig.ask('/api/v1/couriers', { token: manager });
    expect(json).toMatchObject([{ courier: id, revoked: true }]);
  });

  it('follows the removal of a carrier: nobody who drives for it has a code, nor whom staff added meanwhile', async () => {
    const add = async (name: string): Promise<string> => {
      const body = { carrier: 'Owl', name };
      return (await rig.ask('/api/v1/couriers', { token: manager, body })).json.courier;
    };
    const ines = await add('Ines');
    await agree('on the carrier');
    const [owl] = await world.rig.sql<{ id: string }>(`select id from carriers where name = 'Owl'`);
    await world.stopShapes();
    await edit(world.gateway, 'carriers', owl?.id ?? '', { removed: true });
    const tom = await add('Tom');
    expect(rig.hub.building.qrOf(tom)).toBeDefined();
    await world.startShapes();
    for (const courier of [ines, tom]) {
      const isOver = () => rig.hub.building.qrOf(courier) === undefined;
      await waitFor(isOver, WITHIN_MS, 'the code to die');
    }
    await agree('on the removal');
    const { json } = await rig.ask('/api/v1/couriers', { token: manager });
    const revoked = json.filter((row: { courier: string }) => [ines, tom].includes(row.courier));
    expect(revoked).toMatchObject([{ revoked: true }, { revoked: true }]);
  });

  it('tells the cloud of a carrier that staff removed, for good, and of its couriers', async () => {
    const body = { carrier: 'Heron', name: 'Ada' };
    const ada = (await rig.ask('/api/v1/couriers', { token: manager, body })).json.courier;
    await agree('on the carrier');
    const [heron] = await world.rig.sql<{ id: string }>(`select id from carriers where name = 'Heron'`);
    const path = `/api/v1/carriers/${heron?.id}/remove`;
    expect((await rig.ask(path, { token: manager, method: 'POST' })).status).toBe(204);
    await agree('on the removal');
    const [kept] = await world.rig.sql<{ name: string | null; stamps: { removed: object | null } }>(
      'select name, stamps from carriers where id = $1',
      [heron?.id ?? ''],
    );
    expect(kept).toMatchObject({ name: null, stamps: { removed: expect.any(Object) } });
    const [there] = await world.rig.sql<{ revoked: boolean }>('select revoked from couriers where id = $1', [
      ada,
    ]);
    expect(there?.revoked).toBe(true);
  });

  it('says in its metrics how it stands with the cloud', async () => {
    const { text } = await rig.ask('/metrics');
    expect(text).toContain('\nlockerhub_sync_live 1\n');
    expect(text).toContain('\nlockerhub_sync_unsent_entries 0\n');
    expect(text).toMatch(/\nlockerhub_sync_heard_seconds \d+(\.\d+)?\n/);
  });

  it('follows the policy that an operator changes, and leaves a setting alone that it does not know', async () => {
    const changes = { fields: { undoMs: 2_345, ofNewerSoftware: true } };
    await edit(world.gateway, 'settings', 'policy', changes);
    const undoMs = () => rig.hub.policy.get().undoMs;
    await waitFor(() => undoMs() === 2_345, WITHIN_MS, 'the policy to hold here');
    await agree('on the policy');
  });

  it('merges what both changed while they were parted, and is still right after a restart', async () => {
    await world.stopShapes();
    const [mara] = (await rig.ask('/api/v1/residents', { token: manager })).json;
    await edit(world.gateway, 'residents', mara.resident, { fields: { language: 'fr' } });
    rig = await rig.restart();
    manager = await rig.signIn('manager');
    await world.startShapes();
    await agree('after they were parted');
    const [again] = (await rig.ask('/api/v1/residents', { token: manager })).json;
    expect(again).toMatchObject({ resident: mara.resident, language: 'fr', name: mara.name });
  });

  it('erases for good whom an operator erases', async () => {
    const [mara] = (await rig.ask('/api/v1/residents', { token: manager })).json;
    await edit(world.gateway, 'residents', mara.resident, { erased: true });
    await agree('on the erasure');
    expect(JSON.stringify((await rig.ask('/api/v1/residents', { token: manager })).json)).not.toContain(
      mara.name,
    );
  });

  /** As the operators' page makes it; what became of it, by the log. */
  async function command(expiresAtMs: number): Promise<string> {
    const id = newId(systemClock, systemRandom);
    const argument = { kind: 'retire-compartment', bank: 'hall', compartment: 1, reason: 'a trial' };
    await world.rig.sql(
      `insert into commands (building, command, epoch, argument, operator, issued_at, expires_at)
        values ($1, $2, 1, $3, $2, $4, $5)`,
      [building, id, argument, expiresAtMs - 60_000, expiresAtMs],
    );
    return waitFor(
      async () => {
        const [result] = await world.rig.sql<{ outcome: string | null }>(
          'select outcome from command_results where command = $1',
          [id],
        );
        return result?.outcome;
      },
      WITHIN_MS,
      'the answer to a command',
    );
  }
  const jonas = async () =>
    (await rig.ask('/api/v1/residents', { token: manager })).json.find(
      ({ unitName }: { unitName: string }) => unitName === '1B',
    );
  const stampsInCloud = async (resident: string) => {
    const [row] = await world.rig.sql<{ stamps: { fields: Record<string, { atMs: number; node: string }> } }>(
      'select stamps from residents where id = $1',
      [resident],
    );
    return row?.stamps.fields ?? {};
  };

  it.each([
    ['2031', () => Date.UTC(2031, 0, 1)],
    ['1970', () => 0],
  ])(
    'is as good with a clock in %s: its changes count, commands expire by the cloud’s clock',
    async (year, wallMs) => {
      rig = await rig.restart(() => {
        aheadMs = wallMs() - Date.now();
      });
      manager = await rig.signIn('manager');
      const { resident } = await jonas();
      const renamed = { name: `Jonas of ${year}` };
      const path = `/api/v1/residents/${resident}`;
      expect((await rig.ask(path, { token: manager, body: renamed })).status).toBe(200);
      await agree(`on a change in ${year}`);
      // Not of 2031: replaced, on both sides. Nor before what it changed: one of 1970 is later than that all the same.
      const { name } = await stampsInCloud(resident);
      expect(name?.atMs).toBeLessThan(Date.now() + 300_000);
      expect(name?.atMs).toBeGreaterThan(Date.UTC(2026, 0, 1));
      expect(await jonas()).toMatchObject(renamed);
      // Whoever saw that and changes it has the last word.
      await edit(world.gateway, 'residents', resident, { fields: { language: `of ${year}` } });
      await waitFor(
        async () => (await jonas()).language === `of ${year}`,
        WITHIN_MS,
        'the operator’s change',
      );
      expect(await command(Date.now() + 60_000)).toBe('done');
      expect(await command(Date.now() - 1_000)).toBe('expired');
      await agree(`in ${year}`);
      const beat = 'select clock from heartbeats where building = $1';
      expect(await world.rig.sql(beat, [building])).toEqual([{ clock: 'untrusted' }]);
      const told = "select times > 0 as told from incidents where building = $1 and kind = 'clock-ahead'";
      expect(await world.rig.sql(told, [building])).toEqual([{ told: true }]);
    },
  );

  const openCases = async (kind: string) => {
    const { items } = (await rig.ask('/api/v1/cases?state=open', { token: manager })).json;
    return items.filter((open: { kind: string }) => open.kind === kind);
  };

  it('calls somebody for entries that only a replaced hub still held', async () => {
    const entry = "1, 'aa', '{}', 'bb'";
    const instance = '01890000-0000-7000-8000-000000000001';
    await world.rig.sql(
      `insert into orphans (building, instance, seq, epoch, salt, payload, hash, taken_at)
        values ($1, $2, 7, ${entry}, 1), ($1, $2, 8, ${entry}, 1)`,
      [building, instance],
    );
    await waitFor(async () => (await openCases('orphaned-entries')).length === 1, WITHIN_MS, 'the case');
    await agree('on the orphans');
  });

  it('finds a past entry that was changed, on either side, calls somebody, and keeps what the cloud has signed', async () => {
    // In the cloud as well: whatever a column says that is not what the entry says.
    await world.rig.sql('update log set at = at - 60000 where building = $1 and seq = 5', [building]);
    const { database } = world.gateway.gateway;
    await database.transaction((client) => askForCheck(client, building, Date.now()));
    rig = await rig.restart(async () => {
      aheadMs = 0;
      const { db } = await openDurable(join(rig.folder, 'store'));
      await db.exec('update log set at = at - 60000 where seq = 3');
      await db.close();
    });
    manager = await rig.signIn('manager');
    expect((await rig.ask('/api/v1/log/check', { token: manager, method: 'POST' })).status).toBe(204);
    const check = async () => (await rig.ask('/api/v1/log/check', { token: manager })).json;
    await waitFor(async () => (await check()).state === 'changed', WITHIN_MS, 'the change to be found');
    expect((await check()).faults).toMatchObject({ count: 1, first: { seq: 3 } });
    expect(await openCases('log-changed')).toHaveLength(1);
    const inCloud = () => database.transaction((client) => readCheck(client, building));
    await waitFor(
      async () => (await inCloud()).damaged?.seq === 5,
      WITHIN_MS,
      'the cloud’s to be found there',
    );
    expect((await rig.ask('/readyz')).json).toMatchObject({ ready: true, log: 'changed' });
    expect((await rig.ask('/metrics')).text).toContain('lockerhub_log_faults 1');
    await agree('on the case');
    await waitFor(
      async () => (await rig.hub.cloud.countersigned())?.seq === rig.hub.buildingLog.head().seq,
      WITHIN_MS,
      'the cloud’s signature under the newest entry',
    );
  });

  it('finds a past entry that was changed in the cloud, sends no more, and calls somebody', async () => {
    await world.rig.sql('update buildings set head_hash = $2 where id = $1', [building, 'ab'.repeat(32)]);
    const body = { unitName: '3D', name: 'Ole Berg', language: 'en' };
    expect((await rig.ask('/api/v1/residents', { token: manager, body })).status).toBe(200);
    await waitFor(async () => (await report()).state === 'forked', WITHIN_MS, 'the fork to be seen');
    await waitFor(async () => (await openCases('cloud-disagrees')).length === 1, WITHIN_MS, 'the case');
  });

  it('leaves, and sends nothing more', async () => {
    expect((await rig.ask('/api/v1/sync/leave', { token: manager, body: { reason: 'sold' } })).status).toBe(
      204,
    );
    expect(await report()).toMatchObject({ state: 'alone', cloud: null });
  });
});
