/** The simulated bus as a client of another make sees it: modbus-serial as shipped, over a pty; and byte by byte. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import modbusSerial from 'modbus-serial';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { Plc } from './plc.ts';
import { hasSocat, startPtyBus } from './pty-bus.ts';
import { RTU_FAULTS, type RtuFault } from './rtu-faults.ts';
import { startRtuServer } from './rtu-server.ts';
import { type BusEnd, type BusSettings, characterMs, silenceMs, withChecksum } from './serial-bus.ts';

const { default: ModbusRTU } = modbusSerial;
const DEADLINE_MS = 30_000;
/** Reads coil 0 of unit 4, and the right answer. */
const READ_COIL = withChecksum(Buffer.from([4, 1, 0, 0, 0, 1]));
const ITS_ANSWER = withChecksum(Buffer.from([4, 1, 1, 0]));
const WRITE_COIL = withChecksum(Buffer.from([4, 5, 0, 0, 0xff, 0]));

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function plcOf(clock: ConstructorParameters<typeof Plc>[0]['clock']): Plc {
  return new Plc({
    clock,
    units: [4, 5].map((unit) => ({ unit, device: 'held-coils' })),
    doors: [{ number: 1, unit: 4, coil: 0, sensor: null, lock: { duty: 'continuous-duty' } }],
  });
}

/** A bus whose other end is this test: what comes out of it, and when. */
function byHand(settings: BusSettings = { baud: 9_600 }) {
  const clock = new VirtualClock(0);
  const heard: { readonly atMs: number; readonly byte: number }[] = [];
  let send: (bytes: Buffer) => void = () => {};
  const end: BusEnd = {
    write: (bytes) => heard.push(...[...bytes].map((byte) => ({ atMs: clock.monotonicMs(), byte }))),
    onBytes: (listener) => {
      send = listener;
    },
  };
  const plc = plcOf(clock);
  const bus = startRtuServer({ plc, end, clock, ...settings });
  stops.push(() => bus.stop());
  const bytes = () => heard.map(({ byte }) => byte);
  return { clock, plc, bus, heard, bytes, send: (frame: Buffer) => send(frame) };
}

describe.skipIf(!hasSocat)('the bus over a pty (needs socat)', () => {
  it('speaks as modbus-serial understands it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bus-'));
    stops.push(() => rm(folder, { recursive: true }));
    const pty = await startPtyBus(join(folder, 'bus'));
    stops.push(() => pty.unplug());
    // modbus-serial keeps no silence between frames: real units would miss every second one.
    const forgiving = { baud: 19_200, gapMs: 0 };
    const bus = startRtuServer({ plc: plcOf(systemClock), end: pty, clock: systemClock, ...forgiving });
    stops.push(() => bus.stop());
    const client = new ModbusRTU();
    await client.connectRTUBuffered(pty.path, { baudRate: 19_200 });
    stops.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
    client.setTimeout(DEADLINE_MS);
    client.setID(4);
    await client.writeRegisters(1, [7, 0xffff]);
    expect((await client.readHoldingRegisters(0, 4)).data).toEqual([0, 7, 0xffff, 0]);
    await client.writeCoil(3, true);
    expect((await client.readCoils(0, 8)).data).toEqual([false, false, false, true, ...Array(4).fill(false)]);
    client.setID(5);
    expect((await client.readHoldingRegisters(1, 1)).data).toEqual([0]);
    await expect(client.readHoldingRegisters(64, 1)).rejects.toMatchObject({ modbusCode: 2 });
  });
});

