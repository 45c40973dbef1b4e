import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { delay } from '@lockerhub/protocol/time/clock.ts';
import { useEffect, useRef, useState } from 'react';
import { useTerminal } from '../terminal/terminal-context.ts';
import { isPassing } from '../terminal/terminal-error.ts';
import { browserStream, type SeenVisit, VisitFollower } from '../terminal/visit-follower.ts';

/** A request that does no harm twice is sent so often, so far apart, before the person is asked to try again. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 800;

/** Once: an answer that got lost may have opened a door. Repeatedly: saying it twice says it once. */
export type Manner = 'once' | 'repeatedly';

/** Follows a visit from its first view on, and sends its requests one at a time. */
export function useFollower(first: VisitView) {
  const { hub, clock } = useTerminal();
  const [seen, setSeen] = useState<SeenVisit>(() => ({ view: first, seenAtMs: clock.monotonicMs() }));
  const [reachable, setReachable] = useState(true);
  const [gone, setGone] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const follower = useRef<VisitFollower>(null);
  const sending = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: followed from its first view; later ones come by itself
  useEffect(() => {
    const following = new VisitFollower({
      hub,
      clock,
      visit: first,
      openStream: browserStream,
      onSeen: setSeen,
      onReachable: setReachable,
      onGone: () => setGone(true),
    });
    follower.current = following;
    following.start();
    return () => following.stop();
  }, [hub, clock, first.visit]);

  const send = async (request: () => Promise<VisitView>, triesLeft: number): Promise<void> => {
    try {
      await follower.current?.tell(request);
    } catch (error) {
      if (!isPassing(error)) throw error;
      setReachable(false);
      if (triesLeft <= 1) throw error;
      await delay(clock, BETWEEN_TRIES_MS);
      await send(request, triesLeft - 1);
    }
  };
  const act = async (request: () => Promise<VisitView>, manner: Manner = 'once'): Promise<boolean> => {
    if (sending.current) return false;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await send(request, manner === 'once' ? 1 : TRIES);
      return true;
    } catch (error) {
      setProblem(error);
      return false;
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  /** Beside what the person asks for: nothing waits for it, and if it fails the next one will do. */
  const mention = (request: () => Promise<VisitView>): void => {
    follower.current?.tell(request).catch((error: unknown) => isPassing(error) && setReachable(false));
  };
  return { seen, reachable, gone, busy, problem, setProblem, act, mention };
}
