import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('fires timers in order of time, then of setting, and never early', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async (delays) => {
        const clock = new VirtualClock(0);
        const fired: { delay: number; index: number; at: number }[] = [];
        for (const [index, delay] of delays.entries()) {
          clock.after(delay, () => fired.push({ delay, index, at: clock.monotonicMs() }));
        }
        await clock.advance(100);
        const expected = delays
          .map((delay, index) => ({ delay, index, at: delay }))
          .sort((a, b) => a.delay - b.delay || a.index - b.index);
        expect(fired).toEqual(expected);
        expect(clock.monotonicMs()).toBe(100);
      }),
    );
  });

  it('settles what a timer set off before the next one fires', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.after(1, async () => {
      for (let step = 0; step < 20; step++) await null;
      seen.push('first');
    });
    clock.after(1, () => seen.push('second'));
    await clock.advance(1);
    expect(seen).toEqual(['first', 'second']);
  });

  it('does not fire what was cancelled', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    clock
      .after(5, () => {
        fired = true;
      })
      .cancel();
    await clock.advance(10);
    expect(fired).toBe(false);
  });

  it('moves the wall clock alone', async () => {
    const clock = new VirtualClock(1_000);
    await clock.advance(10);
    clock.setWall(0);
    expect(clock.monotonicMs()).toBe(10);
    expect(clock.wallMs()).toBe(0);
    await clock.advance(5);
    expect(clock.wallMs()).toBe(5);
  });
});

describe('SeededRandom', () => {
  it('repeats from the same seed and differs between seeds', () => {
    const draw = (seed: number) => [...new SeededRandom(seed).bytes(32)];
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('draws whole numbers evenly within their bounds', () => {
    const random = new SeededRandom(1);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 4_000; draw++) {
      const number = random.between(0, 3);
      counts[number] = (counts[number] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(850);
  });
});
