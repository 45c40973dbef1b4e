import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { createContext, use } from 'react';
import type { Local } from './screen.ts';
import type { Manner } from './use-follower.ts';

/** The visit that goes on, and how to act in it. */
export interface VisitNow {
  readonly view: VisitView;
  readonly seenAtMs: number;
  /** A request is under way: nothing else may be asked meanwhile. */
  readonly busy: boolean;
  /** What went wrong with the last request. */
  readonly problem: unknown;
  readonly local: Local;
  readonly setLocal: (change: Partial<Local>) => void;
  /** Asks the hub for something; at most one at a time. Resolves to whether it worked. */
  readonly act: (request: () => Promise<VisitView>, manner?: Manner) => Promise<boolean>;
  /** What was scanned off the parcel at hand. */
  readonly tracking: string | null;
  readonly setTracking: (tracking: string | null) => void;
  /** Ends this visit at once and goes back to the start. */
  readonly leave: () => void;
}

export const VisitContext = createContext<VisitNow | null>(null);

export function useVisit(): VisitNow {
  const visit = use(VisitContext);
  if (!visit) throw new Error('this screen needs a VisitContext around it');
  return visit;
}
