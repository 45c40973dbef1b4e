/** A hub and a cloud, both real: what is true here gets there, what is changed there comes here, whatever comes between. */

import type { RunningGateway } from '@lockerhub/deploy/cloud/gateway/gateway.ts';
import { editRow, type RowChanges } from '@lockerhub/deploy/cloud/gateway/rows/edit-row.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { disagreements } from '@lockerhub/sim/testing/agreement.ts';
import { CloudWorld } from '@lockerhub/sim/testing/cloud-world.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 60_000;

describe('a hub and its cloud', () => {
  let world: CloudWorld;
  let rig: HubRig;
  let manager: string;
  let building: string;

  beforeAll(async () => {
    world = await CloudWorld.start();
    rig = await startHubRig(smallPlan());
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
