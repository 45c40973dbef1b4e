/** The devices that are no plain coils and no Waveshare board, as somebody with a Modbus client sees them. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { Plc } from '../plc.ts';
import type { PlcAnswer, PlcRequest } from '../request.ts';
import type { PlcDevice } from './new-device.ts';

const DONE: PlcAnswer = { kind: 'values', values: [] };
const refusedBy = (code: number): PlcAnswer => ({ kind: 'exception', code });

/** One door at output 2 of a device. */
function oneDoor(device: PlcDevice, holdingRegisters = 9) {
  const clock = new VirtualClock(0);
  const plc = new Plc({
    clock,
    units: [{ unit: 1, device, coils: device === 'timed-register' ? 0 : 8, holdingRegisters }],
    doors: [{ number: 7, unit: 1, coil: 2, sensor: null, lock: { duty: 'continuous-duty' } }],
  });
  const ask = (request: Omit<Extract<PlcRequest, { kind: 'write-coil' | 'write-register' }>, 'unit'>) =>
    plc.execute({ unit: 1, ...request });
  return {
    clock,
    plc,
    coil: (address: number, value: number) => ask({ kind: 'write-coil', address, value }),
    register: (address: number, value: number) => ask({ kind: 'write-register', address, value }),
    read: (address: number) => {
      const answer = plc.execute({ unit: 1, kind: 'read', area: 'holding-registers', address, count: 1 });
      return answer.kind === 'values' ? answer.values[0] : answer;
    },
    isOn: () => plc.door(7).energised,
    pulses: () => plc.record.flatMap((event) => (event.kind === 'released' ? [event.energisedMs] : [])),
  };
}

describe('a board that takes commands in registers', () => {
  it('times a pulse in seconds and shows 1 meanwhile', async () => {
    const { clock, register, read, isOn, pulses } = oneDoor('timed-register');
    expect(register(2, 0x0602)).toEqual(DONE);
    expect([isOn(), read(2), read(3)]).toEqual([true, 1, 0]);
    await clock.advance(2_000);
    expect([isOn(), read(2), pulses()]).toEqual([false, 0, [2_000]]);
    register(2, 0x0500);
    await clock.advance(1_000);
    expect(pulses()).toEqual([2_000, 1_000]);
  });

  it('holds and lets go by command, and refuses what it does not know', () => {
    const { register, read, isOn, coil } = oneDoor('timed-register');
    register(2, 0x0100);
    expect([isOn(), read(2)]).toEqual([true, 1]);
    register(2, 0x0200);
    expect([isOn(), read(2)]).toEqual([false, 0]);
    for (const word of [0, 1, 0x0600, 0x0700, 0xff00]) expect(register(2, word)).toEqual(refusedBy(3));
    expect([register(0, 0x0100), register(9, 0x0100)]).toEqual([refusedBy(2), refusedBy(2)]);
    expect(coil(2, 0xff00)).toEqual(refusedBy(1));
    expect(isOn()).toBe(false);
  });

  it('forgets a pulse when the power fails', async () => {
    const { clock, plc, register, read, pulses } = oneDoor('timed-register');
    register(2, 0x0602);
    await clock.advance(500);
    plc.cutPower();
    plc.restorePower();
    register(2, 0x0100);
    await clock.advance(5_000);
    expect([read(2), pulses()]).toEqual([1, [500]]);
  });
});

describe('a device that pulses by itself', () => {
  it('fires at each word that opens, for as long as it was made to', async () => {
    const { clock, coil, pulses } = oneDoor({ kind: 'trigger-coil', on: 0, pulseMs: 500 });
    expect(coil(2, 0xff00)).toEqual(DONE);
    expect(pulses()).toEqual([]);
    for (const _ of [1, 2]) {
      coil(2, 0);
      await clock.advance(500);
    }
    expect(pulses()).toEqual([500, 500]);
    expect([coil(2, 1), coil(8, 0)]).toEqual([refusedBy(3), refusedBy(2)]);
  });

  it('with a flag fires when the flag rises, and not again before it has fallen', async () => {
    const { clock, coil, pulses, isOn } = oneDoor({
      kind: 'trigger-coil',
      on: 0xff00,
      rearm: 0,
      pulseMs: 300,
    });
    coil(2, 0xff00);
    await clock.advance(100);
    // Readied in the middle of the pulse, which goes on.
    coil(2, 0);
    expect(isOn()).toBe(true);
    await clock.advance(200);
    expect(pulses()).toEqual([300]);
    coil(2, 0xff00);
    await clock.advance(1_000);
    coil(2, 0xff00);
    await clock.advance(1_000);
    expect(pulses()).toEqual([300, 300]);
    coil(2, 0);
    coil(2, 0xff00);
    await clock.advance(300);
    expect(pulses()).toEqual([300, 300, 300]);
  });
});

describe('a coupler with a watchdog', () => {
  const TIME = 0x1000;
  const STATUS = 0x1006;
  const START = 0x100a;

  it('holds its outputs for ever until it is armed', async () => {
    const { clock, coil, read, isOn } = oneDoor('watchdog-coils', 0x100b);
    coil(2, 0xff00);
    await clock.advance(3_600_000);
    expect([isOn(), read(STATUS)]).toEqual([true, 0]);
  });

  it('drops them so long after the last request of any kind', async () => {
    const { clock, coil, register, read, isOn, pulses } = oneDoor('watchdog-coils', 0x100b);
    register(TIME, 5);
    register(START, 1);
    expect(read(STATUS)).toBe(1);
    coil(2, 0xff00);
    for (let fed = 0; fed < 10; fed++) {
      await clock.advance(499);
      expect(read(STATUS)).toBe(1);
    }
    expect(isOn()).toBe(true);
    await clock.advance(500);
    expect([isOn(), pulses()]).toEqual([false, [5_490]]);
    expect(read(STATUS)).toBe(2);
  });

  it('does not drop them at the request that arms it, without a time, or once it was stopped', async () => {
    const { clock, coil, register, read, isOn } = oneDoor('watchdog-coils', 0x100b);
    expect(register(START, 1)).toEqual(DONE);
    expect(read(STATUS)).toBe(0);
    register(TIME, 5);
    register(START, 1);
    coil(2, 0xff00);
    expect(register(TIME, 50)).toEqual(refusedBy(3));
    register(0x1008, 0xaa55);
    await clock.advance(60_000);
    expect([isOn(), read(STATUS)]).toEqual([true, 0]);
    expect(register(TIME, 50)).toEqual(DONE);
  });

  it('is armed no more after a power cut', async () => {
    const { clock, plc, coil, register, read, isOn } = oneDoor('watchdog-coils', 0x100b);
    register(TIME, 5);
    register(START, 1);
    read(STATUS);
    plc.cutPower();
    plc.restorePower();
    coil(2, 0xff00);
    await clock.advance(60_000);
    expect([isOn(), read(STATUS)]).toEqual([true, 0]);
  });
});
