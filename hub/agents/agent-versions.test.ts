/** What agents say they run, kept in a real store's log, on a virtual clock. */
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SOFTWARE } from '../version.ts';
import { AgentVersions, EACH_AT_MOST_MS } from './agent-versions.ts';

const WITHIN_MS = 20_000;
const KEPT = { endedAtMs: 5, release: '0.2.0-abc', isKept: true, why: null, code: null };
const FAILED = {
  ...KEPT,
  endedAtMs: 9,
  isKept: false,
  why: 'it does not answer',
  code: 'unhealthy',
} as const;
let rig: HubRig;
let clock: VirtualClock;
let versions: AgentVersions;

const begin = () =>
  new AgentVersions({
    register: rig.hub.register,
    log: rig.hub.buildingLog,
    store: rig.hub.store,
    isOnline: () => true,
    clock,
    logger: pino({ level: 'silent' }),
  });

beforeEach(async () => {
  const plan = smallPlan();
  const yard = { file: 'yard.json', reach: 'hub' } as const;
  rig = await startHubRig({ ...plan, banks: [{ file: 'hall.json', reach: 'agent' }, yard] });
  clock = new VirtualClock(1_800_000_000_000);
  versions = begin();
});
afterEach(async () => {
  await versions.stop();
  await rig.end();
});

/** What the view says of it, once it says this. */
const shown = (software: string, endedAtMs?: number) =>
  waitFor(
    async () => {
      const [hall] = await versions.view();
      return hall?.software === software && (!endedAtMs || hall.update?.endedAtMs === endedAtMs) && hall;
    },
    WITHIN_MS,
    software,
  );

/** Entries about it in the log, the oldest first. */
async function entries(): Promise<readonly object[]> {
  await versions.stop();
  const rows = await rig.hub.store.query<{ type: string; data: { software?: string } }>(
    `select type, data from log where subject = 'hall/software' order by seq`,
  );
  return rows.map(({ type, data }) => ({ type, ...data }));
}

it('keeps what is new, once, over a restart too', async () => {
  expect(await versions.view()).toEqual([
    {
      bank: 'hall',
      name: 'hall',
      online: true,
      software: null,
      sinceMs: null,
      standing: 'unknown',
      update: null,
    },
  ]);
  const told = { software: SOFTWARE.replace('lockerhub', 'edge-agent'), update: KEPT };
  versions.told('hall', told);
  // Before the first is written down, and behind it.
  await clock.advance(EACH_AT_MOST_MS);
  versions.told('hall', told);
  await shown(told.software);
  await clock.advance(EACH_AT_MOST_MS);
  versions.told('hall', told);
  expect(await entries()).toEqual([
    { type: 'agent.version', bank: 'hall', software: told.software },
    { type: 'agent.updated', bank: 'hall', update: KEPT },
  ]);
  const seen = await versions.view();
  expect(seen).toMatchObject([{ software: told.software, standing: 'same', update: KEPT }]);
  versions = begin();
  const [after] = await versions.view();
  expect({ ...after, sinceMs: null }).toEqual({ ...seen[0], sinceMs: null });
  versions.told('hall', told);
  expect(await entries()).toHaveLength(2);
});

it('a result that comes later, or none, changes nothing of the version and since when it runs', async () => {
  versions.told('hall', { software: 'edge-agent 99.0.0', update: KEPT });
  const before = await shown('edge-agent 99.0.0');
  await clock.advance(EACH_AT_MOST_MS);
  versions.told('hall', { software: 'edge-agent 99.0.0' });
  await clock.advance(EACH_AT_MOST_MS);
  versions.told('hall', { software: 'edge-agent 99.0.0', update: FAILED });
  await shown('edge-agent 99.0.0', FAILED.endedAtMs);
  expect(await versions.view()).toEqual([{ ...before, standing: 'newer', update: FAILED }]);
  await clock.advance(EACH_AT_MOST_MS);
  // It runs another version, and how that came about is not told yet.
  versions.told('hall', { software: 'edge-agent 99.0.1' });
  expect(await shown('edge-agent 99.0.1')).toMatchObject({ update: FAILED });
});

it('an agent that says another thing each time fills no log, and its last word counts', async () => {
  for (let number = 0; number < 50; number += 1)
    versions.told('hall', { software: `edge-agent 0.0.${number}` });
  await shown('edge-agent 0.0.0');
  await clock.advance(EACH_AT_MOST_MS);
  await shown('edge-agent 0.0.49');
  expect(await entries()).toEqual([
    { type: 'agent.version', bank: 'hall', software: 'edge-agent 0.0.0' },
    { type: 'agent.version', bank: 'hall', software: 'edge-agent 0.0.49' },
  ]);
});

it('a bank that the hub drives itself, or that is none, is passed over', async () => {
  for (const bank of ['yard', 'cellar']) versions.told(bank, { software: 'edge-agent 0.0.1' });
  await versions.stop();
  expect((await versions.view()).map(({ bank }) => bank)).toEqual(['hall']);
  const kept = await rig.hub.store.query(`select 1 from log where type = 'agent.version'`);
  expect(kept).toEqual([]);
});
