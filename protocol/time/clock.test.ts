import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';

describe("a punctual wait on the machine's clock", () => {
  it.each([0, 0.3, 1.75, 3.9])('of %d ms is never over too early', async (delayMs) => {
    for (let round = 0; round < 20; round++) {
      const fromMs = systemClock.monotonicMs();
      await new Promise<void>((resolve) => systemClock.punctually(delayMs, resolve));
      expect(systemClock.monotonicMs() - fromMs).toBeGreaterThanOrEqual(delayMs);
    }
  });

  it.each([0, 1, 5])('of %d ms can be taken back', async (delayMs) => {
    let isOver = false;
    const timer = systemClock.punctually(delayMs, () => {
      isOver = true;
    });
    timer.cancel();
    await new Promise<void>((resolve) => systemClock.after(delayMs + 5, resolve));
    expect(isOver).toBe(false);
  });
});
