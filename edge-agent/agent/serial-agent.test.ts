/** A whole agent with boards on a serial bus, from an installer's bank file to a door that springs open. */
import { afterEach, describe, expect, it } from 'vitest';
import { hasSocat } from '../../sim/plc/pty-bus.ts';
import { type SerialAgentRig, startSerialAgentRig } from '../../sim/testing/serial-agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

const DEADLINE_MS = 30_000;

let rig: SerialAgentRig;
const begin = async (...boards: Parameters<typeof startSerialAgentRig>) => {
  rig = await startSerialAgentRig(...boards);
  await rig.startAgent();
  await rig.ready();
};
afterEach(() => rig.end());

/** The state of the bus, or of a unit on it, as the agent tells it. */
function stateOf(unit?: number): string | undefined {
  const said = rig.heard.findLast(({ name }) => name === 'availability');
  if (said?.name !== 'availability' || said.message.agent !== 'online') return undefined;
  const [line] = said.message.lines;
  return unit === undefined ? line?.state : line?.units.find((one) => one.unit === unit)?.state;
}

const told = (state: 'online' | 'offline', unit?: number) =>
  waitFor(() => stateOf(unit) === state, DEADLINE_MS, `${unit ?? 'the bus'} to be ${state}`);

describe.skipIf(!hasSocat)('an agent with a serial bank (needs socat)', () => {
  it('opens doors of two makes on one bus, each once, and sees them close', async () => {
    await begin();
    for (const door of [1, 3]) {
      const { grant } = rig.open(door);
      await rig.happened('opened', { grant });
      await rig.doorIs(door, 'open');
      await rig.close(door);
      await rig.happened('closed', { grant });
      expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'opened', compartment: door }]);
      expect(rig.pulses(door)).toBe(1);
    }
    expect([2, 4].map((door) => rig.pulses(door))).toEqual([0, 0]);
    // No unit missed a frame for want of the silence before it.
    expect(rig.bus.unheard).toBe(0);
  });

  it('opens a door by each way to pulse an output, each by one pulse that ends', async () => {
    const kinds = ['timed-coil', 'timed-register', 'trigger-coil', 'held-coil', 'mailbox'] as const;
    await begin(kinds);
    for (const [index] of kinds.entries()) {
      const door = 2 * index + 1;
      // A board that is not heard yet, or a program that has to be fenced first, refuses at once.
      const begun = async () => {
        const request = rig.open(door);
        return (await rig.answered(request)).result === 'begun' ? request : undefined;
      };
      const { grant } = await waitFor(begun, DEADLINE_MS, `door ${door} to be begun`);
      await rig.happened('opened', { grant });
      await waitFor(() => !rig.plc.door(door).energised, DEADLINE_MS, 'the end of the pulse');
    }
    expect(kinds.map((_, index) => rig.pulses(2 * index + 1))).toEqual([1, 1, 1, 1, 1]);
    expect(kinds.map((_, index) => rig.pulses(2 * index + 2))).toEqual([0, 0, 0, 0, 0]);
    const writes = rig.bus.requests.filter(({ functionCode }) => functionCode > 4);
    // The agent itself ends the pulse of an output that holds what is written, and beats for a program.
    const once = writes.filter(({ unit }) => unit <= 3);
    expect(once.map(({ unit, functionCode }) => [unit, functionCode])).toEqual([
      [1, 5],
      [2, 6],
      [3, 5],
    ]);
    expect(rig.bus.unheard).toBe(0);
  });

  it('opens doors of one board while the other is dead, and refuses those of the dead one unpulsed', async () => {
    await begin();
    await told('online', 2);
    rig.bus.faults.always('deaf', 2);
    await told('offline', 2);
    expect(stateOf(1)).toBe('online');
    const writes = () => rig.bus.requests.filter(({ functionCode }) => functionCode > 4);
    const dead = rig.open(3);
    expect(await rig.answered(dead)).toMatchObject({ result: 'refused', reason: 'line-unavailable' });
    expect(writes()).toEqual([]);
    const living = rig.open(1);
    await rig.happened('opened', { grant: living.grant });
    expect(writes()).toMatchObject([{ unit: 1 }]);
    rig.bus.faults.always(null, 2);
    await told('online', 2);
    const { grant } = rig.open(4);
    await rig.happened('opened', { grant });
    expect(rig.pulses(3)).toBe(0);
  });

  it('says unknown of a pulse without an answer, and never pulses it again by itself', async () => {
    await begin();
    await told('online', 2);
    rig.plc.jam(4);
    rig.bus.faults.always('silence', 2);
    const { grant } = rig.open(4);
    await rig.happened('unknown', { grant });
    const from = rig.bus.requests.length;
    const looks = () => rig.bus.requests.slice(from).filter(({ unit }) => unit === 1).length;
    await waitFor(() => looks() > 3, DEADLINE_MS, 'further polls of the sensor');
    // Its sensor's board answers all the while, and that settles nothing.
    expect(rig.door(4)?.door).toBe('unknown');
    expect(await rig.answered(rig.open(4))).toMatchObject({ result: 'refused', reason: 'door-unknown' });
    rig.plc.hand.open(4);
    await rig.happened('opened', { grant });
    expect(rig.pulses(4)).toBe(1);
  });

  it.each(['agent first', 'units first'] as const)('opens nothing after a brown-out, %s', async (order) => {
    await begin();
    rig.plc.jam(1);
    const { grant } = rig.open(1);
    await waitFor(() => rig.pulses(1) === 1, DEADLINE_MS, 'the pulse');
    rig.plc.cutPower();
    await rig.adapter.unplug();
    await rig.stopAgent();
    if (order === 'agent first') await rig.startAgent();
    rig.plc.restorePower();
    rig.plc.unjam(1);
    await rig.adapter.plug();
    if (order === 'units first') await rig.startAgent();
    const isBack = () =>
      rig.session > 1 && rig.door(2)?.session === rig.session && rig.door(2)?.door === 'closed';
    await waitFor(isBack, DEADLINE_MS, 'door 2 to be seen again');
    const other = rig.open(2);
    await rig.happened('opened', { grant: other.grant });
    expect([1, 2, 3, 4].map((door) => rig.pulses(door))).toEqual([1, 1, 0, 0]);
    expect(rig.plc.door(1).open).toBe(false);
    expect(await rig.answered(rig.open(1, { grant }))).toMatchObject({
      result: 'refused',
      reason: 'grant-known',
    });
  });

  it('outlives its adapter being pulled, says so, and opens nothing by coming back', async () => {
    await begin();
    await rig.adapter.unplug();
    await rig.doorIs(1, 'unavailable');
    await told('offline');
    expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused' });
    await rig.adapter.plug();
    await rig.doorIs(1, 'closed');
    await rig.doorIs(4, 'closed');
    expect([1, 2, 3, 4].map((door) => rig.pulses(door))).toEqual([0, 0, 0, 0]);
    const { grant } = rig.open(2);
    await rig.happened('opened', { grant });
    expect(rig.pulses(2)).toBe(1);
  });
});
