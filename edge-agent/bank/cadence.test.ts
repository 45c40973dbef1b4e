import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Cadence } from './cadence.ts';

describe('a cadence', () => {
  it('stays on its grid although rounds take time', async () => {
    const clock = new VirtualClock(0);
    const beats: number[] = [];
    const cadence = new Cadence(clock, 100, () => {
      beats.push(clock.monotonicMs());
      return new Promise((resolve) => {
        clock.after(70, resolve);
      });
    });
    cadence.start();
    await clock.advance(450);
    expect(beats).toEqual([0, 100, 200, 300, 400]);
    expect(cadence.skipped).toBe(0);
    cadence.stop();
    await clock.advance(1_000);
    expect(cadence.rounds).toBe(5);
  });

  it('skips and counts the beats that a slow round covers, without drift', async () => {
    const clock = new VirtualClock(0);
    const beats: number[] = [];
    const cadence = new Cadence(clock, 100, () => {
      beats.push(clock.monotonicMs());
      return new Promise((resolve) => {
        clock.after(beats.length === 1 ? 250 : 10, resolve);
      });
    });
    cadence.start();
    await clock.advance(450);
    expect(beats).toEqual([0, 300, 400]);
    expect(cadence.skipped).toBe(2);
  });
});
