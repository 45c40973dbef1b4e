import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { WIRE_FAULTS } from '@lockerhub/sim/plc/wire-faults.ts';
import { pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import { type LineRig, rigRegister, startLineRig } from '@lockerhub/sim/testing/line-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { LineError } from './line.ts';
import { reconnectPauseMs } from './reconnect-pause.ts';
import { WAITING_LIMIT } from './request-queue.ts';

const DEADLINE_MS = 10_000;
const PULSE = pulseRelay(1);
const readOne = (address: number) => readRegisters(1, address);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function rigged(options?: Parameters<typeof startLineRig>[0]): Promise<LineRig> {
  const rig = await startLineRig(options);
  stops.push(rig.stop);
  return rig;
}

describe('what a line carries', () => {
  it('bits, registers and writes of every kind', async () => {
    const { line, plc } = await rigged();
    await line.request({ unit: 1, kind: 'write-register', address: 0, value: 0xfffe }, 'command');
    await line.request({ unit: 1, kind: 'write-registers', address: 1, values: [1, 0x8000, 3] }, 'command');
    expect(
      await line.request({ unit: 1, kind: 'read', area: 'holding-registers', address: 0, count: 5 }, 'poll'),
    ).toEqual([0xfffe, 1, 0x8000, 3, rigRegister(4)]);
    await line.request({ unit: 1, kind: 'write-coil', address: 9, value: 0xff00 }, 'command');
    expect(
      await line.request({ unit: 1, kind: 'read', area: 'coils', address: 7, count: 5 }, 'poll'),
    ).toEqual([0, 0, 1, 0, 0]);
    plc.hand.open(2);
    expect(
      await line.request({ unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 3 }, 'poll'),
    ).toEqual([1, 0, 0]);
    expect(
      await line.request({ unit: 1, kind: 'read', area: 'input-registers', address: 60, count: 4 }, 'poll'),
    ).toEqual([0, 0, 0, 0]);
  });

  it('the raw word of FC05, by which a Waveshare board times a pulse', async () => {
    const { line, plc, clock } = await rigged();
    expect(await line.request(PULSE, 'command')).toEqual([]);
    expect(plc.door(1).energised).toBe(true);
    await clock.advance(300);
    expect(plc.door(1)).toMatchObject({ open: true, energised: false });
  });

  it.each([
    { ...PULSE, unit: 256 },
    { ...PULSE, address: -1 },
    { ...PULSE, value: 0x10000 },
    { ...PULSE, value: 1.5 },
    { unit: 1, kind: 'read', area: 'coils', address: 0, count: 2_001 },
    { unit: 1, kind: 'read', area: 'holding-registers', address: 0, count: 126 },
    { unit: 1, kind: 'write-registers', address: 0, values: [] },
  ] as const)('nothing that no frame can carry: %j', async (request) => {
    const { line } = await rigged();
    await expect(line.request(request, 'poll')).rejects.toThrow(RangeError);
    expect(line.online).toBe(true);
  });
});

describe('the timeout of a request', () => {
  it('ends with its answer', async () => {
    const { line, clock } = await rigged();
    await line.request(readOne(1), 'poll');
    await clock.advance(60_000);
    expect(line).toMatchObject({ online: true, connection: 1 });
  });

  it('begins when it is sent, not when it is asked', async () => {
    const { line, clock, server } = await rigged();
    server.faults.next('late');
    const first = line.request(readOne(1), 'poll');
    const second = line.request(readOne(2), 'poll');
    await waitFor(() => server.faults.held === 1, DEADLINE_MS, 'the first answer to be held');
    await clock.advance(400);
    server.faults.next('late');
    server.faults.release();
    await first;
    await waitFor(() => server.faults.held === 1, DEADLINE_MS, 'the second answer to be held');
    await clock.advance(400);
    server.faults.release();
    expect(await second).toEqual([rigRegister(2)]);
  });
});

describe('what waits', () => {
  it('goes commands first, each lane in its order', async () => {
    const { line, server } = await rigged();
    const order: string[] = [];
    server.faults.next('late');
    const ask = (name: string, lane: 'poll' | 'command'): Promise<unknown> =>
      line.request(readOne(1), lane).then(() => order.push(name));
    const all = [
      ask('in flight', 'poll'),
      ask('poll 1', 'poll'),
      ask('poll 2', 'poll'),
      ask('command 1', 'command'),
      ask('command 2', 'command'),
    ];
    await waitFor(() => server.faults.held === 1, DEADLINE_MS, 'the first answer to be held');
    server.faults.release();
    await Promise.all(all);
    expect(order).toEqual(['in flight', 'command 1', 'command 2', 'poll 1', 'poll 2']);
  });

  it('has a bound in each lane; beyond it a request is refused at once and was not sent', async () => {
    const { line, server } = await rigged();
    server.faults.next('late');
    const inFlight = line.request(readOne(1), 'poll');
    for (const lane of ['command', 'poll'] as const) {
      const waiting = Array.from({ length: WAITING_LIMIT[lane] }, () => line.request(readOne(2), lane));
      await expect(line.request(PULSE, lane)).rejects.toMatchObject({
        code: 'line-busy',
        mayStillAct: false,
      });
      for (const one of waiting) one.catch(() => {});
    }
    await line.stop();
    await expect(inFlight).rejects.toMatchObject({ code: 'line-offline' });
  });

  it('is refused when the line is lost, and none of it is sent later', async () => {
    const rig = await rigged();
    rig.server.faults.next('reset');
    const inFlight = rig.line.request(readOne(1), 'poll');
    const waiting = rig.line.request(PULSE, 'command');
    await expect(inFlight).rejects.toMatchObject({ code: 'line-reset' });
    await expect(waiting).rejects.toMatchObject({ code: 'line-offline', mayStillAct: false });
    await rig.online();
    await rig.line.request(readOne(1), 'poll');
    expect(rig.plc.record.filter((event) => event.kind === 'executed')).toEqual([]);
  });

  it('is not taken at all while the line is offline', async () => {
    const { line, server } = await rigged();
    await server.unplug();
    server.faults.resetAll();
    await waitFor(() => !line.online, DEADLINE_MS, 'the line to notice');
    await expect(line.request(PULSE, 'command')).rejects.toMatchObject({
      code: 'line-offline',
      mayStillAct: false,
    });
  });
});

describe('coming back', () => {
  it('happens by itself after the cable was out, and is told each time', async () => {
    const rig = await rigged();
    const seen: boolean[] = [];
    rig.line.onChange(() => seen.push(rig.line.online));
    await rig.server.unplug();
    const unanswered = rig.line.request(readOne(1), 'poll');
    unanswered.catch(() => {});
    await rig.pass(() => !rig.line.online, 'the line to notice');
    await rig.clock.advance(60_000);
    await waitFor(() => rig.line.reason?.includes('refuses'), DEADLINE_MS, 'a refused connection');
    await rig.server.plug();
    await rig.online();
    expect(await rig.line.request(readOne(7), 'poll')).toEqual([rigRegister(7)]);
    expect(seen).toEqual([false, true]);
    expect(rig.line.connection).toBe(2);
  });

  it('opens nothing, whatever was asked before a power cut', async () => {
    const rig = await rigged();
    rig.plc.freeze();
    const lost = rig.line.request(PULSE, 'command');
    lost.catch(() => {});
    await waitFor(() => rig.plc.waiting === 1, DEADLINE_MS, 'the write to arrive');
    rig.plc.cutPower();
    await rig.clock.advance(10_000);
    rig.plc.restorePower();
    await rig.online();
    expect(rig.plc.record.filter((event) => event.kind === 'energised')).toEqual([]);
    await expect(lost).rejects.toMatchObject({ mayStillAct: true });
  });

  it('pauses longer each time, jittered, with a cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer(), (failures, seed) => {
        const pauseMs = reconnectPauseMs(failures, new SeededRandom(seed));
        const fullMs = Math.min(5_000, 250 * 2 ** failures);
        expect(pauseMs).toBeGreaterThanOrEqual(fullMs / 2);
        expect(pauseMs).toBeLessThanOrEqual(fullMs);
      }),
    );
  });
});

