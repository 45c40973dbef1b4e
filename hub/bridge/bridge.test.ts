import { Worker } from 'node:worker_threads';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AgentRig, startRig } from '../../sim/testing/agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { type Bridge, startBridge } from './bridge.ts';

let rig: AgentRig;
let bridge: Bridge | undefined;
const refusals: string[] = [];

async function begin(): Promise<void> {
  rig = await startRig();
  bridge = startBridge({
    building: rig.building,
    brokerUrl: `mqtt://127.0.0.1:${rig.brokerPort}`,
    folder: rig.folder,
    software: 'bridge test',
    banks: [],
    clock: systemClock,
    random: systemRandom,
    log: pino({ level: 'silent' }),
    onRefused: (_bank, detail) => refusals.push(detail),
  });
}

const bankOfRig = (file: string) => ({ bank: rig.bank, file, username: rig.bank, password: 'rig' });

afterEach(async () => {
  await bridge?.stop();
  await rig.end();
});

describe('the bridge', () => {
  it('drives a bank that is added while it runs, and goes on when its worker dies', async () => {
    const orders = vi.spyOn(Worker.prototype, 'postMessage');
    await begin();
    bridge?.add(bankOfRig(rig.bankFile));
    await rig.ready();
    const first = rig.open(1);
    await rig.happened('opened', { grant: first.grant });
    const { session } = rig;
    await (orders.mock.contexts.at(-1) as Worker).terminate();
    await waitFor(() => rig.session > session, 10_000, 'a session of the next worker');
    expect(bridge?.restarts).toBe(1);
    await rig.doorIs(2, 'closed');
    const second = rig.open(2);
    await rig.happened('opened', { grant: second.grant });
    // What the first worker had opened is known to the second.
    expect(await rig.outcomesOf(first.grant)).toMatchObject([{ outcome: 'opened' }]);
    expect([1, 2, 3].map((door) => rig.pulses(door))).toEqual([1, 1, 0]);
  });

  it('says which bank it can’t drive and why, and drives the others', async () => {
    await begin();
    bridge?.add({ ...bankOfRig('layout: 7'), bank: 'bad-bank' });
    bridge?.add(bankOfRig(rig.bankFile));
    await rig.ready();
    expect(refusals).toEqual([expect.stringContaining('the file of bank bad-bank: line 1: layout')]);
  });

  it('takes a bank away in good order', async () => {
    await begin();
    bridge?.add(bankOfRig(rig.bankFile));
    await rig.ready();
    bridge?.remove(rig.bank);
    await waitFor(() => rig.session === 0, 10_000, 'the farewell of the bank');
  });
});