describe('the bus', () => {
  it.each([9_600, 19_200, 115_200])('takes the time that %i baud take, both ways', async (baud) => {
    const { clock, heard, bytes, send } = byHand({ baud });
    send(READ_COIL);
    await clock.advance(100);
    expect(bytes()).toEqual([...ITS_ANSWER]);
    const leastMs = 8 * characterMs({ baud }) + silenceMs({ baud });
    expect(heard[0]?.atMs).toBeGreaterThanOrEqual(leastMs + characterMs({ baud }));
    expect(heard.at(-1)?.atMs).toBeGreaterThanOrEqual(leastMs + 6 * characterMs({ baud }));
    // A virtual millisecond is the smallest step of its clock, once for each wait.
    expect(heard.at(-1)?.atMs).toBeLessThanOrEqual(leastMs + 6 * characterMs({ baud }) + 3);
  });

  it('has units that do not hear a frame without silence before it', async () => {
    const { clock, bus, bytes, send } = byHand();
    send(READ_COIL);
    await clock.advance(100);
    send(READ_COIL);
    await clock.advance(100);
    expect(bytes()).toHaveLength(2 * ITS_ANSWER.length);
    send(Buffer.from([0]));
    await clock.advance(2);
    send(READ_COIL);
    await clock.advance(100);
    expect(bytes()).toHaveLength(2 * ITS_ANSWER.length);
    expect(bus).toMatchObject({ unheard: 1, requests: [{ unit: 4 }, { unit: 4 }] });
  });

  it('has nobody who answers for a unit that is not on it, or to a broken frame', async () => {
    const { clock, bus, bytes, send } = byHand();
    send(withChecksum(Buffer.from([9, 1, 0, 0, 0, 1])));
    await clock.advance(100);
    send(Buffer.concat([READ_COIL.subarray(0, -1), Buffer.from([0])]));
    await clock.advance(100);
    expect(bytes()).toEqual([]);
    expect(bus).toMatchObject({ unheard: 1, requests: [{ unit: 9 }] });
  });

  it('babbles until it is told not to', async () => {
    const { clock, bus, bytes } = byHand();
    bus.faults.babble(true);
    await clock.advance(1_000);
    expect(bytes().length).toBeGreaterThan(900);
    bus.faults.babble(false);
    await clock.advance(100);
    const { length } = bytes();
    await clock.advance(1_000);
    expect(bytes()).toHaveLength(length);
  });
});

describe('the faults of a bus', () => {
  const sealed = (...body: number[]) => [...withChecksum(Buffer.from(body))];
  const expected: Partial<Record<RtuFault, number[]>> = {
    silence: [],
    deaf: [],
    late: [],
    duplicate: [...ITS_ANSWER, ...ITS_ANSWER],
    repeated: [...ITS_ANSWER, ...ITS_ANSWER],
    'wrong-unit': sealed(5, 1, 1, 0),
    'wrong-function': sealed(4, 0, 1, 0),
    'wrong-byte-count': sealed(4, 1, 200, 0),
    'wrong-echo': [...ITS_ANSWER],
    truncated: [...ITS_ANSWER.subarray(0, 3)],
    exception: sealed(4, 0x81, 6),
  };

  it.each(Object.entries(expected))('%s', async (fault, answer) => {
    const { clock, bus, bytes, send } = byHand();
    bus.faults.next(fault as RtuFault);
    send(READ_COIL);
    await clock.advance(5_000);
    expect(bytes()).toEqual(answer);
  });

  it.each(RTU_FAULTS)('%s to a write is executed, unless it says otherwise', async (fault) => {
    const { clock, plc, bus, send } = byHand();
    bus.faults.next(fault);
    send(WRITE_COIL);
    await clock.advance(5_000);
    expect(plc.door(1).energised).toBe(fault !== 'deaf' && fault !== 'exception');
  });

  it('late holds the answers of its unit, in order, and of nobody else', async () => {
    const { clock, bus, bytes, send } = byHand();
    bus.faults.next('late');
    for (const request of [READ_COIL, WRITE_COIL, withChecksum(Buffer.from([5, 1, 0, 0, 0, 1]))]) {
      send(request);
      await clock.advance(100);
    }
    expect(bytes()).toEqual(sealed(5, 1, 1, 0));
    expect(bus.faults.held).toBe(2);
    bus.faults.release();
    await clock.advance(100);
    expect(bytes().slice(6)).toEqual([...ITS_ANSWER, ...WRITE_COIL]);
  });

  it('always lasts until it is ended, for its unit, each time or each nth time', async () => {
    const { clock, bus, bytes, send } = byHand();
    const ask = async (times: number): Promise<number> => {
      const before = bytes().length;
      for (let time = 0; time < times; time++) {
        send(READ_COIL);
        await clock.advance(100);
      }
      return (bytes().length - before) / ITS_ANSWER.length;
    };
    bus.faults.always('silence', 5);
    expect(await ask(2)).toBe(2);
    bus.faults.always('silence', 4, 3);
    expect(await ask(6)).toBe(4);
    bus.faults.always('silence');
    bus.faults.always(null, 4);
    expect(await ask(2)).toBe(0);
    bus.faults.always(null);
    expect(await ask(2)).toBe(2);
  });
});
