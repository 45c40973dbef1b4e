import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { Plc } from '@lockerhub/sim/plc/plc.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../error.ts';
import { outputPoint, sensorPoint } from './points.ts';
import { loadProfile, parseProfile } from './profile.ts';
import { holdsOutputs, mayDrive, planPulse } from './pulse.ts';

const generic = await loadProfile('generic-coils');
const waveshare = await loadProfile('waveshare-relay');
const click = parseProfile(
  `profile: click
title: AutomationDirect CLICK, Y001 is coil 8192
outputs: { area: coils, first: 1, address: 8192, count: 16 }
pulse: { method: held-coil, on: 0xFF00, off: 0 }
`,
  'click',
);

describe('points', () => {
  it('follow the numbers on the device', () => {
    expect(outputPoint(waveshare, 2, 1)).toEqual({ unit: 2, area: 'coils', address: 0 });
    expect(sensorPoint(waveshare, 2, 32)).toEqual({ unit: 2, area: 'discrete-inputs', address: 31 });
    expect(outputPoint(click, 1, 3)).toEqual({ unit: 1, area: 'coils', address: 8194 });
  });

  it.each([0, 33, -1, 1.5, Number.NaN])('beyond the device (%s) are refused', (number) => {
    expect(() => outputPoint(waveshare, 1, number)).toThrow(AgentError);
    expect(() => sensorPoint(waveshare, 1, number)).toThrow('its sensors are 1 to 32');
  });

  it('a device without inputs senses no door', () => {
    expect(() => sensorPoint(click, 1, 1)).toThrow('senses no doors; write sensor: none');
  });
});

describe('planPulse', () => {
  it('lets a Waveshare board time the pulse', () => {
    expect(planPulse(waveshare, outputPoint(waveshare, 1, 5))).toEqual({
      begin: { unit: 1, kind: 'write-coil', address: 0x0204, value: 3 },
      lengthMs: 300,
      end: null,
    });
  });

  it('rounds up to the units of the device, and down at the cap', () => {
    const pulse = {
      method: 'timed-coil',
      address: 0x0200,
      unitMs: 300,
      lengthMs: 300,
      capMs: 1_000,
    } as const;
    const coarse = { ...waveshare, pulse };
    const output = outputPoint(coarse, 1, 1);
    expect(planPulse(coarse, output, 301)).toMatchObject({ begin: { value: 2 }, lengthMs: 600 });
    expect(planPulse(coarse, output, 1_000)).toMatchObject({ begin: { value: 3 }, lengthMs: 900 });
  });

  it('switches plain coils on and off', () => {
    expect(planPulse(generic, outputPoint(generic, 1, 5), 250)).toEqual({
      begin: { unit: 1, kind: 'write-coil', address: 4, value: 0xff00 },
      lengthMs: 250,
      end: { unit: 1, kind: 'write-coil', address: 4, value: 0 },
    });
  });

  it('energises the lock it is for, as long as it says and never beyond the cap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(generic, waveshare),
        fc.integer({ min: 1, max: 32 }),
        fc.integer({ min: -10, max: 5_000 }),
        async (profile, number, lengthMs) => {
          const clock = new VirtualClock(0);
          const doors = Array.from({ length: 32 }, (_, index) => ({
            number: index + 1,
            unit: 1,
            coil: index,
            sensor: null,
          }));
          const device = profile === waveshare ? 'waveshare-relay' : 'held-coils';
          const plc = new Plc({ clock, units: [{ unit: 1, device, coils: 32 }], doors });
          const pulse = planPulse(profile, outputPoint(profile, 1, number), lengthMs);
          expect(plc.execute(pulse.begin)).toEqual({ kind: 'values', values: [] });
          expect(plc.door(number).energised).toBe(true);
          await clock.advance(pulse.lengthMs);
          if (pulse.end) plc.execute(pulse.end);
          const released = plc.record.filter((event) => event.kind === 'released');
          expect(released).toEqual([
            { kind: 'released', door: number, atMs: pulse.lengthMs, energisedMs: pulse.lengthMs },
          ]);
          expect(pulse.lengthMs).toBeLessThanOrEqual(profile.pulse.capMs);
          expect(pulse.lengthMs).toBeGreaterThanOrEqual(Math.max(1, Math.min(lengthMs, profile.pulse.capMs)));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('held outputs', () => {
  it('may not drive locks that burn', () => {
    expect(holdsOutputs(generic)).toBe(true);
    expect(mayDrive(generic, 'pulsed')).toBe(false);
    expect(mayDrive(generic, 'hardware-limited')).toBe(true);
    expect(mayDrive(generic, 'continuous-duty')).toBe(true);
    expect(mayDrive(waveshare, 'pulsed')).toBe(true);
  });
});