describe('a device with one connection that keeps dead ones', () => {
  const single = { connections: 'one-refuse', keepsDead: true } as const;

  it('is served again on the same connection after a stall', async () => {
    const rig = await rigged({ line: { onFault: 'resynchronise' }, server: single });
    rig.plc.freeze();
    const stalled = rig.line.request(readOne(1), 'poll');
    stalled.catch(() => {});
    await rig.pass(() => !rig.line.online, 'the line to notice');
    await rig.clock.advance(10_000);
    rig.plc.thaw();
    await rig.online();
    expect(rig.line.connection).toBe(1);
    expect(await rig.line.request(readOne(3), 'poll')).toEqual([rigRegister(3)]);
    await expect(stalled).rejects.toMatchObject({ code: 'line-timeout' });
  });

  it.each(['garbage', 'partial', 'wrong-protocol', 'wrong-unit'] as const)(
    'is served again on the same connection after %s',
    async (fault) => {
      const rig = await rigged({ line: { onFault: 'resynchronise' }, server: single });
      rig.server.faults.next(fault, 3);
      const spoilt = rig.line.request(readOne(1), 'poll');
      spoilt.catch(() => {});
      await rig.pass(() => !rig.line.online, 'the line to notice');
      await rig.online();
      expect(rig.line.connection).toBe(1);
      expect(await rig.line.request(readOne(3), 'poll')).toEqual([rigRegister(3)]);
    },
  );

  it('has its full time to find its step after each stall', async () => {
    const rig = await rigged({
      line: { onFault: 'resynchronise', resynchroniseForMs: 5_000 },
      server: single,
    });
    for (let stall = 0; stall < 3; stall++) {
      rig.server.faults.next('silence');
      const unheard = rig.line.request(readOne(1), 'poll');
      unheard.catch(() => {});
      await rig.pass(() => !rig.line.online, 'the line to notice');
      await rig.online();
      await rig.clock.advance(20_000);
    }
    expect(rig.line.connection).toBe(1);
  });

  it('is probed once after a partial answer: what had arrived of it is thrown away', async () => {
    const rig = await rigged({ line: { onFault: 'resynchronise', quietMs: 200 }, server: single });
    const changes: boolean[] = [];
    rig.line.onChange(() => changes.push(rig.line.online));
    rig.server.faults.next('partial');
    const cut = rig.line.request(readOne(1), 'poll');
    cut.catch(() => {});
    await rig.pass(() => !rig.line.online, 'the line to notice');
    const noticedMs = rig.clock.monotonicMs();
    await rig.online();
    expect(rig.clock.monotonicMs() - noticedMs).toBeLessThan(400);
    expect(changes).toEqual([false, true]);
  });

  it('is connected to anew only when that does not help', async () => {
    const rig = await rigged({
      line: { onFault: 'resynchronise', resynchroniseForMs: 5_000 },
      server: single,
    });
    rig.server.faults.next('half-open');
    const lost = rig.line.request(readOne(1), 'poll');
    lost.catch(() => {});
    await rig.pass(() => !rig.line.online, 'the line to notice');
    await rig.clock.advance(4_000);
    expect(rig.server.connections).toBe(1);
    await rig.pass(
      () => rig.server.connections === 0 || rig.line.reason?.includes('reset') === true,
      'a new attempt',
    );
    rig.server.faults.releaseDead();
    await rig.online();
    expect(rig.line.connection).toBeGreaterThan(1);
  });

  it('shuts out a line that reconnects at once, until it lets go', async () => {
    const rig = await rigged({ server: single });
    rig.server.faults.next('half-open');
    const lost = rig.line.request(readOne(1), 'poll');
    lost.catch(() => {});
    await rig.pass(() => rig.line.reason?.includes('reset') === true, 'a refused attempt');
    await rig.clock.advance(30_000);
    expect(rig.line.online).toBe(false);
    rig.server.faults.releaseDead();
    await rig.online();
  });
});

