import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';

describe('a hub and the updater’s file', () => {
  let rig: HubRig;
  let scratch: string;
  let file: string;
  const ready = async () => (await rig.ask('/readyz')).json;
  const signIn = () => rig.ask('/api/v1/sign-in', { body: { login: 'desk', password: RIG_PASSWORD } });

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'lockerhub-hold-'));
    file = join(scratch, 'updating');
    rig = await startHubRig(smallPlan(), { heldWhile: file });
  });
  afterAll(async () => {
    await rig.end();
    await rm(scratch, { recursive: true });
  });

  /** As an agent does. */
  async function connect(): Promise<void> {
    const [bank] = rig.made?.banks ?? [];
    const agent = { username: bank?.bank ?? '', password: bank?.password ?? '', reconnectPeriod: 0 };
    const client = await connectAsync(`mqtt://127.0.0.1:${rig.mqttPort}`, agent);
    await client.endAsync(true);
  }

  it('says that it is held as soon as the file is there, and no longer', async () => {
    expect(await ready()).toMatchObject({ ready: true, held: false, calm: true });
    await writeFile(file, '');
    expect(await ready()).toMatchObject({ ready: true, held: true, calm: true });
    // Only what would keep a door open is held up.
    expect((await signIn()).status).toBe(200);
    await connect();
    await rm(file);
    expect(await ready()).toMatchObject({ held: false });
  });

  it('found at the start: is ready, and takes nothing in from anybody until it is started anew', async () => {
    rig = await rig.restart(() => writeFile(file, ''));
    expect(await ready()).toMatchObject({ ready: true, held: true });
    expect(await signIn()).toMatchObject({ status: 503, json: { code: 'hub-held' } });
    await expect(connect()).rejects.toThrow();
    await rig.progress();
    await rm(file);
    expect(await ready()).toMatchObject({ held: true });
    expect((await signIn()).status).toBe(503);

    rig = await rig.restart();
    expect(await ready()).toMatchObject({ held: false });
    expect((await signIn()).status).toBe(200);
    await connect();
  });
});
