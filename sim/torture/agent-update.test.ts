/** An agent brought to another release by the updater as it is, over real processes and a simulated PLC. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askReady, type Place } from '@lockerhub/deploy/update/ask-ready.ts';
import { AGENT_SOCKET } from '@lockerhub/protocol/http/agent-status.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../testing/free-port.ts';
import { PlcBank } from '../testing/plc-bank.ts';
import { waitFor } from '../testing/wait-for.ts';
import { StandInSystem } from './stand-in-system.ts';
import { type Fault, ReleaseShelf, runUpdater, standingOf } from './update-parts.ts';

const WITHIN_MS = 60_000;
/** Behind the newer agent's start. */
const ON_TRIAL = 33;

let folder: string;
let bank: PlcBank;
let shelf: ReleaseShelf;
let system: StandInSystem;
let place: Place;

async function begin(hasKiosk: boolean): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-agent-update-'));
  bank = await PlcBank.start('hall');
  const port = await freePort();
  place = hasKiosk ? { port } : { socketPath: join(folder, 'agent', AGENT_SOCKET) };
  shelf = await ReleaseShelf.make(folder, 'edge-agent/main.ts', place);
  await mkdir(join(folder, 'agent'));
  await writeFile(join(folder, 'bank.yaml'), bank.file);
  // Its hub is away: an agent does what it does without.
  const hub = { hub: 'mqtt://127.0.0.1:9', building: 'rig', username: 'hall', password: 'rig' };
  const kiosk = { host: '127.0.0.1', port, hub: 'http://127.0.0.1:9' };
  const config = { ...hub, ...(hasKiosk ? { kiosk } : {}), bankFile: 'bank.yaml', folder: 'agent' };
  await writeFile(join(folder, 'agent.yaml'), JSON.stringify(config));
  system = await StandInSystem.start({
    ...{ folder, place, script: 'edge-agent/main.ts' },
    flags: ['--config', join(folder, 'agent.yaml')],
    environment: { LOCKERHUB_HELD_WHILE: join(folder, 'updating') },
  });
  await system.startProgram();
  await waitFor(async () => (await standing())?.calm, WITHIN_MS, 'the doors to be seen');
}
afterEach(async () => {
  await system.end();
  await bank.stop();
  await rm(folder, { recursive: true });
});

const standing = () => askReady(place);

async function update(fault: Fault, killAt: number | null = null): Promise<{ from: string; to: string }> {
  const from = await shelf.inUse();
  const to = await shelf.make(fault);
  const plan = { folder, what: 'agent', place, systemPort: system.port, to, killAt } as const;
  if (!(await runUpdater(plan))) await runUpdater({ ...plan, to: null, killAt: null });
  expect(system.release).toBe(await shelf.inUse());
  expect(await standing()).toMatchObject({ ready: true, held: false });
  expect(system.units.standing()).toEqual(standingOf(system.release, 'agent'));
  return { from, to };
}

describe.each([
  ['with a kiosk page', true],
  ['without one', false],
])('an agent %s', (_, hasKiosk) => {
  beforeEach(() => begin(hasKiosk));

  it('waits until its door is closed, opens nothing meanwhile, and then runs the newer one', async () => {
    bank.plc.hand.open(1);
    await waitFor(async () => (await standing())?.calm === false, WITHIN_MS, 'the open door');
    const before = system.release;
    const updated = update('none');
    await waitFor(async () => (await standing())?.held, WITHIN_MS, 'the hold');
    expect(system.release).toBe(before);
    bank.plc.hand.close(1);
    const { to } = await updated;
    expect(await shelf.inUse()).toBe(to);
    expect(await standing()).toEqual({ ready: true, held: false, calm: true });
  }, 120_000);

  it('runs as before where the newer one does not start, falls ill, or the updater dies while it is tried', async () => {
    const ways = [
      ['does-not-start', null] as const,
      ['falls-ill', null] as const,
      ['none', ON_TRIAL] as const,
    ];
    for (const [fault, killAt] of ways) {
      const { from } = await update(fault, killAt);
      expect([fault, await shelf.inUse()]).toEqual([fault, from]);
    }
    const last = JSON.parse(await readFile(join(folder, 'state', 'last.json'), 'utf8'));
    expect(last).toMatchObject({ isKept: false, code: 'cut-short' });
  }, 180_000);
});
