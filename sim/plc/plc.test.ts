import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { PlcDevice } from './devices/new-device.ts';
import type { LockOptions } from './door.ts';
import { Plc } from './plc.ts';
import { EXCEPTION, type PlcAnswer, type PlcRequest } from './request.ts';

const DONE: PlcAnswer = { kind: 'values', values: [] };

function oneDoor(
  device: PlcDevice = 'held-coils',
  lock: Partial<LockOptions> = {},
): { plc: Plc; clock: VirtualClock } {
  const clock = new VirtualClock(0);
  const plc = new Plc({
    clock,
    units: [{ unit: 1, device, coils: 8, discreteInputs: 8, holdingRegisters: 4 }],
    doors: [
      { number: 12, unit: 1, coil: 3, sensor: { area: 'discrete-inputs', address: 5, closed: 1 }, lock },
    ],
  });
  return { plc, clock };
}

const coil = (address: number, value: number): PlcRequest => ({
  unit: 1,
  kind: 'write-coil',
  address,
  value,
});
const ON = coil(3, 0xff00);
const OFF = coil(3, 0);
const SENSOR: PlcRequest = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 5, count: 1 };

describe('a door', () => {
  it('springs open a while after its lock is energised, and its sensor shows it', async () => {
    const { plc, clock } = oneDoor('held-coils', { latencyMs: 40 });
    expect(plc.execute(SENSOR)).toEqual({ kind: 'values', values: [1] });
    plc.execute(ON);
    await clock.advance(39);
    expect(plc.door(12).open).toBe(false);
    await clock.advance(1);
    expect(plc.door(12).open).toBe(true);
    expect(plc.execute(SENSOR)).toEqual({ kind: 'values', values: [0] });
    plc.execute(OFF);
    expect(plc.hand.close(12)).toBe(true);
    expect(plc.record).toEqual([
      { kind: 'energised', door: 12, atMs: 0 },
      { kind: 'opened', door: 12, atMs: 40, by: 'solenoid' },
      { kind: 'released', door: 12, atMs: 40, energisedMs: 40 },
      { kind: 'closed', door: 12, atMs: 40 },
    ]);
  });

  it('stays shut when the pulse is shorter than its latency', async () => {
    const { plc, clock } = oneDoor('held-coils', { latencyMs: 40 });
    plc.execute(ON);
    await clock.advance(30);
    plc.execute(OFF);
    await clock.advance(1_000);
    expect(plc.door(12).open).toBe(false);
  });

  it('opens at once with a latency of 0', () => {
    const { plc } = oneDoor('held-coils', { latencyMs: 0 });
    plc.execute(ON);
    expect(plc.door(12).open).toBe(true);
  });

  it('does not latch while its lock is energised', () => {
    const { plc } = oneDoor('held-coils', { latencyMs: 0 });
    plc.execute(ON);
    expect(plc.hand.close(12)).toBe(false);
    expect(plc.door(12).open).toBe(true);
  });

  it('does not open by current while it is jammed, by force it does', async () => {
    const { plc, clock } = oneDoor();
    plc.jam(12);
    plc.execute(ON);
    await clock.advance(500);
    expect(plc.door(12)).toMatchObject({ open: false, jammed: true });
    plc.unjam(12);
    await clock.advance(500);
    expect(plc.door(12).open).toBe(true);
    plc.execute(OFF);
    plc.hand.close(12);
    plc.jam(12);
    plc.hand.open(12);
    expect(plc.door(12).open).toBe(true);
  });

  it('burns its lock when held too long, and never opens by current again until repaired', async () => {
    const { plc, clock } = oneDoor('held-coils', { burnsAfterMs: 3_000 });
    plc.execute(ON);
    await clock.advance(2_999);
    expect(plc.door(12).burnt).toBe(false);
    await clock.advance(1);
    expect(plc.door(12)).toMatchObject({ burnt: true, energised: true, energisedMs: 3_000 });
    plc.execute(OFF);
    plc.hand.close(12);
    plc.execute(ON);
    await clock.advance(1_000);
    expect(plc.door(12).open).toBe(false);
    plc.execute(OFF);
    plc.repair(12);
    plc.execute(ON);
    await clock.advance(1_000);
    expect(plc.door(12).open).toBe(true);
  });

  it('keeps heat between pulses and loses it slowly', async () => {
    const { plc, clock } = oneDoor('held-coils', { burnsAfterMs: 1_000 });
    const pulse = async (pauseMs: number): Promise<void> => {
      plc.execute(ON);
      await clock.advance(400);
      plc.execute(OFF);
      await clock.advance(pauseMs);
    };
    for (let time = 0; time < 20; time++) await pulse(3_600);
    expect(plc.door(12).burnt).toBe(false);
    for (let time = 0; time < 3; time++) await pulse(100);
    expect(plc.door(12).burnt).toBe(true);
  });

  it('neither opens nor burns when the power fails in the very moment in which its lock is energised', async () => {
    const { plc, clock } = oneDoor('waveshare-relay', { burnsAfterMs: 3_000 });
    plc.observe((event) => {
      if (event.kind === 'energised') plc.cutPower();
    });
    plc.execute(coil(0x0203, 3));
    await clock.advance(10_000);
    expect(plc.door(12)).toMatchObject({ open: false, burnt: false, energised: false });
  });

  it.each(['continuous-duty', 'hardware-limited'] as const)('with a %s lock never burns', async (duty) => {
    const { plc, clock } = oneDoor('held-coils', { duty });
    plc.execute(ON);
    await clock.advance(3_600_000);
    expect(plc.door(12)).toMatchObject({ open: true, burnt: false });
    // A lock that has cut itself off latches again; one that is still under current does not.
    expect(plc.hand.close(12)).toBe(duty === 'hardware-limited');
  });
});

