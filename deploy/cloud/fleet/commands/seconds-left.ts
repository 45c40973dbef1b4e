import { type Clock, systemClock, type Timer } from '@lockerhub/protocol/time/clock.ts';
import { useEffect, useState } from 'react';

const SECOND_MS = 1_000;
const whole = (leftMs: number) => Math.max(0, Math.ceil(leftMs / SECOND_MS));

/** Tells how many seconds are left, now and as each is over, until none is. Wall clocks are not asked. */
export function countDown(clock: Clock, leftMs: number, tell: (seconds: number) => void): Timer {
  const endMs = clock.monotonicMs() + leftMs;
  let timer: Timer | undefined;
  const tick = () => {
    const restMs = endMs - clock.monotonicMs();
    tell(whole(restMs));
    if (restMs > 0) timer = clock.after(restMs % SECOND_MS || SECOND_MS, tick);
  };
  tick();
  return { cancel: () => timer?.cancel() };
}

/**
 * Counts down from what the gateway's clock said: a browser's own may be hours off.
 *
 * @param leftMs as of the answer
 * @param answeredAtMs which answer; each counts anew
 */
export function useSecondsLeft(leftMs: number, answeredAtMs: number): number {
  const [left, setLeft] = useState(() => whole(leftMs));
  // biome-ignore lint/correctness/useExhaustiveDependencies: two answers may leave as much, and each counts from its own time
  useEffect(() => {
    const counting = countDown(systemClock, leftMs, setLeft);
    return () => counting.cancel();
  }, [leftMs, answeredAtMs]);
  return left;
}
