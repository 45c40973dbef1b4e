import { expect, test } from 'vitest';
import { formatTable } from './table.ts';

test('a miss stands in the table beside what was met and what has no aim', () => {
  const text = formatTable([
    { what: 'open', product: 5, peer: 2, unit: 'ms', aim: '≤ 2 ×', met: false },
    { what: 'memory of the hub', product: 245, unit: 'MB', digits: 0, aim: '≤ 300 MB', met: true },
    { what: 'open, p99', product: 9.25, peer: 10, unit: 'ms', aim: '', met: null },
  ]);
  expect(text).toBe(
    [
      'what               product  floor or peer   ratio  aim',
      'open               5.00 ms        2.00 ms  2.50 ×  ≤ 2 ×     MISSED',
      'memory of the hub   245 MB                         ≤ 300 MB  met',
      'open, p99          9.25 ms       10.00 ms  0.93 ×',
    ].join('\n'),
  );
});
