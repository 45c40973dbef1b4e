import type { ScanReport, ScanVerdict } from '@lockerhub/protocol/bank/scan.ts';
import { describe, expect, it } from 'vitest';
import { scanRows } from './scan-rows.ts';

const report = (
  units: readonly (readonly [number, ScanVerdict])[],
  hints: ScanReport['hints'] = [],
): ScanReport => ({
  passes: [
    {
      speed: { baud: 9_600, parity: 'none', stopBits: 1 },
      asked: 32,
      sound: 'quiet',
      units: units.map(([unit, verdict]) => ({ unit, verdict, areas: [], profiles: [] })),
    },
  ],
  hints,
  complete: true,
});
const states = (...given: Parameters<typeof scanRows>) =>
  scanRows(...given).map(({ unit, state }) => [unit, state]);

describe('what a scan heard beside what is expected', () => {
  it('names who is silent, who is a stranger, and who is two', () => {
    const heard = report([
      [1, 'two-answer'],
      [2, 'answers'],
      [7, 'answers'],
      [9, 'garbled'],
    ]);
    expect(states(heard, [1, 2, 3])).toEqual([
      [1, 'two-answer'],
      [2, 'good'],
      [3, 'silent'],
      [7, 'stranger'],
      [9, 'garbled'],
    ]);
  });

  it('has no strangers where a device answers any id', () => {
    const heard = report(
      [1, 2, 3].map((unit) => [unit, 'answers'] as const),
      ['any-unit'],
    );
    expect(states(heard, [2])).toEqual([[2, 'good']]);
  });
});
