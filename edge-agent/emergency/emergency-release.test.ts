import { afterEach, describe, expect, it } from 'vitest';
import { type AgentRig, type RigOptions, startRig } from '../../sim/testing/agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { EMERGENCY, EMERGENCY_EVENTS, PULSES_MAX } from './release-table.ts';

/** The rig's fire contact. */
const INPUT = 31;
const DEADLINE_MS = 20_000;

let rig: AgentRig;
async function begin(options: RigOptions = {}): Promise<void> {
  rig = await startRig({ doors: 6, emergency: true, ...options });
  await rig.startAgent();
  await rig.ready();
}

const press = (value: 0 | 1 = 1) => rig.plc.setInput(1, INPUT, value);
const isOpen = (door: number) => rig.plc.door(door).open;
const allOpen = () => [1, 2, 3, 4, 5, 6].every(isOpen);
const released = (number: number) => () => [1, 2, 3, 4, 5, 6].filter(isOpen).length >= number;
const told = (state: string) => () => {
  const last = rig.heard.findLast(({ name }) => name === 'state');
  return last?.name === 'state' && last.message.emergency === state;
};

describe('an emergency release', () => {
  afterEach(() => rig.end());

  it('opens every door once, one at a time, by grants of its own that the hub hears of', async () => {
    await begin();
    let atOnce = 0;
    rig.plc.observe((event) => {
      if (event.kind !== 'energised') return;
      const energised = rig.plc.doors.filter((door) => door.energised).length;
      atOnce = Math.max(atOnce, energised);
    });
    press();
    await waitFor(told('released'), DEADLINE_MS, 'the release to be over');
    // The door without a sensor counts as released with its pulse, a few ms before its latch is back.
    await waitFor(allOpen, DEADLINE_MS, 'all doors to open');
    expect([1, 2, 3, 4, 5, 6].map((door) => rig.pulses(door))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(atOnce).toBe(1);
    await rig.happened('opened', { compartment: 5 });
    const opened = rig.events().filter(({ kind }) => kind === 'opened');
    expect(opened.map(({ purpose }) => purpose)).toEqual([
      'emergency',
      'emergency',
      'emergency',
      'emergency',
      'emergency',
    ]);
    await rig.close(1);
    await rig.doorIs(1, 'closed');
    expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused', reason: 'emergency' });
    press(0);
    await waitFor(told('normal'), DEADLINE_MS, 'the input to be back');
    const again = rig.open(1);
    await rig.happened('opened', { grant: again.grant });
  });

  it('happens with the hub dead, and is told when it is back', async () => {
    await begin();
    await rig.stopBroker();
    press();
    await waitFor(allOpen, DEADLINE_MS, 'all doors to open');
    await rig.startBroker();
    await rig.happened('opened', { compartment: 1 });
    await waitFor(told('released'), DEADLINE_MS, 'the release to be told');
  });

  it('is not begun by a flicker, by an input that never changed, or by a lost line', async () => {
    await begin();
    // Each answer says something else than the one before: never twice in a row the same.
    const { execute } = rig.plc;
    let flips = 0;
    rig.plc.execute = (request) => {
      if (request.kind === 'read') press((flips++ % 4 < 2 ? 1 : 0) as 0 | 1);
      return execute.call(rig.plc, request);
    };
    await waitFor(() => flips > 40, DEADLINE_MS, 'forty flickering polls');
    press(0);
    rig.plc.execute = execute;
    await rig.line.unplug();
    await rig.doorIs(1, 'unavailable');
    await rig.line.plug();
    await rig.doorIs(1, 'closed');
    expect([1, 2, 3, 4, 5, 6].some(isOpen)).toBe(false);
  });

  it('goes on after a restart in the middle, and a restart with the input at normal opens nothing', async () => {
    await begin();
    press();
    await waitFor(released(1), DEADLINE_MS, 'a door to open');
    await rig.stopAgent();
    expect(allOpen()).toBe(false);
    await rig.startAgent();
    await waitFor(told('released'), DEADLINE_MS, 'the release to go on to its end');
    // The door without a sensor counts as released with its pulse, a few ms before its latch is back.
    await waitFor(allOpen, DEADLINE_MS, 'all doors to open');
    await rig.close(2);
    await rig.doorIs(2, 'closed');
    // Released: the same input does not release it again, whatever restarts.
    await rig.stopAgent();
    await rig.startAgent();
    await rig.doorIs(2, 'closed');
    press(0);
    await waitFor(told('normal'), DEADLINE_MS, 'the input to be back');
    expect(isOpen(2)).toBe(false);
  });

  it('stops in the middle when the input is back', async () => {
    await begin();
    press();
    await waitFor(released(1), DEADLINE_MS, 'a door to open');
    press(0);
    await waitFor(told('normal'), DEADLINE_MS, 'the input to be back');
    // A pulse that was on its way when the input came back still opens its door.
    await rig.stopAgent();
    await waitFor(() => rig.plc.doors.every(({ energised }) => !energised), DEADLINE_MS, 'the last pulse');
    const before = [1, 2, 3, 4, 5, 6].filter(isOpen).length;
    await rig.startAgent();
    await rig.ready();
    expect([1, 2, 3, 4, 5, 6].filter(isOpen)).toHaveLength(before);
  });

  it('goes on when the power of the PLC is cut in the middle', async () => {
    await begin();
    press();
    await waitFor(released(2), DEADLINE_MS, 'two doors to open');
    rig.plc.cutPower();
    rig.line.faults.resetAll();
    await rig.doorIs(6, 'unavailable');
    rig.plc.restorePower();
    await waitFor(allOpen, DEADLINE_MS, 'all doors to open');
  });

  it('tries a jammed door again, behind the others and not for ever', async () => {
    await begin();
    rig.plc.jam(1);
    press();
    await waitFor(told('released'), 40_000, 'the release to be over');
    expect(isOpen(1)).toBe(false);
    expect(rig.pulses(1)).toBe(PULSES_MAX);
    const energised = rig.plc.record.flatMap((event) => (event.kind === 'energised' ? [event.door] : []));
    expect(energised.indexOf(1, 1)).toBeGreaterThan(energised.indexOf(5));
  });
});

describe('the table of a release', () => {
  it('is left by nothing but the input, and begun by nothing else', () => {
    for (const event of EMERGENCY_EVENTS) {
      expect(EMERGENCY.normal[event] !== 'normal').toBe(event === 'input-release');
      expect(EMERGENCY.released[event] === 'normal').toBe(event === 'input-normal');
      expect(EMERGENCY.releasing[event] === 'normal').toBe(event === 'input-normal');
    }
  });
});
