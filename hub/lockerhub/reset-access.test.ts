/** A manager's access reset at the console, with the hub running and dead. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ResetOptions, resetAccess } from './reset-access.ts';

let rig: HubRig;
beforeAll(async () => {
  rig = await startHubRig(smallPlan());
});
afterAll(() => rig.end());

const reset = (change: Partial<ResetOptions> = {}) =>
  resetAccess({
    data: rig.folder,
    login: 'manager',
    settings: join(rig.folder, 'none'),
    environment: {},
    random: systemRandom,
    ...change,
  });
const tokenIn = (text: string) => /#invitation=([\w-]+)/.exec(text)?.[1] ?? '';
const signIn = (password: string) =>
  rig.ask('/api/v1/sign-in', { body: { login: 'manager', password } }).then(({ status }) => status);

/** The way in serves once; the one before is over, and everybody hears of it. */
async function expectReset(text: string, session: string, times: number): Promise<void> {
  expect((await rig.ask('/api/v1/me', { token: session })).status).toBe(401);
  expect(await signIn('rig password')).toBe(401);
  const body = { token: tokenIn(text), password: `new password ${times}` };
  expect((await rig.ask('/api/v1/invitation', { body })).status).toBe(204);
  expect(await signIn(body.password)).toBe(200);
  expect((await rig.ask('/api/v1/invitation', { body })).json.code).toBe('invitation-void');
  const told = await rig.hub.store.query<{ payload: string }>(
    `select payload from log where type = 'staff.reset' or (type = 'case.opened' and data->>'kind' = 'access-reset') order by seq`,
  );
  expect(told.map(({ payload }) => JSON.parse(payload).by)).toEqual(
    Array.from({ length: 2 * times }, () => ({ kind: 'console' })),
  );
  expect(told.map(({ payload }) => payload).join('')).not.toContain('"manager"');
}

it('gives a new way in, ends the old one, and all staff hear of it', async () => {
  const session = await rig.signIn('manager');
  const { text, code } = await reset();
  expect([code, text]).toEqual([0, expect.stringContaining('http://127.0.0.1:')]);
  await expectReset(text, session, 1);
  const desk = await rig.signIn('desk');
  const { json } = await rig.ask('/api/v1/cases?state=open', { token: desk });
  expect(json.items).toMatchObject([{ kind: 'access-reset' }]);
});

it('is refused over the network, for who is no manager, and without the hub’s folder', async () => {
  const body = { login: 'manager', hash: '0'.repeat(64) };
  const asked = await rig.ask('/api/v1/console/reset', { body, token: await rig.signIn('desk') });
  expect(asked.json.code).toBe('console-refused');
  await expect(reset({ login: 'desk' })).rejects.toThrow('managers are: manager');
  const empty = await mkdtemp(join(tmpdir(), 'reset-'));
  await expect(reset({ data: empty })).rejects.toMatchObject({ code: 'not-found' });
  await rm(empty, { recursive: true });
});

it('waits for a dead hub’s next start', async () => {
  let text = '';
  let session = '';
  rig = await rig.restart(async () => {
    const said = await reset();
    expect(said).toMatchObject({ code: 3, text: expect.stringContaining('from its next start on') });
    text = said.text;
    session = 'a session of the hub before';
  });
  await expectReset(text, session, 2);
  expect(existsSync(join(rig.folder, 'access-reset.json'))).toBe(false);
});
