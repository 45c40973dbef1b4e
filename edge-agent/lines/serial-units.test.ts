/** A unit that does not answer, and what it costs the others. On a virtual clock. */
import { executedOn, failureOf, pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import {
  busRegister,
  type SerialRigOptions,
  startVirtualSerialRig,
  type VirtualSerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { LineError } from './line.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function rigged(options?: SerialRigOptions): Promise<VirtualSerialRig> {
  const rig = await startVirtualSerialRig(options);
  stops.push(rig.stop);
  return rig;
}

const failure = (rig: VirtualSerialRig, request: Promise<unknown>) => failureOf(rig.settled(request));

/** Asks until the unit is degraded. */
async function degrade(rig: VirtualSerialRig, unit: number): Promise<void> {
  rig.bus.faults.always('deaf', unit);
  for (let round = 0; round < 3; round++) {
    const error = await failure(rig, rig.line.request(readRegisters(unit, 0), 'poll'));
    if (error.code === 'line-unit-silent' && round > 0) break;
  }
  await rig.clock.advance(1_000);
  expect((await failure(rig, rig.line.request(readRegisters(unit, 0), 'poll'))).code).toBe(
    'line-unit-silent',
  );
}

describe('a unit that does not answer', () => {
  it('is degraded after three misses in a row; then a command fails at once and surely was not sent', async () => {
    const rig = await rigged();
    await degrade(rig, 2);
    const asked = rig.bus.requests.length;
    const error = await rig.line.request(pulseRelay(2), 'command').then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'line-unit-silent', mayStillAct: false });
    expect(rig.bus.requests.slice(asked)).toEqual([]);
    expect(rig.line.online).toBe(true);
    expect(await rig.settled(rig.line.request(readRegisters(1, 1), 'command'))).toEqual([busRegister(1, 1)]);
  });

  it('is tried by reads alone, and comes back by itself', async () => {
    const rig = await rigged();
    rig.bus.faults.always('deaf', 2);
    const from = rig.bus.requests.length;
    const refused = [pulseRelay(2), pulseRelay(2, 1)].map((write) =>
      failure(rig, rig.line.request(write, 'command')),
    );
    await rig.clock.advance(20_000);
    expect((await Promise.all(refused)).map(({ mayStillAct }) => mayStillAct)).toEqual([true, false]);
    const functions = rig.bus.requests.slice(from).map(({ functionCode }) => functionCode);
    expect(functions[0]).toBe(5);
    expect(functions.length).toBeGreaterThan(4);
    expect(new Set(functions.slice(1))).toEqual(new Set([2]));
    rig.bus.faults.always(null, 2);
    await rig.clock.advance(6_000);
    expect(await rig.settled(rig.line.request(readRegisters(2, 1), 'poll'))).toEqual([busRegister(2, 1)]);
    expect(executedOn(rig)).toEqual([]);
  });

  it('does not lose a command to one lost answer: it waits for the trial', async () => {
    const rig = await rigged();
    rig.bus.faults.next('deaf');
    await failure(rig, rig.line.request(readRegisters(2, 1), 'poll'));
    expect(await rig.settled(rig.line.request(pulseRelay(2), 'command'))).toEqual([]);
    expect(executedOn(rig)).toHaveLength(1);
  });

  it('lets nobody wait for it beyond its trial', async () => {
    const rig = await rigged();
    rig.bus.faults.next('deaf', 2);
    await failure(rig, rig.line.request(readRegisters(2, 1), 'poll'));
    const error = await failure(rig, rig.line.request(pulseRelay(2), 'command'));
    expect(error).toMatchObject({ code: 'line-unit-silent', mayStillAct: false });
    await rig.clock.advance(1_000);
    expect(await rig.settled(rig.line.request(readRegisters(2, 1), 'poll'))).toEqual([busRegister(2, 1)]);
    expect(executedOn(rig)).toEqual([]);
  });

  it('takes the line offline if it is the only one, and back', async () => {
    const rig = await rigged({ units: [7] });
    const changes: boolean[] = [];
    rig.line.onChange(() => changes.push(rig.line.online));
    rig.bus.faults.always('deaf');
    await failure(rig, rig.line.request(readRegisters(7, 1), 'poll'));
    await rig.pass(() => !rig.line.online, 'the line to be offline');
    expect(rig.line.reason).toContain('unit 7 gave no answer within 200 ms');
    const write = rig.line.request(pulseRelay(7), 'command');
    await expect(write).rejects.toMatchObject({ code: 'line-offline', mayStillAct: false });
    rig.bus.faults.always(null);
    await rig.pass(() => rig.line.online, 'the line to be back');
    expect(changes).toEqual([false, true]);
  });
});

describe('what a bad unit costs the others', () => {
  const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];
  const WATCHED_MS = 60_000;

  /** How many polls of each unit are answered in a minute, each asked again as soon as it is settled. */
  async function answers(rig: VirtualSerialRig, units: readonly number[]): Promise<Map<number, number>> {
    const counts = new Map(units.map((unit) => [unit, 0]));
    let over = false;
    const loops = units.map(async (unit) => {
      while (!over) {
        try {
          await rig.line.request(readRegisters(unit, 1), 'poll');
          counts.set(unit, (counts.get(unit) ?? 0) + 1);
        } catch (error) {
          if (!(error instanceof LineError)) throw error;
          await new Promise<void>((resolve) => rig.clock.after(100, resolve));
        }
      }
    });
    await rig.clock.advance(WATCHED_MS);
    over = true;
    await rig.line.stop();
    await rig.clock.advance(200);
    await Promise.all(loops);
    return counts;
  }

  const bad = ['deaf', 'garbage', 'babble', 'wrong-unit'] as const;

  it.each(bad)('is no more than its share: %s', async (fault) => {
    const undisturbed = await answers(await rigged({ units: EIGHT }), EIGHT);
    const rig = await rigged({ units: EIGHT });
    rig.bus.faults.always(fault, 5);
    const disturbed = await answers(rig, EIGHT);
    for (const unit of EIGHT.filter((one) => one !== 5)) {
      // An eighth of the time is the bad unit's own: the others keep what they had, less the first misses.
      const before = undisturbed.get(unit) ?? 0;
      expect(disturbed.get(unit), `unit ${unit}`).toBeGreaterThan(before * 0.9);
    }
    expect(disturbed.get(5)).toBe(0);
  });

  it.each([2, 3])('is no more than its share if it is deaf to one request in %i', async (nth) => {
    const undisturbed = await answers(await rigged({ units: EIGHT }), EIGHT);
    const rig = await rigged({ units: EIGHT });
    rig.bus.faults.always('deaf', 5, nth);
    const disturbed = await answers(rig, EIGHT);
    for (const unit of EIGHT.filter((one) => one !== 5)) {
      expect(disturbed.get(unit), `unit ${unit}`).toBeGreaterThan((undisturbed.get(unit) ?? 0) * 0.85);
    }
    expect(disturbed.get(5)).toBeGreaterThan(0);
  });
});
