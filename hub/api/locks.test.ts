/** The health of locks over HTTP, against a running hub and its store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { writeLockHistory } from '../../sim/testing/lock-history.ts';
import { LockWatch } from '../locks/lock-watch.ts';

const HEALTH = '/api/v1/banks/hall/health';
const times = (count: number, latencyMs: number) => Array<number>(count).fill(latencyMs);

let rig: HubRig;
let manager: string;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  manager = await rig.signIn('manager');
  const worn = { bank: 'hall', compartment: 2 };
  await writeLockHistory(rig.hub, [
    { ...worn, daysAgo: 20, latenciesMs: times(30, 40) },
    { ...worn, daysAgo: 0, latenciesMs: [...times(9, 180), 900], jams: 2 },
  ]);
});
afterAll(() => rig.end());

const get = async (path: string) => (await rig.ask(path, { token: manager })).json;

describe('the health of a bank', () => {
  it('has a line for each lock: what it did lately, before, and what speaks against it', async () => {
    const health = await get(HEALTH);
    expect(health).toMatchObject({ recentDays: 7, baselineDays: 30, jamsToRetire: 3 });
    expect(health.locks).toHaveLength(4);
    expect(health.locks[0]).toMatchObject({
      compartment: 1,
      recent: { openings: 0, medianMs: null },
      wear: null,
    });
    expect(health.locks[1]).toEqual({
      compartment: 2,
      sensed: true,
      inService: true,
      supply: expect.any(String),
      recent: { openings: 10, jams: 2, retries: 0, timed: 10, medianMs: 180, p95Ms: 900 },
      baseline: { openings: 30, jams: 0, retries: 0, timed: 30, medianMs: 40, p95Ms: 40 },
      wear: { kind: 'slower', nowMs: 180, beforeMs: 40 },
    });
  });

  it('is told of one lock day by day', async () => {
    const days = await get(`${HEALTH}/2`);
    expect(days).toMatchObject([
      { openings: 30, medianMs: 40 },
      { openings: 10, jams: 2, medianMs: 180, p95Ms: 900 },
    ]);
    const day = 86_400_000;
    expect(Date.parse(days[1].day) - Date.parse(days[0].day)).toBe(20 * day);
    expect(await get(`${HEALTH}/1`)).toEqual([]);
  });

  it('is told to Prometheus, bank by bank', async () => {
    const { text } = await rig.ask('/metrics');
    expect(text).toContain('lockerhub_lock_openings{bank="hall"} 10\n');
    expect(text).toContain('lockerhub_lock_opening_seconds{bank="hall",quantile="0.5"} 0.18\n');
    expect(text).toContain('lockerhub_locks_wearing{bank="hall"} 1\n');
    expect(text).toContain('lockerhub_locks_wearing{bank="yard"} 0\n');
  });

  it.each([
    ['/api/v1/banks/nowhere/health', 'not-found'],
    [`${HEALTH}/9`, 'not-found'],
    [`${HEALTH}/x`, 'request-invalid'],
  ])('answers %s with %s', async (path, code) => {
    expect((await get(path)).code).toBe(code);
  });

  it('calls staff once for a lock that wears', async () => {
    const watch = new LockWatch({
      store: rig.hub.store,
      banks: () => ['hall'],
      clock: rig.hub.clock,
      log: rig.hub.log,
      execute: (command) => rig.hub.building.execute(command),
    });
    const wearing = async () =>
      (await get('/api/v1/cases?state=open')).items.filter(
        ({ kind }: { kind: string }) => kind === 'lock-wearing',
      );
    await watch.look();
    const [open] = await wearing();
    expect(open).toMatchObject({ compartment: 2, detail: 'Door 2 takes 180 ms to open, 40 ms a month ago' });
    const body = { resolution: 'ordered a new lock' };
    await rig.ask(`/api/v1/cases/${open.case}/close`, { token: manager, body });
    await watch.look();
    expect(await wearing()).toEqual([]);
  });
});

describe('how many jams take a compartment out of service', () => {
  const change = async (login: string, body: unknown) =>
    rig.ask('/api/v1/policy', { method: 'PATCH', token: await rig.signIn(login), body });

  it('is a manager’s to change, and nobody else’s', async () => {
    for (const login of ['desk', 'auditor', 'installer']) {
      expect((await change(login, { jamsToRetire: 5 })).json.code).toBe('forbidden');
    }
    for (const body of [{ jamsToRetire: 0 }, { jamsToRetire: 21 }, { jamsToRetire: 5, idle: 100 }]) {
      expect((await change('manager', body)).json.code).toBe('request-invalid');
    }
    expect((await get(HEALTH)).jamsToRetire).toBe(3);
  });

  it('holds from then on, stands in the log once, and leaves the rest of the policy alone', async () => {
    for (const _ of [1, 2]) expect((await change('manager', { jamsToRetire: 5 })).status).toBe(200);
    expect((await get(HEALTH)).jamsToRetire).toBe(5);
    const { items } = await get('/api/v1/log?limit=200');
    expect(items.filter(({ data }: { data: { row?: string } }) => data.row === 'policy')).toMatchObject([
      { type: 'row.changed', by: { kind: 'staff' }, data: { fields: ['jamsToRetire'] } },
      { by: { kind: 'hub' }, data: { fields: ['undoMs'] } },
    ]);
    expect(rig.hub.policy.get()).toMatchObject({ jamsToRetire: 5, undoMs: 0 });
    rig = await rig.restart();
    manager = await rig.signIn('manager');
    expect(rig.hub.policy.get()).toMatchObject({ jamsToRetire: 5, undoMs: 0 });
  });
});

describe('the mechanical key', () => {
  const KEY = '/api/v1/banks/hall/key';
  const forced = (compartment: number, number: number) =>
    rig.hub.building.execute({
      type: 'bank-event',
      bank: 'hall',
      session: 1,
      number,
      kind: 'forced',
      compartment,
      grant: null,
      ageMs: 0,
      latencyMs: null,
    });
  const openCases = async () =>
    (await get('/api/v1/cases?state=open')).items.map(
      ({ compartment }: { compartment: number }) => compartment,
    );

  it.each([
    ['a door', 3, [4]],
    ['the whole bank', null, []],
  ])('is believed of %s, and only of that', async (_, compartment, left) => {
    rig = await rig.restart();
    manager = await rig.signIn('manager');
    const cases = await get('/api/v1/cases?state=open');
    for (const { case: id } of cases.items) {
      await rig.ask(`/api/v1/cases/${id}/close`, { token: manager, body: { resolution: 'looked' } });
    }
    await forced(3, 1);
    await forced(4, 2);
    expect((await openCases()).sort()).toEqual([3, 4]);
    const body = { compartment, reason: 'flat battery' };
    expect((await rig.ask(KEY, { token: manager, body: { ...body, minutes: 999 } })).json.code).toBe(
      'request-invalid',
    );
    expect((await rig.ask(KEY, { token: manager, body })).status).toBe(204);
    expect(await openCases()).toEqual(left);
  });
});
