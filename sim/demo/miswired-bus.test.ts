import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanLine } from '@lockerhub/edge-agent/scan/scan-line.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { describe, expect, it } from 'vitest';
import { hasSocat } from '../plc/pty-bus.ts';
import { layMiswiredBus } from './miswired-bus.ts';

describe.skipIf(!hasSocat)('the miswired bus of the demo (needs socat)', () => {
  it.each([
    ['bus-twins', [2], ['two-answer']],
    ['bus-swapped', [1, 2, 3], ['swapped-ab']],
  ] as const)('%s is found out by a scan', async (what, units, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'lockerhub-demo-bus-'));
    const { path, stop } = await layMiswiredBus(what, { folder, clock: systemClock });
    try {
      const { hints } = await scanLine(
        { kind: 'serial', path, speeds: [{ baud: 9_600, parity: 'none', stopBits: 1 }] },
        {
          clock: systemClock,
          random: systemRandom,
          units,
          onProgress: () => {},
          signal: new AbortController().signal,
        },
      );
      expect(hints).toEqual(expected);
    } finally {
      await stop();
      await rm(folder, { recursive: true });
    }
  });
});
