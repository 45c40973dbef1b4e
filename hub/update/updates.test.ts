/** A manager brings a release by the page's requests; the updater's part is played by the test, as its SPEC has it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

const DEADLINE_MS = 15_000;
const RELEASE = {
  version: '0.2.0',
  commit: 'ab'.repeat(20),
  machine: 'x64',
  at: '2026-11-20T10:00:00.000Z',
};
const HOUR_MS = 3_600_000;

describe('updates', () => {
  let scratch: string;
  let inbox: string;
  let state: string;
  let rig: HubRig;
  let token: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'lockerhub-updates-'));
    [inbox, state] = [join(scratch, 'inbox'), join(scratch, 'state')];
    await mkdir(state);
    rig = await startHubRig(smallPlan(), { update: { inbox, state } });
    token = await rig.signIn('manager');
  });
  afterAll(async () => {
    await rig.end();
    await rm(scratch, { recursive: true });
  });

  const ask = (path: string, body?: unknown) =>
    rig.ask(`/api/v1/updates${path}`, { token, ...(body === undefined ? {} : { body }) });
  const piece = (file: string, at: number, bytes: string) =>
    rig.ask(`/api/v1/updates/file/${file}?at=${at}`, {
      ...{ token, method: 'PUT', body: bytes },
      headers: { 'content-type': 'application/octet-stream' },
    });
  const request = async () => JSON.parse(await readFile(join(inbox, 'request.json'), 'utf8'));
  const say = (name: string, what: unknown) => writeFile(join(state, name), JSON.stringify(what));
  const entries = async () =>
    (await rig.hub.store.query<{ type: string; data: unknown }>(
      `select type, data from log where type like 'update.%' order by seq`,
    )) as readonly { type: string; data: Record<string, unknown> }[];

  /** A release that the updater has looked at. */
  async function looked(fault: unknown = null): Promise<string> {
    const { json } = await ask('/file', { bytes: 6 });
    const { file } = json.file;
    // Not what comes next: a hole would be left.
    expect((await piece(file, 3, 'def')).json.file.received).toBe(0);
    expect((await piece(file, 0, 'abc')).json.file.received).toBe(3);
    // Sent again, as after an answer that was lost: nothing is written twice.
    expect((await piece(file, 0, 'abc')).json.file.received).toBe(3);
    expect((await piece(file, 3, 'defg')).json.file.received).toBe(3);
    expect((await piece(file, 3, 'def')).json.file).toMatchObject({ received: 6, checked: null });
    expect(await readFile(join(inbox, 'release.tar'), 'utf8')).toBe('abcdef');
    expect(await request()).toEqual({ act: 'check', file });
    await rm(join(inbox, 'request.json'));
    await say('checked.json', { file, release: RELEASE, fault });
    return file;
  }

  it('are managers’ alone, and not there without an updater', async () => {
    const desk = await rig.signIn('desk');
    expect((await rig.ask('/api/v1/updates/file', { token: desk, body: { bytes: 6 } })).status).toBe(403);
    expect((await rig.ask('/api/v1/updates', { token: desk })).json).toMatchObject({ isPossible: true });
    const alone = await startHubRig(smallPlan());
    const manager = await alone.signIn('manager');
    expect((await alone.ask('/api/v1/updates', { token: manager })).json.isPossible).toBe(false);
    const refused = await alone.ask('/api/v1/updates/file', { token: manager, body: { bytes: 6 } });
    expect(refused.json.code).toBe('update-unfit');
    await alone.end();
  });

  it('begin with a release that the updater found good, and end in the log, also over a restart', async () => {
    const file = await looked();
    expect((await ask('', { file: crypto.randomUUID(), at: null })).json.code).toBe('update-unfit');
    const begun = await ask('', { file, at: null });
    const { update } = begun.json.wanted;
    expect(await request()).toEqual({
      act: 'update',
      file,
      update,
      mayBeOlder: false,
      calmWithinMs: 900_000,
    });
    expect((await ask('', { file, at: null })).json.code).toBe('update-running');
    expect((await ask('/file', { bytes: 6 })).json.code).toBe('update-running');
    await rm(join(inbox, 'request.json'));
    await say('journal.json', { version: 1, phase: 'copying', from: '0.1.0-a', to: '0.2.0-b', update });
    expect((await ask('')).json.running).toEqual({ phase: 'copying', to: '0.2.0-b' });
    rig = await rig.restart(async () => {
      await say('last.json', {
        endedAtMs: 1,
        release: '0.2.0-b',
        isKept: true,
        why: null,
        code: null,
        update,
      });
      await rm(join(state, 'journal.json'));
    });
    await waitFor(async () => (await entries()).length === 2, DEADLINE_MS, 'the end in the log');
    expect(await entries()).toMatchObject([
      { type: 'update.asked', data: { update, version: '0.2.0', at: null } },
      { type: 'update.ended', data: { update, release: '0.2.0-b', outcome: 'kept', code: null } },
    ]);
    expect((await ask('')).json).toMatchObject({ wanted: null, running: null, file: null });
  });

  it('take what is foreign or older only as far as they may', async () => {
    const foreign = await looked({ code: 'release-foreign', message: 'not signed' });
    const refused = await ask('', { file: foreign, at: null, mayBeOlder: true });
    expect([refused.status, refused.json.detail]).toEqual([409, 'not signed']);
    const old = await looked({ code: 'release-older', message: 'older' });
    expect((await ask('', { file: old, at: null })).json.code).toBe('update-unfit');
    const hour = Date.now() + HOUR_MS;
    expect((await ask('', { file: old, at: hour, mayBeOlder: true })).json.wanted.at).toBe(hour);
    expect((await ask('/call-off', {})).json.wanted).toBeNull();
    expect((await entries()).at(-1)?.data).toMatchObject({ outcome: 'called-off', release: null });
  });

  it('come from the cloud, by an operator’s wish, in the background', async () => {
    const bytes = Buffer.from('a release');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    vi.spyOn(rig.hub.cloud, 'release').mockImplementation(async (_, at, most) =>
      bytes.subarray(at, at + most),
    );
    const machine = process.arch === 'arm64' ? 'arm64' : 'x64';
    const offered = { version: '0.2.0', files: [{ machine, sha256, bytes: bytes.length }] } as const;
    const operator = crypto.randomUUID();
    const other = { ...offered, files: [{ ...offered.files[0], machine: 'riscv' as never }] };
    await expect(rig.hub.updates.fetch(other, operator)).rejects.toMatchObject({ code: 'update-unfit' });
    await rig.hub.updates.fetch({ ...offered, files: [...offered.files] }, operator);
    expect((await ask('')).json.wanted).toMatchObject({ at: null, isFetched: true });
    await waitFor(async () => (await request().catch(() => null))?.act === 'check', DEADLINE_MS, 'the check');
    const { file } = await request();
    await rm(join(inbox, 'request.json'));
    await say('checked.json', { file, release: RELEASE, fault: null });
    await waitFor(
      async () => (await request().catch(() => null))?.act === 'update',
      DEADLINE_MS,
      'the update',
    );
    const { update, mayBeOlder } = await request();
    expect(mayBeOlder).toBe(false);
    await rm(join(inbox, 'request.json'));
    await say('last.json', {
      endedAtMs: 2,
      release: null,
      isKept: false,
      why: 'it',
      code: 'not-calm',
      update,
    });
    const last = async () => (await entries()).at(-1)?.data;
    await waitFor(async () => (await last())?.code === 'not-calm', DEADLINE_MS, 'the end');
    expect(await last()).toMatchObject({ update, outcome: 'not-kept' });
  });

  it('begin at their hour', async () => {
    const file = await looked();
    const at = Date.now() + 1_500;
    const { json } = await ask('', { file, at });
    await waitFor(async () => (await request().catch(() => null))?.act === 'update', DEADLINE_MS, 'its hour');
    expect((await request()).update).toBe(json.wanted.update);
  });
});
