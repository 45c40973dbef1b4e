/** Silence on a bus: kept before each frame, waited for, and given up on. On a virtual clock. */
import { executedOn, failureOf, pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import {
  busRegister,
  type SerialRigOptions,
  startVirtualSerialRig,
  type VirtualSerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';

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

describe('silence between frames', () => {
  it.each([
    [9_600, 0, 3.5 * (10_000 / 9_600)],
    [19_200, 0, 3.5 * (10_000 / 19_200)],
    [115_200, 0, 1.75],
    [115_200, 5, 5],
  ])(
    'is kept at %i baud for a device that needs %i ms: units hear every request',
    async (baud, frameGapMs, gapMs) => {
      const rig = await rigged({ baud, line: { frameGapMs }, server: { gapMs } });
      const all = [1, 2, 3, 1, 2, 3, 3, 2, 1].map((unit) => rig.line.request(readRegisters(unit, 1), 'poll'));
      await rig.settled(Promise.all(all));
      expect(rig.bus.unheard).toBe(0);
    },
  );

  it('costs no more than it must: a coil write at 9600 takes what its bytes and silences take', async () => {
    const rig = await rigged();
    const fromMs = rig.clock.monotonicMs();
    await rig.settled(rig.line.request(pulseRelay(1), 'command'));
    // 8 bytes each way and the device's silence before it answers; the clock has whole milliseconds.
    expect(rig.clock.monotonicMs() - fromMs).toBeLessThanOrEqual(
      Math.ceil((16 + 3.5) * (10_000 / 9_600)) + 2,
    );
  });

  it('is waited out to the point for commands alone: polls cost no core', async () => {
    const rig = await rigged();
    const punctually = vi.spyOn(rig.clock, 'punctually');
    const polls = [1, 2, 3].map((unit) => rig.line.request(readRegisters(unit, 1), 'poll'));
    await rig.settled(Promise.all(polls));
    expect(punctually).not.toHaveBeenCalled();
    await rig.settled(Promise.all([1, 2].map((unit) => rig.line.request(pulseRelay(unit), 'command'))));
    expect(punctually).toHaveBeenCalled();
  });

  it('is waited out to the point, too, for a command that comes during it; it is not shorter by that', async () => {
    const rig = await rigged({ baud: 1_200 });
    await rig.settled(rig.line.request(readRegisters(1, 1), 'poll'));
    const silentMs = rig.clock.monotonicMs();
    await rig.clock.advance(10);
    const punctually = vi.spyOn(rig.clock, 'punctually');
    const command = rig.line.request(pulseRelay(1), 'command');
    expect(punctually).toHaveBeenCalledTimes(1);
    const from = rig.bus.requests.length;
    await rig.pass(() => rig.bus.requests.length > from, 'the command to be heard');
    const [request] = rig.bus.requests.slice(from);
    // 3.5 characters of silence and the command's own eight.
    expect((request?.atMs ?? 0) - silentMs).toBeGreaterThanOrEqual(11.5 * (10_000 / 1_200));
    await rig.settled(command);
    expect(rig.bus.unheard).toBe(0);
  });

  it('is waited for when somebody talks unasked', async () => {
    const rig = await rigged();
    rig.bus.faults.send(Buffer.alloc(100, 0x55));
    await rig.clock.advance(5);
    const request = rig.line.request(readRegisters(1, 1), 'poll');
    expect(await rig.settled(request)).toEqual([busRegister(1, 1)]);
    expect(rig.bus.unheard).toBe(0);
  });
});

describe('a bus that is never silent', () => {
  it('is told as what it is, nobody is asked and nobody is blamed, and it comes back by itself', async () => {
    const rig = await rigged();
    rig.bus.faults.babble(true);
    await rig.clock.advance(50);
    const waiting = failure(rig, rig.line.request(pulseRelay(1), 'command'));
    const asked = rig.bus.requests.length;
    await rig.pass(() => !rig.line.online, 'the line to be offline');
    expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
    expect(rig.line.reason).toContain('never silent');
    expect(rig.bus.requests.slice(asked)).toEqual([]);
    rig.bus.faults.babble(false);
    await rig.pass(() => rig.line.online, 'the line to be back');
    const all = [1, 2, 3].map((unit) => rig.line.request(readRegisters(unit, 1), 'poll'));
    expect(await rig.settled(Promise.all(all))).toEqual([1, 2, 3].map((unit) => [busRegister(unit, 1)]));
    expect(executedOn(rig)).toEqual([]);
  });
});
