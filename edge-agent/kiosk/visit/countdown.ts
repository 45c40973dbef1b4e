import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { useEffect, useState } from 'react';

/** Often enough that no second is skipped on a slow board. */
const LOOK_EVERY_MS = 200;

/** Whole seconds left until a deadline of our monotonic clock, never negative; null while there is none. */
function secondsLeft(nowMs: number, deadlineMs: number | null): number | null {
  return deadlineMs === null ? null : Math.max(0, Math.ceil((deadlineMs - nowMs) / 1000));
}

/** The same, counting down on the screen. */
export function useSecondsLeft(clock: Clock, deadlineMs: number | null): number | null {
  const [left, setLeft] = useState(() => secondsLeft(clock.monotonicMs(), deadlineMs));
  useEffect(() => {
    let timer: Timer | undefined;
    const look = () => {
      setLeft(secondsLeft(clock.monotonicMs(), deadlineMs));
      if (deadlineMs !== null) timer = clock.after(LOOK_EVERY_MS, look);
    };
    look();
    return () => timer?.cancel();
  }, [clock, deadlineMs]);
  return left;
}
