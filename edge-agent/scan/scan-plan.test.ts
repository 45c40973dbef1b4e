import { describe, expect, it } from 'vitest';
import { builtInProfiles, loadProfile } from '../devices/built-in-profiles.ts';
import { ALL_UNITS, silentMs, USUAL_SPEEDS, wavesOf } from './scan-plan.ts';

describe('what a scan tries', () => {
  it('has the speed of every device that comes with the agent among its first four', async () => {
    const first = USUAL_SPEEDS.slice(0, 4);
    for (const name of await builtInProfiles()) {
      const { serial } = await loadProfile(name);
      if (!serial) continue;
      const { baud, parity, stopBits } = serial;
      expect(first, name).toContainEqual({ baud, parity, stopBits });
    }
  });

  it('asks each id once, the usual ones first', () => {
    const [usual, rest] = wavesOf([...ALL_UNITS].reverse());
    expect(usual).toEqual(ALL_UNITS.slice(0, 32));
    expect([...usual, ...rest]).toEqual(ALL_UNITS);
    expect(wavesOf([40, 2, 2, 255])).toEqual([[2], [40, 255]]);
  });

  it('takes less than two minutes for all ids at 9600 baud if nobody answers', () => {
    // 247 ids, two questions of 8 bytes and 200 ms of waiting each.
    expect(silentMs({ baud: 9_600, parity: 'none', stopBits: 1 }, 247, 200)).toBeCloseTo(
      247 * 2 * (8.33 + 200),
      -2,
    );
  });
});
