/** Doors that one line opens and another one senses, over real sockets, with either line failing. */
import { afterEach, expect, it } from 'vitest';
import { type AgentRig, type RigOptions, startRig } from '../../sim/testing/agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

const DEADLINE_MS = 30_000;

let rig: AgentRig;
const begin = async (options?: RigOptions) => {
  rig = await startRig({ sensorsApart: true, ...options });
  await rig.startAgent();
  await rig.ready();
};
afterEach(() => rig.end());

/** Waits until the agent tells that a line is in that state. */
const told = (id: 'plc' | 'inputs', state: 'online' | 'offline') =>
  waitFor(
    () => {
      const said = rig.heard.findLast(({ name }) => name === 'availability');
      if (said?.name !== 'availability' || said.message.agent !== 'online') return false;
      return said.message.lines.some((line) => line.line === id && line.state === state);
    },
    DEADLINE_MS,
    `line ${id} to be ${state}`,
  );

/** What was told of a grant. */
const toldOf = (grant: string) =>
  rig
    .events()
    .filter((event) => event.grant === grant)
    .map(({ kind }) => kind);

it('opens by one line and sees by the other, each door once', async () => {
  await begin();
  for (const door of [1, 3]) {
    const { grant } = rig.open(door);
    await rig.happened('opened', { grant });
    await rig.close(door);
    await rig.happened('closed', { grant });
    expect(rig.pulses(door)).toBe(1);
  }
  // The board that opens shows nothing of the doors, and without a sensor that is all there is.
  const { grant } = rig.open(4);
  await rig.happened('pulsed', { grant });
  expect(toldOf(grant)).toEqual(['pulsed']);
});

it('does not take a door for closed whose sensors are away, and opens nothing that it would not see', async () => {
  await begin();
  await rig.inputs.unplug();
  rig.plc.hand.open(2);
  for (const door of [1, 2, 3]) await rig.doorIs(door, 'unavailable');
  await told('inputs', 'offline');
  await told('plc', 'online');
  expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused', reason: 'line-unavailable' });
  // A door that nobody senses is none of their business.
  const unsensed = rig.open(4);
  await rig.happened('pulsed', { grant: unsensed.grant });
  await rig.inputs.plug();
  await rig.doorIs(1, 'closed');
  // It opened out of sight, by nobody's grant.
  await rig.happened('forced', { compartment: 2 });
  const { grant } = rig.open(1);
  await rig.happened('opened', { grant });
  expect([1, 2, 3].map((door) => rig.pulses(door))).toEqual([1, 0, 0]);
});

it.each(['open', 'closed again'] as const)(
  'says pulsed, then unknown, of an open whose sensors die with the pulse, and finds the door %s',
  async (found) => {
    await begin({ timeoutMs: 400 });
    rig.atNextWrite(() => {
      void rig.inputs.unplug();
      return true;
    });
    const { grant } = rig.open(1);
    await rig.happened('unknown', { grant });
    expect(toldOf(grant)).toEqual(['pulsed', 'unknown']);
    expect(rig.plc.door(1).open).toBe(true);
    expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused', reason: 'door-unknown' });
    if (found === 'closed again') await rig.close(1);
    await rig.inputs.plug();
    await rig.happened(found === 'open' ? 'opened' : 'settled', { grant });
    await rig.doorIs(1, found === 'open' ? 'open' : 'closed');
    expect(rig.pulses(1)).toBe(1);
  },
);

it('goes on seeing doors whose outputs are away, and refuses to open them', async () => {
  await begin();
  await rig.line.unplug();
  await told('plc', 'offline');
  await rig.doorIs(4, 'unavailable');
  expect(rig.door(1)?.door).toBe('closed');
  expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused', reason: 'line-unavailable' });
  rig.plc.hand.open(1);
  await rig.happened('forced', { compartment: 1 });
  await rig.close(1);
  await rig.happened('closed', { compartment: 1 });
  await rig.line.plug();
  await rig.doorIs(4, 'unsensed');
  const { grant } = rig.open(1);
  await rig.happened('opened', { grant });
  expect(rig.pulses(1)).toBe(1);
});

it('does not count as quarantine what it sees while the board that may still act is away', async () => {
  const quarantineMs = 300;
  await begin({ quarantineMs, timeoutMs: 400 });
  rig.plc.jam(1);
  rig.atNextWrite(() => {
    void rig.line.unplug();
    return false;
  });
  const { grant } = rig.open(1);
  await rig.happened('unknown', { grant });
  await told('plc', 'offline');
  // The other line sees the door closed for far longer than the quarantine, and its board may act all the same.
  const fromMs = performance.now();
  await waitFor(() => performance.now() - fromMs > 3 * quarantineMs, DEADLINE_MS, 'the quarantine to pass');
  rig.plc.hand.open(2);
  await rig.happened('forced', { compartment: 2 });
  expect(toldOf(grant)).toEqual(['unknown']);
  expect(rig.door(1)?.door).toBe('unknown');
  await rig.line.plug();
  await rig.happened('settled', { grant });
  await rig.doorIs(1, 'closed');
  expect(rig.pulses(1)).toBe(0);
});
