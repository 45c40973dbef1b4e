/** The serial line over real ptys, paced like the real thing, on the machine's own clock. */
import { hasSocat } from '@lockerhub/sim/plc/pty-bus.ts';
import { failureOf, pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import {
  busRegister,
  type PtySerialRig,
  type SerialRigOptions,
  startPtySerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { LineError, type LineRequest } from './line.ts';
import { createSerialLine } from './serial-line.ts';

const DEADLINE_MS = 30_000;
/** A stall of a loaded machine must not look like a unit that is dead. */
const PATIENT = { timeoutMs: 2_000 };
/** Longer than any stall between a request and what becomes of its adapter, so that only that can end it. */
const NEVER_TIMED_OUT = { timeoutMs: 20_000 };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rigged(options: SerialRigOptions = {}): Promise<PtySerialRig> {
  const rig = await startPtySerialRig({ ...options, line: { ...PATIENT, ...options.line } });
  stops.push(rig.stop);
  return rig;
}

/** Asks again until it is answered, as polls do. */
async function poll(rig: PtySerialRig, request: LineRequest): Promise<readonly number[]> {
  return waitFor(
    () =>
      rig.line.request(request, 'poll').catch((error: unknown) => {
        if (error instanceof LineError) return null;
        throw error;
      }),
    DEADLINE_MS,
    'an answer',
  );
}

describe.skipIf(!hasSocat)('a serial line over a pty (needs socat)', () => {
  it.each([9_600, 19_200, 115_200])('carries reads and writes of several units at %i baud', async (baud) => {
    const rig = await rigged({ baud });
    for (const unit of [1, 2, 3]) await poll(rig, readRegisters(unit, 0));
    const all = [1, 2, 3, 3, 1, 2].map((unit, address) =>
      rig.line.request(readRegisters(unit, address), 'poll'),
    );
    expect(await Promise.all(all)).toEqual(
      [1, 2, 3, 3, 1, 2].map((unit, address) => [busRegister(unit, address)]),
    );
    await rig.line.request({ unit: 2, kind: 'write-registers', address: 0, values: [1, 0xfffe] }, 'command');
    expect(await rig.line.request(readRegisters(2, 1), 'poll')).toEqual([0xfffe]);
    expect(await rig.line.request(pulseRelay(3), 'command')).toEqual([]);
    await waitFor(() => rig.plc.door(31).open, DEADLINE_MS, 'the door to open');
    // Each request had its silence before it: the units heard them all.
    expect(rig.bus.unheard).toBe(0);
  });

  it.each([
    ['even', 1],
    ['odd', 1],
    ['none', 2],
  ] as const)('opens its port with %s parity and %i stop bits', async (parity, stopBits) => {
    const rig = await rigged({ baud: 19_200, line: { parity, stopBits }, server: { parity, stopBits } });
    expect(await poll(rig, readRegisters(1, 5))).toEqual([busRegister(1, 5)]);
  });

  it('sends commands ahead of polls', async () => {
    const rig = await rigged();
    for (const unit of [1, 2, 3]) await poll(rig, readRegisters(unit, 0));
    const from = rig.bus.requests.length;
    const polls = [1, 2, 3, 1, 2, 3].map((unit) => rig.line.request(readRegisters(unit, 1), 'poll'));
    const command = rig.line.request(pulseRelay(2), 'command');
    await Promise.all([...polls, command]);
    const functions = rig.bus.requests.slice(from).map(({ functionCode }) => functionCode);
    // At most one poll was in flight.
    expect(functions.indexOf(5)).toBeLessThanOrEqual(1);
    expect(functions).toHaveLength(7);
  });

  it.each(['silence', 'garbage', 'wrong-unit', 'wrong-checksum', 'truncated', 'babble', 'late'] as const)(
    'goes on after %s',
    async (fault) => {
      const rig = await rigged({ baud: 19_200, line: { timeoutMs: 300 } });
      await poll(rig, readRegisters(1, 0));
      rig.bus.faults.next(fault);
      const error = await failureOf(rig.line.request(pulseRelay(1), 'command'));
      expect(error).toMatchObject({
        mayStillAct: true,
        code: expect.stringMatching(/line-(timeout|garbage)/),
      });
      rig.bus.faults.release();
      for (const unit of [1, 2, 3])
        expect(await poll(rig, readRegisters(unit, 9))).toEqual([busRegister(unit, 9)]);
      expect(rig.plc.record.filter(({ kind }) => kind === 'executed')).toHaveLength(1);
      expect(rig.line.connection).toBe(1);
    },
  );

  it('takes an answer once that comes twice, and an exception as what it is', async () => {
    const rig = await rigged({ baud: 19_200 });
    await poll(rig, readRegisters(1, 0));
    rig.bus.faults.next('duplicate', 3);
    // Each of another length: on a machine that stalls a copy may come when the next answer is due.
    for (const count of [1, 2, 3, 4]) {
      const registers = Array.from({ length: count }, (_, address) => busRegister(1, address));
      expect(await poll(rig, readRegisters(1, 0, count))).toEqual(registers);
    }
    rig.bus.faults.next('exception');
    expect(await failureOf(rig.line.request(pulseRelay(1), 'command'))).toMatchObject({
      code: 'line-exception',
      mayStillAct: false,
    });
  });

  it('serves the others while one unit is dead, fails commands to it at once, and finds it again', async () => {
    const rig = await rigged({ baud: 19_200, line: { timeoutMs: 100 } });
    for (const unit of [1, 2, 3]) await poll(rig, readRegisters(unit, 0));
    rig.bus.faults.always('deaf', 2);
    const isRefused = async () =>
      (await failureOf(rig.line.request(readRegisters(2, 0), 'poll'))).code === 'line-unit-silent';
    await waitFor(isRefused, DEADLINE_MS, 'unit 2 to be degraded');
    await waitFor(isRefused, DEADLINE_MS, 'unit 2 to be degraded still');
    const writes = rig.bus.requests.filter(({ functionCode }) => functionCode === 5).length;
    expect(await failureOf(rig.line.request(pulseRelay(2), 'command'))).toMatchObject({
      code: 'line-unit-silent',
      mayStillAct: false,
    });
    for (const unit of [1, 3])
      expect(await poll(rig, readRegisters(unit, 6))).toEqual([busRegister(unit, 6)]);
    expect(rig.bus.requests.filter(({ functionCode }) => functionCode === 5)).toHaveLength(writes);
    rig.bus.faults.always(null, 2);
    expect(await poll(rig, readRegisters(2, 6))).toEqual([busRegister(2, 6)]);
  });

  it('outlives its adapter being pulled, and opens nothing when it is back', async () => {
    const rig = await rigged({ baud: 19_200, line: NEVER_TIMED_OUT });
    const changes: boolean[] = [];
    rig.line.onChange(() => changes.push(rig.line.online));
    await poll(rig, readRegisters(1, 0));
    rig.bus.faults.next('late');
    const inFlight = failureOf(rig.line.request(pulseRelay(1), 'command'));
    const waiting = failureOf(rig.line.request(pulseRelay(2), 'command'));
    await waitFor(() => rig.bus.faults.held === 1, DEADLINE_MS, 'the write to arrive');
    await rig.adapter.unplug();
    expect(await inFlight).toMatchObject({ code: 'line-reset', mayStillAct: true });
    expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
    await waitFor(() => rig.line.reason?.includes('no such serial port'), DEADLINE_MS, 'a vain attempt');
    expect(await failureOf(rig.line.request(pulseRelay(1), 'command'))).toMatchObject({
      code: 'line-offline',
    });
    rig.bus.faults.release();
    await rig.adapter.plug();
    expect(await poll(rig, readRegisters(1, 3))).toEqual([busRegister(1, 3)]);
    expect(changes).toEqual([false, true]);
    expect(rig.line.connection).toBe(2);
    expect(rig.plc.record.filter(({ kind }) => kind === 'executed')).toHaveLength(1);
  });

  it('shares its port with nobody, and says so to the second', async () => {
    const rig = await rigged();
    const second = createSerialLine({
      id: 'second',
      path: rig.adapter.path,
      baud: 9_600,
      parity: 'none',
      stopBits: 1,
      timeoutMs: 1_000,
      frameGapMs: 0,
      trials: [{ unit: 1, kind: 'read', area: 'coils', address: 0, count: 1 }],
      clock: rig.clock,
      random: { bytes: (length) => new Uint8Array(length) },
    });
    stops.push(() => second.stop());
    second.start();
    await waitFor(() => second.reason?.includes('another program'), DEADLINE_MS, 'the refusal');
    expect(await poll(rig, readRegisters(1, 3))).toEqual([busRegister(1, 3)]);
  });
});
