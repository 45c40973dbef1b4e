/** What a real agent's process says at its socket, to a program beside it. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT_SOCKET } from '@lockerhub/protocol/http/agent-status.ts';
import { type AgentRig, startRig } from '@lockerhub/sim/testing/agent-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askAgent, startStatusSocket } from './status-socket.ts';

const WITHIN_MS = 20_000;
let rig: AgentRig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.end());

it('says who it is, how its lines are and whether its hub is there, without a kiosk page', async () => {
  await rig.spawnAgent();
  await rig.ready();
  const well = await waitFor(
    async () => {
      const status = await askAgent(rig.folder);
      return status?.hub.session == null ? null : status;
    },
    WITHIN_MS,
    'an obeyed session',
  );
  expect(well).toMatchObject({
    software: expect.stringMatching(/^edge-agent \d/),
    hub: { reason: null, isExpelled: false },
    lines: [{ line: 'plc', state: 'online' }],
    ledgerFault: null,
  });
  expect((await stat(join(rig.folder, AGENT_SOCKET))).mode & 0o077).toBe(0);
  await rig.stopBroker();
  const alone = await waitFor(
    async () => {
      const status = await askAgent(rig.folder);
      return status?.hub.session === null && status.hub.reason !== null ? status : null;
    },
    WITHIN_MS,
    'the hub to be missed',
  );
  expect(alone.hub.sinceMs).toBeGreaterThanOrEqual(well.hub.sinceMs);
  rig.kill('SIGKILL');
  await rig.ended;
  // The socket of one that was killed lies there still, and the next one takes its place.
  await stat(join(rig.folder, AGENT_SOCKET));
  expect(await askAgent(rig.folder)).toBeNull();
  await rig.spawnAgent();
  await waitFor(() => askAgent(rig.folder), WITHIN_MS, 'the next agent');
});

it('where no socket can be made the agent goes on, and says so', async () => {
  const long = join(await mkdtemp(join(tmpdir(), 'lockerhub-status-')), 'x'.repeat(120));
  const said: string[] = [];
  const log = pino({}, { write: (line: string) => void said.push(line) });
  const socket = startStatusSocket({
    folder: long,
    ready: () => ({ ready: true, held: false, calm: true }),
    status: () => null,
    log,
  });
  await waitFor(() => said.length > 0, WITHIN_MS, 'the warning');
  expect(said.join('')).toContain('no status can be asked for');
  socket.stop();
  await rm(join(long, '..'), { recursive: true });
});

it('what answers there in other words is as if nobody did', async () => {
  await writeFile(join(rig.folder, AGENT_SOCKET), '');
  expect(await askAgent(rig.folder)).toBeNull();
  const log = pino({ level: 'silent' });
  const other = startStatusSocket({
    folder: rig.folder,
    ready: () => ({ ready: true, held: false, calm: true }),
    status: () => null,
    log,
  });
  await waitFor(async () => (await stat(join(rig.folder, AGENT_SOCKET))).isSocket(), WITHIN_MS, 'the socket');
  expect(await askAgent(rig.folder)).toBeNull();
  other.stop();
});
