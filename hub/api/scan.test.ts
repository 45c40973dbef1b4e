/** Scans over HTTP, against a real hub that reaches a simulated PLC itself. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { bankFileOf } from '@lockerhub/sim/demo/bank-files.ts';
import { type StandingBank, standUp } from '@lockerhub/sim/demo/plcs.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WITHIN_MS = 60_000;
const LAYOUT: Layout = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  bottomMm: 100,
  columns: [{ widthMm: 450, cells: [1, 2].map((number) => ({ number, size: 'M', heightMm: 300 })) }],
};
const SCAN = '/api/v1/banks/lobby/scan';

describe('the scan of a bank’s lines', () => {
  let rig: HubRig;
  let lobby: StandingBank;
  let token: string;
  let line: string;

  beforeAll(async () => {
    lobby = await standUp({ layout: LAYOUT, unsensed: new Set(), reach: 'hub' }, 0, systemClock, () => {});
    rig = await startHubRig({ ...smallPlan(), banks: [], terminals: [] });
    token = await rig.signIn('installer');
    const file = bankFileOf(LAYOUT, new Set(), lobby.server.port);
    await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
    await waitFor(isSeen, WITHIN_MS, 'the bank');
    line = (await view()).lines[0].line;
  }, 120_000);
  afterAll(async () => {
    await rig.end();
    await lobby.server.stop();
  });

  const view = async () => (await rig.ask(SCAN, { token })).json;
  const begin = (body: object) =>
    rig.ask(SCAN, { token, body: { line, speeds: 'own', units: 'few', ...body } });
  const isSeen = async () => {
    const { json } = await rig.ask('/api/v1/building', { token });
    const bank = json.banks.find((one: { bank: string }) => one.bank === 'lobby');
    return bank?.online && bank.doors.every(({ door }: { door: string }) => door === 'closed');
  };
  const ended = () =>
    waitFor(
      async () => {
        const { scan } = await view();
        return scan?.state && scan.state.is !== 'running' ? scan : null;
      },
      WITHIN_MS,
      'the scan to end',
    );

  it('is for those who may change banks, and for lines that there are', async () => {
    const desk = await rig.signIn('desk');
    expect((await rig.ask(SCAN, { token: desk })).status).toBe(403);
    expect((await rig.ask(SCAN)).status).toBe(401);
    expect((await begin({ line: 'nowhere' })).status).toBe(404);
    expect((await view()).scan).toBeNull();
  });

  it(
    'tells who answers, logs who asked, moves no door, and gives the line back',
    async () => {
      expect((await begin({})).json).toMatchObject({
        bank: 'lobby',
        lines: [{ kind: 'tcp', expected: [1] }],
      });
      const { state } = await ended();
      expect(state).toMatchObject({ is: 'done', report: { complete: true } });
      expect(state.report.passes[0].units).toMatchObject([{ unit: 1, verdict: 'answers' }]);
      await waitFor(isSeen, WITHIN_MS, 'the doors to be seen again');
      expect(lobby.plc.record.filter(({ kind }) => kind === 'executed')).toEqual([]);
      const log = await rig.ask('/api/v1/log?limit=20', { token: await rig.signIn('manager') });
      expect(log.text).toContain('commissioning.scanned');
    },
    WITHIN_MS,
  );

  it(
    'is stopped from the page, and one at a time',
    async () => {
      lobby.plc.manners.answerAfterMs = 100;
      await begin({ units: 'all' });
      expect((await begin({})).json).toMatchObject({ code: 'not-now' });
      await waitFor(async () => (await view()).scan.state?.is === 'running', WITHIN_MS, 'progress');
      await rig.ask(`${SCAN}/stop`, { token, body: {} });
      expect((await ended()).state).toMatchObject({ is: 'done', report: { complete: false } });
      lobby.plc.manners.answerAfterMs = 0;
    },
    WITHIN_MS,
  );
});
