import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { bankFileText } from '@lockerhub/sim/testing/hub-rig.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judge, swapsFor } from './evidence.ts';
import type { Found } from './walk.ts';
import { correctionsFor, correctWiring } from './wiring.ts';

/** Cables as somebody has laid them: which door hangs on output n, which door is seen by input n, and how. */
interface Cables {
  readonly doorOfOutput: readonly number[];
  readonly doorOfSensor: readonly number[];
  readonly closedOfSensor: readonly (0 | 1)[];
}

/** What a walk meets at a door, with the bank file as it is. */
function tryDoor(file: string, cables: Cables, compartment: number): Found {
  const { wiring } = parseBankFile(file);
  const entry = wiring.find((one) => one.compartment === compartment);
  const popped = cables.doorOfOutput[(entry?.output ?? 0) - 1] ?? null;
  const changed = wiring.flatMap(({ compartment: other, sensor }) =>
    sensor !== 'none' && cables.doorOfSensor[sensor.point - 1] === popped ? [other] : [],
  );
  const finding = judge({ fired: compartment, popped, changed, sensed: true });
  return { compartment, finding, popped, changed };
}

/** A closed door whose sensor says open: the walk finds it before anything is fired. */
function saysOpen(file: string, cables: Cables, compartment: number): boolean {
  const entry = parseBankFile(file).wiring.find((one) => one.compartment === compartment);
  if (!entry || entry.sensor === 'none') return false;
  return cables.closedOfSensor[entry.sensor.point - 1] !== (entry.sensor.closed ?? 1);
}

