import type { KioskView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { createContext, use } from 'react';
import type { Hub } from './hub.ts';

/** What every screen of a paired terminal may use. */
export interface Terminal {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly kiosk: KioskView;
}

export const TerminalContext = createContext<Terminal | null>(null);

export function useTerminal(): Terminal {
  const terminal = use(TerminalContext);
  if (!terminal) throw new Error('this screen needs a TerminalContext around it');
  return terminal;
}
