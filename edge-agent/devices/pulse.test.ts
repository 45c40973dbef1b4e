import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { Plc } from '@lockerhub/sim/plc/plc.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../error.ts';
import { builtInProfiles, loadProfile } from './built-in-profiles.ts';
import { bitOf, outputPoint, sensorPoint } from './points.ts';
import type { Profile } from './profile.ts';

import { holdsOutputs, mayDrive, planPulse } from './pulse.ts';

const names = await builtInProfiles();
const profiles = new Map(
  await Promise.all(names.map(async (name) => [name, await loadProfile(name)] as const)),
);
const generic = await loadProfile('generic-coils');
const waveshare = await loadProfile('waveshare-relay-32-inputs');
const click = await loadProfile('automationdirect-click');

const at = (unit: number, number: number) => ({ unit, number });

describe('points', () => {
  it('follow the numbers on the device', () => {
    expect(outputPoint(waveshare, at(2, 1))).toEqual({ unit: 2, area: 'coils', address: 0 });
    expect(sensorPoint(waveshare, at(2, 32))).toEqual({ unit: 2, area: 'discrete-inputs', address: 31 });
  });

  it.each([
    ['automationdirect-click', 1, { area: 'coils', address: 8192 }],
    ['automationdirect-click-c', 1, { area: 'coils', address: 16_384 }],
    ['siemens-logo8', 1, { area: 'coils', address: 8192 }],
    ['siemens-logo8-m', 1, { area: 'coils', address: 8256 }],
    ['siemens-s7-1200', 9, { area: 'coils', address: 9 }],
    ['eletechsup-ryn4', 4, { area: 'holding-registers', address: 4 }],
    ['kerong-cu48', 47, { area: 'coils', address: 47 }],
    ['generic-mailbox', 7, { area: 'holding-registers', address: 16 }],
  ] as const)('of %s: %i is where its papers say', (name, number, point) => {
    const profile = profiles.get(name) as Profile;
    expect(outputPoint(profile, at(3, number))).toEqual({ unit: 3, ...point });
  });

  it('in registers are one of sixteen bits, the lowest first', () => {
    const mailbox = profiles.get('generic-mailbox') as Profile;
    expect(sensorPoint(mailbox, at(1, 1))).toMatchObject({ address: 32, bit: 0 });
    const point = sensorPoint(mailbox, at(1, 18));
    expect(point).toEqual({ unit: 1, area: 'holding-registers', address: 33, bit: 1 });
    expect([0b10, 0b101].map((value) => bitOf(point, value))).toEqual([1, 0]);
    expect(bitOf(point, undefined)).toBeUndefined();
  });

  it.each([0, 33, -1, 1.5, Number.NaN])('beyond the device (%s) are refused', (number) => {
    expect(() => outputPoint(waveshare, at(1, number))).toThrow(AgentError);
    expect(() => sensorPoint(waveshare, at(1, number))).toThrow('its sensors are 1 to 32');
  });

  it('a device without inputs senses no door', () => {
    expect(() => sensorPoint({ ...click, sensors: undefined }, at(1, 1))).toThrow(
      'senses no doors; write sensor: none, or name the line that does',
    );
  });
});

describe('planPulse', () => {
  it('lets a Waveshare board time the pulse', () => {
    expect(planPulse(waveshare, at(1, 5))).toEqual({
      by: 'request',
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
    const output = at(1, 1);
    expect(planPulse(coarse, output, 301)).toMatchObject({ begin: { value: 2 }, lengthMs: 600 });
    expect(planPulse(coarse, output, 1_000)).toMatchObject({ begin: { value: 3 }, lengthMs: 900 });
  });

  it('switches plain coils on and off', () => {
    expect(planPulse(generic, at(1, 5), 250)).toEqual({
      by: 'request',
      begin: { unit: 1, kind: 'write-coil', address: 4, value: 0xff00 },
      lengthMs: 250,
      end: { unit: 1, kind: 'write-coil', address: 4, value: 0 },
    });
  });

  it('gives the register boards a second, and leaves their length to boards that were made for one', () => {
    const r4d = profiles.get('eletechsup-r4d-8') as Profile;
    expect(planPulse(r4d, at(1, 2), 200)).toMatchObject({
      begin: { unit: 1, kind: 'write-register', address: 2, value: 0x0601 },
      lengthMs: 1_000,
    });
    const logo = profiles.get('siemens-logo8-m') as Profile;
    expect(planPulse(logo, at(1, 1), 900)).toMatchObject({
      begin: { address: 8256, value: 0xff00 },
      lengthMs: 300,
      end: { address: 8256, value: 0 },
    });
    const zero = profiles.get('kerong-cu48-zero-opens') as Profile;
    expect(planPulse(zero, at(1, 0))).toMatchObject({ begin: { address: 0, value: 0 }, end: null });
  });

  it('is within the cap for every profile, every output and every wish, and of that output alone', () => {
    const wish = fc.oneof(fc.integer({ min: -10, max: 5_000 }), fc.constantFrom(undefined));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(255), wish, (name, pick, unit, lengthMs) => {
        const profile = profiles.get(name) as Profile;
        const { first, count } = profile.outputs;
        const number = first + (pick % count);
        const other = first + ((pick + 1) % count);
        const pulse = planPulse(profile, { unit, number }, lengthMs);
        expect(pulse.lengthMs).toBeLessThanOrEqual(profile.pulse.capMs);
        expect(pulse.lengthMs).toBeGreaterThanOrEqual(1);
        if (profile.pulse.method !== 'trigger-coil' && lengthMs !== undefined) {
          expect(pulse.lengthMs).toBeGreaterThanOrEqual(Math.min(lengthMs, profile.pulse.capMs));
        }
        expect(planPulse(profile, { unit, number: other }, lengthMs)).not.toEqual(pulse);
        if (pulse.by === 'mailbox') {
          expect(pulse.begin).toEqual({ kind: 'mailbox', unit, compartment: number });
          return;
        }
        for (const request of [pulse.begin, pulse.end]) {
          if (request === null) continue;
          expect(request.unit).toBe(unit);
          if (request.kind !== 'read') expect(request.address).toBeLessThanOrEqual(0xffff);
        }
        // Only the agent's own writes end a held pulse, so only there the device may be left on, unless a watchdog bites.
        expect(holdsOutputs(profile)).toBe(profile.pulse.method === 'held-coil' && !profile.watchdog);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of points that a device does not have is refused for every profile', () => {
    for (const profile of profiles.values()) {
      const { first, count } = profile.outputs;
      for (const number of [first - 1, first + count]) {
        expect(() => planPulse(profile, at(1, number))).toThrow(AgentError);
      }
    }
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
          const pulse = planPulse(profile, at(1, number), lengthMs);
          if (pulse.by !== 'request') throw new Error('a pulse by requests was expected');
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
