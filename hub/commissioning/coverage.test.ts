import { describe, expect, it } from 'vitest';
import { coveredDoors } from './coverage.ts';

const DOORS = [1, 2, 3];
const NOW = {
  lines: [{ id: 'plc', host: '10.0.0.2' }],
  wiring: DOORS.map((compartment) => ({ compartment, line: 'plc', output: compartment })),
};
const right = (...doors: number[]) => doors.map((compartment) => ({ compartment, finding: 'right' }));
const map = (change: object = {}) => JSON.stringify({ ...NOW, found: right(...DOORS), ...change });

describe('what a signed map proves', () => {
  it.each([
    ['all of an unchanged bank', map(), NOW, DOORS],
    [
      'no door that was skipped',
      map({ found: [...right(1), { compartment: 2, finding: 'skipped' }] }),
      NOW,
      [1],
    ],
    ['what an earlier map proved', map({ found: right(3), covers: [1, 2] }), NOW, DOORS],
    [
      'no door that was wired otherwise since',
      map(),
      { ...NOW, wiring: NOW.wiring.map((one) => (one.compartment === 2 ? { ...one, output: 9 } : one)) },
      [1, 3],
    ],
    ['no door whose line is another one', map(), { ...NOW, lines: [{ id: 'plc', host: '10.0.0.3' }] }, []],
    ['no door that is no more', map(), { ...NOW, wiring: NOW.wiring.slice(1) }, [2, 3]],
    ['nothing that is no map', 'covers', NOW, []],
    ['nothing of an empty one', '{}', NOW, []],
  ])('is %s', (_, text, now, covered) => {
    expect(coveredDoors(text, now)).toEqual(covered);
  });

  it('knows the same wires whatever the order of their keys', () => {
    const wiring = NOW.wiring.map(({ compartment, line, output }) => ({ output, line, compartment }));
    expect(coveredDoors(map({ wiring }), NOW)).toEqual(DOORS);
  });
});