describe('a Waveshare board', () => {
  it('times a pulse itself in units of 100 ms, and a new one replaces it', async () => {
    const { plc, clock } = oneDoor('waveshare-relay');
    expect(plc.execute(coil(0x0203, 3))).toEqual(DONE);
    await clock.advance(200);
    plc.execute(coil(0x0203, 2));
    await clock.advance(199);
    expect(plc.door(12).energised).toBe(true);
    await clock.advance(1);
    expect(plc.record.filter((event) => event.kind === 'released')).toEqual([
      { kind: 'released', door: 12, atMs: 400, energisedMs: 400 },
    ]);
  });

  it('switches all relays at 0x00FF, and ends a pulse by 0', async () => {
    const { plc, clock } = oneDoor('waveshare-relay');
    plc.execute(coil(0x00ff, 0xff00));
    expect(plc.execute({ unit: 1, kind: 'read', area: 'coils', address: 0, count: 8 })).toEqual({
      kind: 'values',
      values: [1, 1, 1, 1, 1, 1, 1, 1],
    });
    plc.execute(coil(0x00ff, 0));
    plc.execute(coil(0x0203, 9));
    plc.execute(coil(0x0203, 0));
    await clock.advance(1_000);
    expect(plc.door(12).energised).toBe(false);
  });

  it('knows addresses that plain coils refuse', () => {
    expect(oneDoor().plc.execute(coil(0x0203, 3))).toEqual({
      kind: 'exception',
      code: EXCEPTION.illegalAddress,
    });
  });
});

describe('a request that makes no sense', () => {
  it.each([
    [coil(8, 0xff00), EXCEPTION.illegalAddress],
    [coil(3, 7), EXCEPTION.illegalValue],
    [{ ...ON, unit: 2 }, EXCEPTION.gatewayNoAnswer],
    [{ unit: 1, kind: 'read', area: 'coils', address: 0, count: 0 }, EXCEPTION.illegalValue],
    [{ unit: 1, kind: 'read', area: 'coils', address: 0, count: 2_001 }, EXCEPTION.illegalValue],
    [{ unit: 1, kind: 'read', area: 'coils', address: 4, count: 5 }, EXCEPTION.illegalAddress],
    [{ unit: 1, kind: 'read', area: 'holding-registers', address: 0, count: 126 }, EXCEPTION.illegalValue],
    [{ unit: 1, kind: 'write-registers', address: 3, values: [1, 2] }, EXCEPTION.illegalAddress],
    [{ unit: 1, kind: 'write-register', address: 4, value: 1 }, EXCEPTION.illegalAddress],
  ] as const)('%j is answered by exception %i', (request, code) => {
    expect(oneDoor().plc.execute(request)).toEqual({ kind: 'exception', code });
  });

  it('about a door that is not there is a mistake of the test', () => {
    expect(() => oneDoor().plc.hand.open(99)).toThrow('this PLC has no door 99');
  });
});

