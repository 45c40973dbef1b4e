/** The serial line on a virtual clock: every byte takes its time on the bus, and no test depends on the machine's. */

import { withChecksum } from '@lockerhub/sim/plc/serial-bus.ts';
import {
  busRegister,
  RIG_ANSWERS_WITHIN_MS,
  type SerialRigOptions,
  startVirtualSerialRig,
  type VirtualSerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LineError, type LineLane, type LineRequest } from './line.ts';
import { TURNAROUND_MS } from './unit-share.ts';

const read = (unit: number, address: number, count: number) =>
  ({ unit, kind: 'read', area: 'holding-registers', address, count }) as const;
const readOne = (unit: number, address: number) => read(unit, address, 1);
const pulse = (unit: number, coil = 0) =>
  ({ unit, kind: 'write-coil', address: 0x0200 + coil, value: 3 }) as const;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function rigged(options?: SerialRigOptions): Promise<VirtualSerialRig> {
  const rig = await startVirtualSerialRig(options);
  stops.push(rig.stop);
  return rig;
}

/** The error a request ends with. */
async function failure(rig: VirtualSerialRig, request: Promise<unknown>): Promise<LineError> {
  const error = await rig.settled(request).then(
    (value) => new Error(`it was answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof LineError) return error;
  throw error;
}

const executed = ({ plc }: VirtualSerialRig) => plc.record.filter(({ kind }) => kind === 'executed');

/** Asks until the unit is degraded. */
async function degrade(rig: VirtualSerialRig, unit: number): Promise<void> {
  rig.bus.faults.always('deaf', unit);
  for (let round = 0; round < 3; round++) {
    const error = await failure(rig, rig.line.request(readOne(unit, 0), 'poll'));
    if (error.code === 'line-unit-silent' && round > 0) break;
  }
  await rig.clock.advance(1_000);
  expect((await failure(rig, rig.line.request(readOne(unit, 0), 'poll'))).code).toBe('line-unit-silent');
}

/** As polls do: asks again until the unit is heard. */
async function poll(rig: VirtualSerialRig, request: LineRequest): Promise<readonly number[]> {
  for (;;) {
    try {
      return await rig.settled(rig.line.request(request, 'poll'));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      await rig.clock.advance(100);
    }
  }
}

describe('what a serial line carries', () => {
  it.each([9_600, 19_200, 115_200])('bits, registers and writes at %i baud', async (baud) => {
    const rig = await rigged({ baud });
    const { line, plc, bus } = rig;
    expect(await rig.settled(line.request(read(2, 3, 3), 'poll'))).toEqual(
      [3, 4, 5].map((address) => busRegister(2, address)),
    );
    await rig.settled(
      line.request({ unit: 3, kind: 'write-registers', address: 8, values: [7, 0xffff] }, 'command'),
    );
    await rig.settled(line.request({ unit: 3, kind: 'write-register', address: 10, value: 9 }, 'command'));
    expect(await rig.settled(line.request(read(3, 8, 3), 'poll'))).toEqual([7, 0xffff, 9]);
    expect(await rig.settled(line.request(pulse(2), 'command'))).toEqual([]);
    expect(plc.door(21).energised).toBe(true);
    expect(plc.door(11).energised).toBe(false);
    plc.hand.open(12);
    const inputs = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 12 } as const;
    expect((await rig.settled(line.request(inputs, 'poll'))).slice(0, 3)).toEqual([1, 0, 0]);
    expect(bus.unheard).toBe(0);
  });

  it('nothing that no frame can carry, and nothing to a unit that the line has not got', async () => {
    const { line } = await rigged();
    await expect(line.request({ ...pulse(1), value: 0x10000 }, 'command')).rejects.toThrow(RangeError);
    await expect(line.request(pulse(9), 'command')).rejects.toThrow(/line bus has no unit 9/);
  });

  it('an exception ends its request alone', async () => {
    const rig = await rigged();
    rig.bus.faults.next('exception');
    const error = await failure(rig, rig.line.request(pulse(1), 'command'));
    expect(error).toMatchObject({ code: 'line-exception', mayStillAct: false });
    expect(await rig.settled(rig.line.request(readOne(1, 4), 'poll'))).toEqual([busRegister(1, 4)]);
    expect(executed(rig)).toEqual([]);
  });
});

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
      const all = [1, 2, 3, 1, 2, 3, 3, 2, 1].map((unit) => rig.line.request(readOne(unit, 1), 'poll'));
      await rig.settled(Promise.all(all));
      expect(rig.bus.unheard).toBe(0);
    },
  );

  it('costs no more than it must: a coil write at 9600 takes what its bytes and silences take', async () => {
    const rig = await rigged();
    const fromMs = rig.clock.monotonicMs();
    await rig.settled(rig.line.request(pulse(1), 'command'));
    // 8 bytes each way and the device's silence before it answers; the clock has whole milliseconds.
    expect(rig.clock.monotonicMs() - fromMs).toBeLessThanOrEqual(
      Math.ceil((16 + 3.5) * (10_000 / 9_600)) + 2,
    );
  });

  it('is waited out to the point for commands alone: polls cost no core', async () => {
    const rig = await rigged();
    const punctually = vi.spyOn(rig.clock, 'punctually');
    const polls = [1, 2, 3].map((unit) => rig.line.request(readOne(unit, 1), 'poll'));
    await rig.settled(Promise.all(polls));
    expect(punctually).not.toHaveBeenCalled();
    await rig.settled(Promise.all([1, 2].map((unit) => rig.line.request(pulse(unit), 'command'))));
    expect(punctually).toHaveBeenCalled();
  });

  it('is waited out to the point, too, for a command that comes during it; it is not shorter by that', async () => {
    const rig = await rigged({ baud: 1_200 });
    await rig.settled(rig.line.request(readOne(1, 1), 'poll'));
    const silentMs = rig.clock.monotonicMs();
    await rig.clock.advance(10);
    const punctually = vi.spyOn(rig.clock, 'punctually');
    const command = rig.line.request(pulse(1), 'command');
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
    const request = rig.line.request(readOne(1, 1), 'poll');
    expect(await rig.settled(request)).toEqual([busRegister(1, 1)]);
    expect(rig.bus.unheard).toBe(0);
  });
});

describe('what waits', () => {
  it('goes commands first, each lane in its order', async () => {
    const rig = await rigged();
    const order: string[] = [];
    const ask = (name: string, unit: number, lane: LineLane): Promise<unknown> =>
      rig.line.request(readOne(unit, 1), lane).then(() => order.push(name));
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
    const waiting = Array.from({ length: 257 }, () => rig.line.request(readOne(1, 1), 'poll'));
    await expect(rig.line.request(readOne(1, 1), 'poll')).rejects.toMatchObject({
      code: 'line-busy',
      mayStillAct: false,
    });
    for (const one of waiting) one.catch(() => {});
  });

  it('ends with the line, and none of it is sent later', async () => {
    const rig = await rigged();
    const inFlight = failure(rig, rig.line.request(pulse(1), 'command'));
    const waiting = failure(rig, rig.line.request(pulse(2), 'command'));
    await rig.pass(() => executed(rig).length === 1, 'the write to arrive');
    await rig.line.stop();
    expect(await inFlight).toMatchObject({ code: 'line-offline', mayStillAct: true });
    expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
    expect(rig.line).toMatchObject({ online: false, reason: 'the line was stopped' });
    rig.line.start();
    await rig.pass(() => rig.line.online, 'the line to be online');
    await rig.clock.advance(2_000);
    expect(executed(rig)).toHaveLength(1);
  });
});

describe('an answer that is none', () => {
  const faults = [
    ['silence', 'line-timeout'],
    ['deaf', 'line-timeout'],
    ['late', 'line-timeout'],
    ['garbage', 'line-garbage'],
    ['wrong-unit', 'line-garbage'],
    ['wrong-function', 'line-garbage'],
    ['wrong-checksum', 'line-garbage'],
    ['truncated', 'line-garbage'],
    ['babble', 'line-garbage'],
  ] as const;

  it.each(faults)('%s ends a read with %s once its time is up, and the line goes on', async (fault, code) => {
    const rig = await rigged();
    rig.bus.faults.next(fault);
    const error = await failure(rig, rig.line.request(readOne(1, 5), 'poll'));
    expect(error).toMatchObject({ code, mayStillAct: false });
    rig.bus.faults.release();
    for (const unit of [2, 1, 3]) {
      expect(await rig.settled(rig.line.request(readOne(unit, 7), 'poll'))).toEqual([busRegister(unit, 7)]);
    }
    expect(rig.line).toMatchObject({ online: true, connection: 1 });
  });

  it.each(faults)('%s leaves a write in doubt: the unit may have acted', async (fault, code) => {
    const rig = await rigged();
    rig.bus.faults.next(fault);
    const error = await failure(rig, rig.line.request(pulse(1), 'command'));
    expect(error).toMatchObject({ code, mayStillAct: true });
    rig.bus.faults.release();
    await rig.settled(rig.line.request(readOne(1, 1), 'poll'));
    // Nothing is sent twice.
    expect(executed(rig)).toHaveLength(fault === 'deaf' ? 0 : 1);
  });

  it('an echo of another address is none', async () => {
    const rig = await rigged();
    rig.bus.faults.next('wrong-echo');
    const error = await failure(rig, rig.line.request(pulse(1), 'command'));
    expect(error).toMatchObject({ code: 'line-garbage', mayStillAct: true });
  });

  it('noise before an answer does not spoil it', async () => {
    const rig = await rigged();
    rig.bus.faults.next('noise', 2);
    expect(await rig.settled(rig.line.request(readOne(1, 5), 'poll'))).toEqual([busRegister(1, 5)]);
    expect(await rig.settled(rig.line.request(pulse(2), 'command'))).toEqual([]);
  });

  it('an adapter that hears itself is refused, though its units answer', async () => {
    const rig = await rigged();
    await rig.line.stop();
    rig.adapter.hearsItself = true;
    rig.line.start();
    await rig.clock.advance(30_000);
    expect(rig.line.online).toBe(false);
    expect(rig.line.reason).toContain('switch its echo off');
    await expect(rig.line.request(pulse(1), 'command')).rejects.toMatchObject({ code: 'line-offline' });
    rig.adapter.hearsItself = false;
    await rig.pass(() => rig.line.online, 'the line to be back');
  });
});

describe('a late answer', () => {
  it('that comes while nobody is asked is thrown away', async () => {
    const rig = await rigged();
    rig.bus.faults.next('late');
    await failure(rig, rig.line.request(readOne(1, 5), 'poll'));
    await rig.clock.advance(20);
    rig.bus.faults.release();
    expect(await rig.settled(rig.line.request(readOne(1, 9), 'poll'))).toEqual([busRegister(1, 9)]);
  });

  it('that comes while another unit is asked is not taken for its answer', async () => {
    const rig = await rigged();
    rig.bus.faults.next('late', 2);
    await failure(rig, rig.line.request(readOne(1, 5), 'poll'));
    const other = rig.line.request(readOne(2, 5), 'poll');
    await rig.pass(() => rig.bus.faults.held === 2, 'both answers to be held');
    rig.bus.faults.release();
    expect(await rig.settled(other)).toEqual([busRegister(2, 5)]);
    expect(await rig.settled(rig.line.request(readOne(1, 9), 'poll'))).toEqual([busRegister(1, 9)]);
  });

  it.each([1, 2, 3])(
    'is not taken for that of the next request of its own kind, %i behind',
    async (behind) => {
      const rig = await rigged({ units: [1] });
      const trial = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 2 } as const;
      rig.plc.hand.open(11);
      rig.bus.faults.next('late', behind);
      const missed = failure(rig, rig.line.request(trial, 'poll'));
      await rig.pass(() => rig.bus.faults.held === behind, 'the answers to be held');
      await missed;
      rig.plc.hand.close(11);
      // The answers that say "open" come in the middle of the next exchange, just before its own.
      const count = rig.bus.requests.length;
      await rig.pass(() => rig.bus.requests.length > count, 'the next request');
      rig.bus.faults.release();
      await rig.clock.advance(100);
      expect(await rig.settled(poll(rig, trial))).toEqual([1, 1]);
    },
  );
});

describe('what a unit says unasked', () => {
  const FRAME = withChecksum(Buffer.from([1, 3, 2, 0, 7]));

  it('makes its next answers doubtful: it is tried before it is asked', async () => {
    const rig = await rigged();
    const from = rig.bus.requests.length;
    rig.bus.faults.send(FRAME);
    await rig.clock.advance(50);
    expect(await rig.settled(rig.line.request(readOne(1, 5), 'poll'))).toEqual([busRegister(1, 5)]);
    expect(rig.bus.requests.slice(from).map(({ functionCode }) => functionCode)).toEqual([2, 3]);
  });

  it('begins its rest anew after a miss', async () => {
    const rig = await rigged();
    rig.bus.faults.next('late');
    await failure(rig, rig.line.request(readOne(1, 5), 'poll'));
    await rig.clock.advance(150);
    const from = rig.bus.requests.length;
    rig.bus.faults.release();
    const releasedMs = rig.clock.monotonicMs();
    await rig.pass(() => rig.bus.requests.length > from, 'the trial');
    expect((rig.bus.requests[from]?.atMs ?? 0) - releasedMs).toBeGreaterThan(TURNAROUND_MS);
  });
});

describe('an answer that comes twice', () => {
  it('is taken once, and costs nothing more than its time', async () => {
    const rig = await rigged();
    rig.bus.faults.next('duplicate', 4);
    const all = [1, 1, 2, 1].map((unit, address) => rig.line.request(readOne(unit, address), 'poll'));
    expect(await rig.settled(Promise.all(all))).toEqual(
      [1, 1, 2, 1].map((unit, address) => [busRegister(unit, address)]),
    );
    expect(rig.bus.unheard).toBe(0);
  });

  it('may run into the next request, and is not taken for its answer', async () => {
    const rig = await rigged({ units: [1] });
    rig.bus.faults.always('repeated', 1);
    for (const address of [1, 2, 3, 4, 5]) {
      expect(await poll(rig, readOne(1, address))).toEqual([busRegister(1, address)]);
    }
  });
});

describe('a unit that does not answer', () => {
  it('is degraded after three misses in a row; then a command fails at once and surely was not sent', async () => {
    const rig = await rigged();
    await degrade(rig, 2);
    const asked = rig.bus.requests.length;
    const error = await rig.line.request(pulse(2), 'command').then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'line-unit-silent', mayStillAct: false });
    expect(rig.bus.requests.slice(asked)).toEqual([]);
    expect(rig.line.online).toBe(true);
    expect(await rig.settled(rig.line.request(readOne(1, 1), 'command'))).toEqual([busRegister(1, 1)]);
  });

  it('is tried by reads alone, and comes back by itself', async () => {
    const rig = await rigged();
    rig.bus.faults.always('deaf', 2);
    const from = rig.bus.requests.length;
    const refused = [pulse(2), pulse(2, 1)].map((write) => failure(rig, rig.line.request(write, 'command')));
    await rig.clock.advance(20_000);
    expect((await Promise.all(refused)).map(({ mayStillAct }) => mayStillAct)).toEqual([true, false]);
    const functions = rig.bus.requests.slice(from).map(({ functionCode }) => functionCode);
    expect(functions[0]).toBe(5);
    expect(functions.length).toBeGreaterThan(4);
    expect(new Set(functions.slice(1))).toEqual(new Set([2]));
    rig.bus.faults.always(null, 2);
    await rig.clock.advance(6_000);
    expect(await rig.settled(rig.line.request(readOne(2, 1), 'poll'))).toEqual([busRegister(2, 1)]);
    expect(executed(rig)).toEqual([]);
  });

  it('does not lose a command to one lost answer: it waits for the trial', async () => {
    const rig = await rigged();
    rig.bus.faults.next('deaf');
    await failure(rig, rig.line.request(readOne(2, 1), 'poll'));
    expect(await rig.settled(rig.line.request(pulse(2), 'command'))).toEqual([]);
    expect(executed(rig)).toHaveLength(1);
  });

  it('lets nobody wait for it beyond its trial', async () => {
    const rig = await rigged();
    rig.bus.faults.next('deaf', 2);
    await failure(rig, rig.line.request(readOne(2, 1), 'poll'));
    const error = await failure(rig, rig.line.request(pulse(2), 'command'));
    expect(error).toMatchObject({ code: 'line-unit-silent', mayStillAct: false });
    await rig.clock.advance(1_000);
    expect(await rig.settled(rig.line.request(readOne(2, 1), 'poll'))).toEqual([busRegister(2, 1)]);
    expect(executed(rig)).toEqual([]);
  });

  it('takes the line offline if it is the only one, and back', async () => {
    const rig = await rigged({ units: [7] });
    const changes: boolean[] = [];
    rig.line.onChange(() => changes.push(rig.line.online));
    rig.bus.faults.always('deaf');
    await failure(rig, rig.line.request(readOne(7, 1), 'poll'));
    await rig.pass(() => !rig.line.online, 'the line to be offline');
    expect(rig.line.reason).toContain('unit 7 gave no answer within 200 ms');
    const write = rig.line.request(pulse(7), 'command');
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
          await rig.line.request(readOne(unit, 1), 'poll');
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

describe('a bus that is never silent', () => {
  it('is told as what it is, nobody is asked and nobody is blamed, and it comes back by itself', async () => {
    const rig = await rigged();
    rig.bus.faults.babble(true);
    await rig.clock.advance(50);
    const waiting = failure(rig, rig.line.request(pulse(1), 'command'));
    const asked = rig.bus.requests.length;
    await rig.pass(() => !rig.line.online, 'the line to be offline');
    expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
    expect(rig.line.reason).toContain('never silent');
    expect(rig.bus.requests.slice(asked)).toEqual([]);
    rig.bus.faults.babble(false);
    await rig.pass(() => rig.line.online, 'the line to be back');
    const all = [1, 2, 3].map((unit) => rig.line.request(readOne(unit, 1), 'poll'));
    expect(await rig.settled(Promise.all(all))).toEqual([1, 2, 3].map((unit) => [busRegister(unit, 1)]));
    expect(executed(rig)).toEqual([]);
  });
});

describe('the adapter', () => {
  it('is pulled and plugged in again: the line comes back by itself, and nothing is sent again', async () => {
    const rig = await rigged();
    const changes: boolean[] = [];
    rig.line.onChange(() => changes.push(rig.line.online));
    rig.bus.faults.next('late');
    const inFlight = failure(rig, rig.line.request(pulse(1), 'command'));
    const waiting = failure(rig, rig.line.request(pulse(2), 'command'));
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
    expect(await rig.settled(rig.line.request(readOne(1, 1), 'poll'))).toEqual([busRegister(1, 1)]);
    expect(changes).toEqual([false, true]);
    expect(rig.line.connection).toBe(2);
    expect(executed(rig)).toHaveLength(1);
  });
});
