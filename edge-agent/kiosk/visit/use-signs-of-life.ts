import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { useEffect, useRef } from 'react';
import { SIGNS_OF_LIFE } from '../input/use-idle.ts';
import { useTerminal } from '../terminal/terminal-context.ts';

/** Who types or looks around tells the hub nothing by it; so we do, but not with every key. */
const TELL_AT_MOST_EVERY_MS = 10_000;

/** Keeps a visit from ending under the hands of somebody who is busy with the screen alone. */
export function useSignsOfLife(view: VisitView, mention: (request: () => Promise<VisitView>) => void): void {
  const { hub, clock } = useTerminal();
  const latest = useRef({ view, mention });
  useEffect(() => {
    latest.current = { view, mention };
  });
  useEffect(() => {
    let toldMs = clock.monotonicMs();
    const tell = () => {
      const { view, mention } = latest.current;
      const nowMs = clock.monotonicMs();
      if (view.state === 'ended' || view.endsInMs === null || nowMs - toldMs < TELL_AT_MOST_EVERY_MS) return;
      toldMs = nowMs;
      mention(() => hub.tell(view.visit, 'stay'));
    };
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, tell);
    return () => {
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, tell);
    };
  }, [hub, clock]);
}
