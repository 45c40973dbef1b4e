import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Plc } from '../../sim/plc/plc.ts';
import { DirectLine } from '../../sim/testing/bank-world.ts';
import { UnitWatchdog } from './unit-watchdog.ts';

const TIME = 0x1000;
const STATUS = 0x1006;
const STOP = 0x1008;
const START = 0x100a;
const TIMEOUT_MS = 500;
const write = (address: number, value: number) =>
  ({ unit: 1, kind: 'write-register', address, value }) as const;
const read = (address: number) =>
  ({ unit: 1, kind: 'read', area: 'holding-registers', address, count: 1 }) as const;
const ON = { unit: 1, kind: 'write-coil', address: 0, value: 0xff00 } as const;

function coupler(holdingRegisters = START + 1) {
  const clock = new VirtualClock(0);
  const plc = new Plc({
    clock,
    units: [{ unit: 1, device: 'watchdog-coils', holdingRegisters }],
    doors: [{ number: 1, unit: 1, coil: 0, sensor: null, lock: { duty: 'continuous-duty' } }],
  });
  const line = new DirectLine(plc, clock);
  const watchdog = new UnitWatchdog({
    clock,
    line,
    wires: {
      unit: 1,
      timeoutMs: TIMEOUT_MS,
      arm: [write(STOP, 0xaa55), write(TIME, 5), write(START, 1)],
      check: [
        { read: read(STATUS), holds: 1 },
        { read: read(TIME), holds: 5 },
      ],
      feed: null,
    },
  });
  const status = () => plc.execute(read(STATUS));
  return { clock, plc, line, watchdog, status };
}

describe('the watchdog of a unit', () => {
  it('is armed at the start, and fed for as long as the agent lives', async () => {
    const { clock, plc, watchdog } = coupler();
    expect(watchdog.ready).toBe(false);
    watchdog.start();
    await clock.advance(10);
    expect(watchdog.ready).toBe(true);
    plc.execute(ON);
    for (let beat = 0; beat < 100; beat++) {
      await clock.advance(100);
      expect([watchdog.ready, plc.door(1).energised]).toEqual([true, true]);
    }
    // Stopped, timed and started once: one that runs is left alone, or it would not guard meanwhile.
    expect(plc.record.filter(({ kind }) => kind === 'executed')).toHaveLength(3);
    watchdog.stop();
    await clock.advance(TIMEOUT_MS + 1);
    expect([watchdog.ready, plc.door(1).energised]).toEqual([false, false]);
  });

  it('that has expired is armed again, and nothing may be pulsed before', async () => {
    const { clock, plc, line, watchdog } = coupler();
    watchdog.start();
    await clock.advance(10);
    plc.execute(ON);
    line.online = false;
    await clock.advance(TIMEOUT_MS);
    expect([watchdog.ready, plc.door(1).energised]).toEqual([false, false]);
    line.online = true;
    line.connection += 1;
    await clock.advance(TIMEOUT_MS);
    expect(watchdog.ready).toBe(true);
    plc.execute(ON);
    await clock.advance(2_000);
    expect(plc.door(1).energised).toBe(true);
  });

  it('is asked anew on each connection', async () => {
    const { clock, line, watchdog } = coupler();
    watchdog.start();
    await clock.advance(10);
    line.connection += 1;
    expect(watchdog.ready).toBe(false);
    await clock.advance(TIMEOUT_MS / 2);
    expect(watchdog.ready).toBe(true);
  });

  it('is not trusted for longer than it lasts', async () => {
    const { clock, line, watchdog } = coupler();
    watchdog.start();
    await clock.advance(10);
    // The line is the same, and has no time for it.
    line.online = false;
    await clock.advance(TIMEOUT_MS - 15);
    expect(watchdog.ready).toBe(true);
    await clock.advance(5);
    expect(watchdog.ready).toBe(false);
  });

  it('that runs with another time is stopped and armed as the profile says', async () => {
    const { clock, plc, watchdog } = coupler();
    plc.execute(write(TIME, 200));
    plc.execute(write(START, 1));
    watchdog.start();
    await clock.advance(10);
    expect(watchdog.ready).toBe(true);
    expect(plc.execute(read(TIME))).toMatchObject({ values: [5] });
  });

  it('that a coupler does not have, or that somebody stopped, opens nothing', async () => {
    const none = coupler(16);
    none.watchdog.start();
    await none.clock.advance(5_000);
    expect(none.watchdog.ready).toBe(false);
    const stopped = coupler();
    stopped.watchdog.start();
    await stopped.clock.advance(10);
    stopped.plc.execute(write(STOP, 0xaa55));
    // A key switch at the coupler, say: it takes no register any more.
    stopped.plc.manners.exception = 4;
    await stopped.clock.advance(TIMEOUT_MS / 4);
    expect(stopped.watchdog.ready).toBe(false);
    stopped.watchdog.stop();
    none.watchdog.stop();
  });
});