describe('the manners of a controller', () => {
  it('execute late and answer later, in order', async () => {
    const { plc, clock } = oneDoor();
    const answers: string[] = [];
    Object.assign(plc.manners, { executeAfterMs: 100, answerAfterMs: 50 });
    plc.receive(ON, () => answers.push(`on at ${clock.monotonicMs()}`));
    plc.receive(SENSOR, () => answers.push(`read at ${clock.monotonicMs()}`));
    await clock.advance(99);
    expect(plc.door(12).energised).toBe(false);
    await clock.advance(1_000);
    expect(answers).toEqual(['on at 150', 'read at 300']);
  });

  it('may do what they are told in silence, or nothing', () => {
    const { plc } = oneDoor();
    const answer = (): void => expect.unreachable('it answered');
    plc.manners.silence = 'ignores';
    plc.receive(ON, answer);
    expect(plc.door(12).energised).toBe(false);
    plc.manners.silence = 'executes';
    plc.receive(ON, answer);
    expect(plc.door(12).energised).toBe(true);
  });

  it('may refuse everything by an exception', () => {
    const { plc } = oneDoor();
    plc.manners.exception = EXCEPTION.deviceBusy;
    const answers: PlcAnswer[] = [];
    plc.receive(ON, (answer) => answers.push(answer));
    expect(answers).toEqual([{ kind: 'exception', code: EXCEPTION.deviceBusy }]);
    expect(plc.door(12).energised).toBe(false);
  });
});

describe('a frozen controller', () => {
  it('executes what has piled up when it thaws, in order', () => {
    const { plc } = oneDoor();
    plc.freeze();
    const order: string[] = [];
    plc.receive(ON, () => order.push('on'));
    plc.receive(OFF, () => order.push('off'));
    expect([plc.waiting, order]).toEqual([2, []]);
    plc.thaw();
    expect(order).toEqual(['on', 'off']);
    expect(plc.record.filter((event) => event.kind === 'executed').map((event) => event.late)).toEqual([
      true,
      true,
    ]);
  });

  it('that froze while a request was on its way executes it after the thaw', async () => {
    const { plc, clock } = oneDoor();
    plc.manners.executeAfterMs = 100;
    plc.receive(ON, () => {});
    plc.freeze();
    await clock.advance(5_000);
    expect(plc.door(12).energised).toBe(false);
    plc.thaw();
    await clock.advance(100);
    expect(plc.door(12).energised).toBe(true);
  });
});

describe('power', () => {
  it('cut takes all outputs off, forgets what waited, and leaves doors as they are', async () => {
    const { plc, clock } = oneDoor('waveshare-relay');
    plc.execute(coil(0x0203, 20));
    await clock.advance(100);
    plc.freeze();
    plc.receive(coil(0x0203, 9), () => expect.unreachable('it answered'));
    plc.cutPower();
    expect(plc.door(12)).toMatchObject({ energised: false, open: true });
    plc.receive(ON, () => expect.unreachable('it answered'));
    plc.restorePower();
    plc.hand.close(12);
    await clock.advance(60_000);
    expect(plc.door(12)).toMatchObject({ energised: false, open: false });
    expect(plc.execute(SENSOR)).toEqual({ kind: 'values', values: [1] });
    expect(plc.record.filter((event) => event.kind === 'power').map((event) => event.on)).toEqual([
      false,
      true,
    ]);
  });
});

describe('whatever is done to a PLC', () => {
  const deed = fc.oneof(
    fc.record({ coil: fc.constantFrom(3, 0x0203, 0x00ff), value: fc.constantFrom(0, 0xff00, 2, 5) }),
    fc.record({ ms: fc.integer({ min: 0, max: 900 }) }),
    fc.record({ do: fc.constantFrom('open', 'close', 'jam', 'unjam', 'freeze', 'thaw', 'cut', 'restore') }),
  );

  it('its record is whole: current goes on and off in turn, doors open and close in turn, for a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 60 }), async (deeds) => {
        const { plc, clock } = oneDoor('waveshare-relay');
        const acts: Record<string, () => unknown> = {
          open: () => plc.hand.open(12),
          close: () => plc.hand.close(12),
          jam: () => plc.jam(12),
          unjam: () => plc.unjam(12),
          freeze: () => plc.freeze(),
          thaw: () => plc.thaw(),
          cut: () => plc.cutPower(),
          restore: () => plc.restorePower(),
        };
        for (const one of deeds) {
          if ('coil' in one) plc.receive(coil(one.coil, one.value), () => {});
          else if ('ms' in one) await clock.advance(one.ms);
          else acts[one.do]?.();
        }
        let energised = false;
        let open = false;
        for (const event of plc.record) {
          if (event.kind === 'energised' || event.kind === 'released') {
            expect(energised).toBe(event.kind === 'released');
            energised = event.kind === 'energised';
          } else if (event.kind === 'opened' || event.kind === 'closed') {
            expect(open).toBe(event.kind === 'closed');
            open = event.kind === 'opened';
            if (event.kind === 'opened' && event.by === 'solenoid') expect(energised).toBe(true);
          }
        }
        expect(plc.door(12)).toMatchObject({ open, energised });
        if (!plc.powered) expect(energised).toBe(false);
      }),
    );
  });
});