describe('whatever goes wrong, in any order', () => {
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.record({ ask: fc.integer({ min: 0, max: 63 }) }) },
    { weight: 1, arbitrary: fc.record({ pulse: fc.constantFrom(0, 1) }) },
    { weight: 2, arbitrary: fc.record({ fault: fc.constantFrom(...WIRE_FAULTS) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('release', 'freeze', 'thaw', 'reset', 'time', 'look') }),
    },
  );

  it.each(['reconnect', 'resynchronise'] as const)(
    'every request settles, no answer is wrong, and the line comes back (%s)',
    async (onFault) => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
          const rig = await startLineRig({ line: { onFault, resynchroniseForMs: 5_000 } });
          try {
            await play(rig, acts);
          } finally {
            await rig.stop();
          }
        }),
        { numRuns: 25 },
      );
    },
  );

  async function play(
    rig: LineRig,
    acts: readonly (
      | { ask: number }
      | { pulse: number }
      | { fault: (typeof WIRE_FAULTS)[number] }
      | { do: string }
    )[],
  ): Promise<void> {
    const open = new Set<Promise<void>>();
    let pulses = 0;
    const track = (request: Promise<readonly number[]>, expected: readonly number[]): void => {
      const settled = request
        .then(
          (values) => expect(values).toEqual(expected),
          (error: unknown) => expect(error).toBeInstanceOf(LineError),
        )
        .finally(() => open.delete(settled));
      open.add(settled);
    };
    for (const one of acts) {
      if ('ask' in one) track(rig.line.request(readOne(one.ask), 'poll'), [rigRegister(one.ask)]);
      else if ('fault' in one) rig.server.faults.next(one.fault);
      else if ('pulse' in one) {
        pulses++;
        track(rig.line.request({ ...PULSE, address: 0x0200 + one.pulse }, 'command'), []);
      } else if (one.do === 'release') rig.server.faults.release();
      else if (one.do === 'freeze') rig.plc.freeze();
      else if (one.do === 'thaw') rig.plc.thaw();
      else if (one.do === 'reset') rig.server.faults.resetAll();
      else await rig.clock.advance(one.do === 'time' ? 600 : 0);
    }
    rig.plc.thaw();
    rig.server.faults.release();
    await rig.pass(() => open.size === 0, 'every request to settle');
    // Faults that nobody has met yet meet these; the line outlives them all.
    for (let answered = false; !answered; ) {
      await rig.online();
      track(
        rig.line.request(readOne(9), 'poll').then((values) => {
          answered = true;
          return values;
        }),
        [rigRegister(9)],
      );
      await rig.pass(() => open.size === 0, 'a request to settle');
    }
    // The line sends nothing twice.
    const executed = rig.plc.record.filter((event) => event.kind === 'executed');
    expect(executed.length).toBeLessThanOrEqual(pulses);
  }
});
