import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { useEffect, useRef } from 'react';

/** What counts as a sign of a person. */
export const SIGNS_OF_LIFE = ['pointerdown', 'keydown'] as const;

/** Runs `onIdle` each time that nobody has touched the screen for so long. */
export function useIdle(clock: Clock, idleMs: number, onIdle: () => void): void {
  const latest = useRef(onIdle);
  useEffect(() => {
    latest.current = onIdle;
  });
  useEffect(() => {
    let timer: Timer | undefined;
    const restart = () => {
      timer?.cancel();
      timer = clock.after(idleMs, () => {
        latest.current();
        restart();
      });
    };
    restart();
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, restart);
    return () => {
      timer?.cancel();
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, restart);
    };
  }, [clock, idleMs]);
}
