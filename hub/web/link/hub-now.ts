import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { useEffect, useState } from 'react';
import { useBuilding } from './queries.ts';

/** "3 minutes ago" is looked at again so often. */
const TICK_MS = 20_000;

/**
 * The hub's time as of now: what "ago" is counted from, so that a page on a device with a wrong clock, or a hub with
 * one, still says how long ago something was.
 */
export function useHubNow(everyMs: number = TICK_MS): number {
  const { data, dataUpdatedAt } = useBuilding();
  const [nowMs, setNow] = useState(() => systemClock.wallMs());
  useEffect(() => {
    let timer = systemClock.after(everyMs, tick);
    function tick() {
      setNow(systemClock.wallMs());
      timer = systemClock.after(everyMs, tick);
    }
    return () => timer.cancel();
  }, [everyMs]);
  // An event may be newer than the last tick.
  const latestMs = Math.max(nowMs, dataUpdatedAt);
  return data ? data.clock.now + latestMs - dataUpdatedAt : latestMs;
}
