/** The serial line on a virtual clock: every byte takes its time on the bus, and no test depends on the machine's. */
import { executedOn, failureOf, pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import {
  busRegister,
  RIG_ANSWERS_WITHIN_MS,
  type SerialRigOptions,
  startVirtualSerialRig,
  type VirtualSerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { LineLane } from './line.ts';

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

describe('what a serial line carries', () => {
  it.each([9_600, 19_200, 115_200])('bits, registers and writes at %i baud', async (baud) => {
    const rig = await rigged({ baud });
    const { line, plc, bus } = rig;
    expect(await rig.settled(line.request(readRegisters(2, 3, 3), 'poll'))).toEqual(
      [3, 4, 5].map((address) => busRegister(2, address)),
    );
    await rig.settled(
      line.request({ unit: 3, kind: 'write-registers', address: 8, values: [7, 0xffff] }, 'command'),
    );
    await rig.settled(line.request({ unit: 3, kind: 'write-register', address: 10, value: 9 }, 'command'));
    expect(await rig.settled(line.request(readRegisters(3, 8, 3), 'poll'))).toEqual([7, 0xffff, 9]);
    expect(await rig.settled(line.request(pulseRelay(2), 'command'))).toEqual([]);
    expect(plc.door(21).energised).toBe(true);
    expect(plc.door(11).energised).toBe(false);
    plc.hand.open(12);
    const inputs = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 12 } as const;
    expect((await rig.settled(line.request(inputs, 'poll'))).slice(0, 3)).toEqual([1, 0, 0]);
    expect(bus.unheard).toBe(0);
  });

  it('nothing that no frame can carry, and nothing to a unit that the line has not got', async () => {
    const { line } = await rigged();
    await expect(line.request({ ...pulseRelay(1), value: 0x10000 }, 'command')).rejects.toThrow(RangeError);
    await expect(line.request(pulseRelay(9), 'command')).rejects.toThrow(/line bus has no unit 9/);
  });

  it('an exception ends its request alone', async () => {
    const rig = await rigged();
    rig.bus.faults.next('exception');
    const error = await failure(rig, rig.line.request(pulseRelay(1), 'command'));
    expect(error).toMatchObject({ code: 'line-exception', mayStillAct: false });
    expect(await rig.settled(rig.line.request(readRegisters(1, 4), 'poll'))).toEqual([busRegister(1, 4)]);
    expect(executedOn(rig)).toEqual([]);
  });
});

describe('what waits', () => {
  it('goes commands first, each lane in its order', async () => {
    const rig = await rigged();
    const order: string[] = [];
    const ask = (name: string, unit: number, lane: LineLane): Promise<unknown> =>
      rig.line.request(readRegisters(unit, 1), lane).then(() => order.push(name));
    const all = [
      ask('in flight', 1, 'poll'),
      ask('poll 1', 1, 'poll'),
      ask('poll 2', 2, 'poll'),
      ask('command 1', 3, 'command'),
      ask('command 2', 1, 'command'),
    ];
    await rig.settled(Promise.all(all));
    expect(order).toEqual(['in flight', 'command 1', 'command 2', 'poll 1', 'poll 2']);
  });

  it('has a bound in each lane; beyond it a request is refused at once and was not sent', async () => {
    const rig = await rigged();
    const waiting = Array.from({ length: 257 }, () => rig.line.request(readRegisters(1, 1), 'poll'));
    await expect(rig.line.request(readRegisters(1, 1), 'poll')).rejects.toMatchObject({
      code: 'line-busy',
      mayStillAct: false,
    });
    for (const one of waiting) one.catch(() => {});
  });

  it('ends with the line, and none of it is sent later', async () => {
    const rig = await rigged();
    const inFlight = failure(rig, rig.line.request(pulseRelay(1), 'command'));
    const waiting = failure(rig, rig.line.request(pulseRelay(2), 'command'));
    await rig.pass(() => executedOn(rig).length === 1, 'the write to arrive');
    await rig.line.stop();
    expect(await inFlight).toMatchObject({ code: 'line-offline', mayStillAct: true });
    expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
    expect(rig.line).toMatchObject({ online: false, reason: 'the line was stopped' });
    rig.line.start();
    await rig.pass(() => rig.line.online, 'the line to be online');
    await rig.clock.advance(2_000);
    expect(executedOn(rig)).toHaveLength(1);
  });
});

describe('the adapter', () => {
  it('is pulled and plugged in again: the line comes back by itself, and nothing is sent again', async () => {
    const rig = await rigged();
    const changes: boolean[] = [];
    rig.line.onChange(() => changes.push(rig.line.online));
    rig.bus.faults.next('late');
    const inFlight = failure(rig, rig.line.request(pulseRelay(1), 'command'));
    const waiting = failure(rig, rig.line.request(pulseRelay(2), 'command'));
    await rig.pass(() => rig.bus.faults.held === 1, 'the write to arrive');
    rig.adapter.unplug();
    expect(await inFlight).toMatchObject({ code: 'line-reset', mayStillAct: true });
    expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
    await rig.clock.advance(30_000);
    expect(rig.line).toMatchObject({ online: false, reason: 'there is no such serial port' });
    rig.bus.faults.release();
    rig.adapter.plug();
    await rig.pass(() => rig.line.online, 'the line to be back');
    await rig.clock.advance(RIG_ANSWERS_WITHIN_MS);
    expect(await rig.settled(rig.line.request(readRegisters(1, 1), 'poll'))).toEqual([busRegister(1, 1)]);
    expect(changes).toEqual([false, true]);
    expect(rig.line.connection).toBe(2);
    expect(executedOn(rig)).toHaveLength(1);
  });
});
