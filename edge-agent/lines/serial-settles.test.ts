/** Whatever goes wrong on a bus, each request ends in its time, and the bus finds its way back. */
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { RTU_FAULTS, type RtuFault } from '@lockerhub/sim/plc/rtu-faults.ts';
import { withChecksum } from '@lockerhub/sim/plc/serial-bus.ts';
import { pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import { startVirtualSerialRig, type VirtualSerialRig } from '@lockerhub/sim/testing/serial-rig.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineError, type LineLane, type LineRequest } from './line.ts';
import { createSerialLine } from './serial-line.ts';

const UNITS = [1, 2, 3] as const;
/** So long nobody may have to wait: a bus that drowns (5 s), and a unit out of step behind it, with time to spare. */
const SETTLES_WITHIN_MS = 15_000;
/** The longest rest of a unit that was away: three units, each costing the longest babble of the bus. */
const BACK_WITHIN_MS = 60_000;

type Act =
  | { readonly act: 'ask'; readonly unit: number; readonly lane: LineLane; readonly write: boolean }
  | { readonly act: 'next'; readonly fault: RtuFault; readonly times: number }
  | { readonly act: 'always'; readonly fault: RtuFault | null; readonly unit: number; readonly nth: number }
  | { readonly act: 'chatter'; readonly unit: number; readonly everyMs: number }
  | { readonly act: 'babble'; readonly on: boolean }
  | { readonly act: 'plug'; readonly in: boolean }
  | { readonly act: 'release' }
  | { readonly act: 'stop' };
interface Step {
  readonly act: Act;
  readonly thenMs: number;
}

const unit = fc.constantFrom(...UNITS);
const fault = fc.constantFrom(...RTU_FAULTS);
const ask = fc.record({
  act: fc.constant('ask' as const),
  unit,
  lane: fc.constantFrom('command' as const, 'poll' as const),
  write: fc.boolean(),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: ask },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('next' as const), fault, times: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('always' as const),
      fault: fc.option(fault, { nil: null }),
      unit,
      nth: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    // 0: it is silent again.
    arbitrary: fc.record({
      act: fc.constant('chatter' as const),
      unit,
      everyMs: fc.constantFrom(0, 30, 150, 350, 900),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('babble' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('plug' as const), in: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ act: 'release' as const }) },
  { weight: 1, arbitrary: fc.constant({ act: 'stop' as const }) },
);
const life = fc.array(fc.record<Step>({ act, thenMs: fc.oneof(fc.nat(15), fc.nat(300), fc.nat(2_500)) }), {
  minLength: 5,
  maxLength: 30,
});

/** A bus, and everybody who waits for an answer on it. */
class BusyBus {
  readonly rig: VirtualSerialRig;
  /** Since when each request waits. */
  readonly waiting = new Map<LineRequest, number>();
  readonly #chatter = new Map<number, { over: boolean }>();

  constructor(rig: VirtualSerialRig) {
    this.rig = rig;
  }

  ask(request: LineRequest, lane: LineLane): Promise<readonly number[] | LineError> {
    this.waiting.set(request, this.rig.clock.monotonicMs());
    return this.rig.line.request(request, lane).then(
      (values) => {
        this.waiting.delete(request);
        return values;
      },
      (error: unknown) => {
        this.waiting.delete(request);
        if (error instanceof LineError) return error;
        throw error;
      },
    );
  }

  /** Frames of a unit that nobody asked for, each another one. */
  chatter(number: number, everyMs: number): void {
    const before = this.#chatter.get(number);
    if (before) before.over = true;
    const mine = { over: everyMs === 0 };
    this.#chatter.set(number, mine);
    let count = 0;
    const speak = (): void => {
      if (mine.over) return;
      this.rig.bus.faults.send(withChecksum(Buffer.from([number, 3, 2, 0, count++ & 0xff])));
      this.rig.clock.after(everyMs, speak);
    };
    speak();
  }

  async do(one: Act): Promise<void> {
    const { faults } = this.rig.bus;
    switch (one.act) {
      case 'ask':
        void this.ask(requestOf(one.unit, one.write), one.lane);
        break;
      case 'next':
        faults.next(one.fault, one.times);
        break;
      case 'always':
        faults.always(one.fault, one.unit, one.nth);
        break;
      case 'chatter':
        this.chatter(one.unit, one.everyMs);
        break;
      case 'babble':
        faults.babble(one.on);
        break;
      case 'plug':
        if (one.in) this.rig.adapter.plug();
        else this.rig.adapter.unplug();
        break;
      case 'release':
        faults.release();
        break;
      case 'stop':
        void this.rig.line.stop().then(() => this.rig.line.start());
    }
  }

  async pass(ms: number): Promise<void> {
    await this.rig.clock.advance(ms);
    const nowMs = this.rig.clock.monotonicMs();
    for (const [request, sinceMs] of this.waiting) {
      if (nowMs - sinceMs > SETTLES_WITHIN_MS) throw new Error(`nobody answers ${JSON.stringify(request)}`);
    }
  }

  heal(): void {
    const { bus, adapter } = this.rig;
    for (const number of UNITS) {
      this.chatter(number, 0);
      bus.faults.always(null, number);
    }
    bus.faults.babble(false);
    bus.faults.clear();
    bus.faults.release();
    adapter.plug();
  }
}

function requestOf(number: number, write: boolean): LineRequest {
  return write ? pulseRelay(number) : readRegisters(number, 1);
}

it('settles each request in its time, and comes back', async () => {
  await fc.assert(
    fc.asyncProperty(life, async (steps) => {
      const bus = new BusyBus(await startVirtualSerialRig({ units: UNITS }));
      try {
        for (const { act: next, thenMs } of steps) {
          await bus.do(next);
          await bus.pass(thenMs);
        }
        // With all that goes wrong still going on.
        await bus.pass(SETTLES_WITHIN_MS + 1);
        expect([...bus.waiting.keys()]).toEqual([]);
        bus.heal();
        await bus.pass(BACK_WITHIN_MS);
        for (const number of UNITS) {
          const answer = bus.ask(requestOf(number, false), 'command');
          await bus.pass(1_000);
          expect(await answer, `unit ${number}`).not.toBeInstanceOf(LineError);
        }
      } finally {
        await bus.rig.stop();
      }
    }),
    { numRuns: 60 },
  );
});

it('lets a command wait for no unit that goes on talking, and says why', async () => {
  const rig = await startVirtualSerialRig({ units: UNITS });
  const bus = new BusyBus(rig);
  bus.chatter(1, 150);
  await rig.clock.advance(50);
  expect(rig.line.reaches(1)).toBe(true);
  const answer = bus.ask(requestOf(1, true), 'command');
  await bus.pass(3_000);
  expect(bus.waiting.size).toBe(0);
  expect(await answer).toMatchObject({
    code: 'line-unit-silent',
    mayStillAct: false,
    message: expect.stringContaining('unit 1 speaks without being asked'),
  });
  expect(rig.line.reaches(1)).toBe(false);
  expect(await rig.settled(rig.line.request(requestOf(2, false), 'command'))).toHaveLength(1);
  await rig.stop();
});

it('tries a unit that a command waits for ahead of the commands for others, however many they are', async () => {
  const rig = await startVirtualSerialRig({ units: UNITS });
  const bus = new BusyBus(rig);
  rig.bus.faults.next('silence');
  await rig.settled(bus.ask(requestOf(1, false), 'poll'));
  const waiting = bus.ask(requestOf(1, true), 'command');
  let isOver = false;
  void waiting.then(() => {
    isOver = true;
  });
  // Somebody who always has another command for unit 2.
  const busy = async (): Promise<void> => {
    while (!isOver) await bus.ask(requestOf(2, false), 'command');
  };
  const others = [busy(), busy()];
  await rig.pass(() => isOver, 'the command that waits for its unit');
  expect(await waiting).toEqual([]);
  await rig.settled(Promise.all(others));
  await rig.stop();
});

it('goes on behind a port that answers at once', async () => {
  const clock = new VirtualClock(0);
  let says: (bytes: Buffer) => void = () => {};
  const line = createSerialLine({
    id: 'bus',
    path: 'a program that plays a bus',
    baud: 9_600,
    parity: 'none',
    stopBits: 1,
    timeoutMs: 200,
    frameGapMs: 0,
    trials: [{ unit: 1, kind: 'read', area: 'coils', address: 0, count: 8 }],
    clock,
    random: new SeededRandom(1),
    openWire: (_, { opened, heard }) => {
      says = heard;
      queueMicrotask(opened);
      return {
        write: () => says(withChecksum(Buffer.from([1, 1, 1, 0x55]))),
        close: (done) => done(),
      };
    },
  });
  line.start();
  await clock.advance(1_000);
  const answers: unknown[] = [];
  for (let time = 0; time < 3; time++) {
    void line.request({ unit: 1, kind: 'read', area: 'coils', address: 0, count: 8 }, 'poll').then(
      (values) => answers.push(values),
      (error: unknown) => answers.push(error),
    );
  }
  await clock.advance(1_000);
  expect(answers).toEqual(Array.from({ length: 3 }, () => [1, 0, 1, 0, 1, 0, 1, 0]));
  await line.stop();
});