it('ends with every wire right, however outputs, sensors and polarities were mixed up', async () => {
  const shuffled = (doors: number) =>
    fc.shuffledSubarray(
      Array.from({ length: doors }, (_, at) => at + 1),
      { minLength: doors },
    );
  const arbitrary = fc.integer({ min: 1, max: 9 }).chain((doors) =>
    fc.record({
      doorOfOutput: shuffled(doors),
      doorOfSensor: shuffled(doors),
      closedOfSensor: fc.array(fc.constantFrom(0 as const, 1 as const), {
        minLength: doors,
        maxLength: doors,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(arbitrary, async (cables) => {
      const doors = cables.doorOfOutput.map((_, at) => at + 1);
      let file = bankFileText('hall', doors.length, 502);
      let corrections = 0;
      const correct = async (found: Found) => {
        file = await correctWiring(file, correctionsFor(found));
        corrections += 1;
      };
      // As in a walk: all doors are closed before the first is fired.
      for (const door of doors.filter((closed) => saysOpen(file, cables, closed))) {
        await correct({ compartment: door, finding: 'says-open', popped: null, changed: [] });
      }
      for (const door of doors) {
        while (tryDoor(file, cables, door).finding !== 'right') {
          await correct(tryDoor(file, cables, door));
          expect(corrections).toBeLessThanOrEqual(3 * doors.length);
        }
      }
      for (const door of doors) {
        expect(tryDoor(file, cables, door).finding).toBe('right');
        expect(saysOpen(file, cables, door)).toBe(false);
      }
    }),
    { numRuns: 60 },
  );
});

it('names the two wires by output, by sensor, or both', () => {
  expect(judge({ fired: 5, popped: 6, changed: [6], sensed: true })).toBe('outputs-crossed');
  expect(judge({ fired: 5, popped: 5, changed: [6], sensed: true })).toBe('sensors-crossed');
  expect(judge({ fired: 5, popped: 6, changed: [5], sensed: true })).toBe('both-crossed');
  expect(judge({ fired: 5, popped: 5, changed: [], sensed: true })).toBe('no-sensor-seen');
  expect(judge({ fired: 5, popped: 5, changed: [], sensed: false })).toBe('right');
  expect(judge({ fired: 5, popped: null, changed: [], sensed: true })).toBe('did-not-open');
  expect(judge({ fired: 5, popped: null, changed: [6], sensed: true })).toBe('unclear');
  expect(judge({ fired: 5, popped: 5, changed: [5, 6], sensed: true })).toBe('unclear');
  expect(swapsFor({ fired: 5, popped: 6, changed: [5] })).toEqual([
    { part: 'outputs', a: 5, b: 6 },
    { part: 'sensors', a: 5, b: 6 },
  ]);
  expect(swapsFor({ fired: 5, popped: 5, changed: [5, 6] })).toEqual([]);
});

it('leaves the rest of the file as it was written', async () => {
  const text = `# the basement
layout:
  bank: hall
  name: Hall
  depthMm: 500
  columns: [{ widthMm: 450, cells: [{ number: 1, size: M, heightMm: 200 }, { number: 2, size: M, heightMm: 200 }] }]
lines: [{ id: plc, host: 10.0.0.5, profile: waveshare-relay-32-inputs, locks: pulsed }]
wiring:
  # left of the door
  - { compartment: 1, line: plc, unit: 1, output: 1, sensor: { point: 9 } }
  - { compartment: 2, line: plc, unit: 2, output: 7, sensor: none }
`;
  const corrected = await correctWiring(text, [{ part: 'outputs', a: 1, b: 2 }]);
  expect(corrected).toContain('# the basement');
  expect(corrected).toContain('# left of the door');
  expect(parseBankFile(corrected).wiring).toEqual([
    { compartment: 1, line: 'plc', unit: 2, output: 7, sensor: { point: 9, unit: 1 } },
    { compartment: 2, line: 'plc', unit: 1, output: 1, sensor: 'none' },
  ]);
});

/** A board whose inputs read 0 while a door is closed. */
const ZERO_IS_CLOSED = {
  profile: 'zero-is-closed',
  title: 'Z',
  outputs: { area: 'coils', first: 1, address: 0, count: 8 },
  sensors: { area: 'discrete-inputs', first: 1, address: 0, count: 8, closed: 0 },
  pulse: { method: 'held-coil', on: 0xff00, off: 0 },
};
const APART = `
layout:
  bank: hall
  name: Hall
  depthMm: 500
  columns: [{ widthMm: 450, cells: [{ number: 1, size: M, heightMm: 200 }, { number: 2, size: M, heightMm: 200 }] }]
lines:
  - { id: a, host: 10.0.0.5, profile: waveshare-relay-32-inputs, locks: pulsed }
  - { id: b, host: 10.0.0.6, profile: waveshare-relay-8, locks: pulsed }
  - id: c
    host: 10.0.0.7
    profile: generic-coils
    units:
      - { unit: 9, profile: kerong-cu48 }
wiring:
  - { compartment: 1, line: a, unit: 1, output: 4, sensor: { point: 4 } }
  - { compartment: 2, line: b, unit: 1, output: 5, sensor: { line: c, unit: 9, point: 6 } }
`;

it('exchanges outputs of different lines, and leaves each sensor where it is', async () => {
  const corrected = await correctWiring(APART, [{ part: 'outputs', a: 1, b: 2 }]);
  expect(parseBankFile(corrected).wiring).toEqual([
    { compartment: 1, line: 'b', unit: 1, output: 5, sensor: { line: 'a', unit: 1, point: 4 } },
    { compartment: 2, line: 'a', unit: 1, output: 4, sensor: { line: 'c', unit: 9, point: 6 } },
  ]);
});

it('exchanges sensors of different lines, and leaves each output where it is', async () => {
  const corrected = await correctWiring(APART, [{ part: 'sensors', a: 1, b: 2 }]);
  expect(parseBankFile(corrected).wiring).toEqual([
    { compartment: 1, line: 'a', unit: 1, output: 4, sensor: { line: 'c', unit: 9, point: 6 } },
    { compartment: 2, line: 'b', unit: 1, output: 5, sensor: { line: 'a', unit: 1, point: 4 } },
  ]);
  expect(parseBankFile(await correctWiring(corrected, [{ part: 'sensors', a: 1, b: 2 }])).wiring).toEqual([
    { compartment: 1, line: 'a', unit: 1, output: 4, sensor: { unit: 1, point: 4 } },
    { compartment: 2, line: 'b', unit: 1, output: 5, sensor: { line: 'c', unit: 9, point: 6 } },
  ]);
});

it('turns the bit of a sensor over from what its own board usually shows', async () => {
  const zero = APART.replace('kerong-cu48', JSON.stringify(ZERO_IS_CLOSED));
  const { wiring } = parseBankFile(await correctWiring(zero, [{ part: 'polarity', a: 2, b: 2 }]));
  expect(wiring[1]?.sensor).toMatchObject({ line: 'c', closed: 1 });
  const usual = parseBankFile(await correctWiring(APART, [{ part: 'polarity', a: 2, b: 2 }]));
  expect(usual.wiring[1]?.sensor).toMatchObject({ line: 'c', closed: 0 });
});
