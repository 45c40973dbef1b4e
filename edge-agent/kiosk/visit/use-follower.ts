import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { useEffect, useRef, useState } from 'react';
import { useTerminal } from '../terminal/terminal-context.ts';
import { isPassing, type TerminalError } from '../terminal/terminal-error.ts';
import { browserStream, type SeenVisit, VisitFollower } from '../terminal/visit-follower.ts';

/** Follows a visit from its first view on, and sends its requests one at a time. */
export function useFollower(first: VisitView) {
  const { hub, clock } = useTerminal();
  const [seen, setSeen] = useState<SeenVisit>(() => ({ view: first, seenAtMs: clock.monotonicMs() }));
  const [reachable, setReachable] = useState(true);
  const [gone, setGone] = useState<TerminalError | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const follower = useRef<VisitFollower>(null);
  const sending = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a visit is followed from its first view; later ones come by itself
  useEffect(() => {
    const following = new VisitFollower({
      hub,
      clock,
      visit: first,
      openStream: browserStream,
      onSeen: setSeen,
      onReachable: setReachable,
      onGone: setGone,
    });
    follower.current = following;
    following.start();
    return () => following.stop();
  }, [hub, clock, first.visit]);

  const act = async (request: () => Promise<VisitView>): Promise<boolean> => {
    if (sending.current || !follower.current) return false;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await follower.current.tell(request);
      return true;
    } catch (error) {
      setProblem(error);
      if (isPassing(error)) setReachable(false);
      return false;
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  return { seen, reachable, gone, busy, problem, clearProblem: () => setProblem(null), act };
}
