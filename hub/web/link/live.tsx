import type { BuildingView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { systemClock, type Timer } from '@lockerhub/protocol/time/clock.ts';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { createEventStream, type StreamState } from './event-stream.ts';
import { keys, type QueryName } from './keys.ts';
import { addHappening, type LiveEvent, patchBuilding, readLiveEvent, staleAfter } from './patch.ts';

/** Lists are asked for anew at most so often, so that a rush of entries stays a few requests. */
const REFRESH_AT_MOST_EVERY_MS = 400;

interface Live {
  readonly state: StreamState;
  retryNow(): void;
}

const LiveContext = createContext<Live>({ state: 'connecting', retryNow: () => {} });

/** Whether live events arrive. */
export const useLive = (): Live => useContext(LiveContext);

/** Keeps everything below it as the building stands now. Needs somebody signed in. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ state: 'connecting', retryNow: () => {} });

  useEffect(() => {
    const refresh = createRefresh(client);
    const stream = createEventStream({
      url: '/api/v1/stream',
      clock: systemClock,
      fetch: window.fetch.bind(window),
      onState: (state) => {
        setLive((before) => (before.state === state ? before : { state, retryNow: () => stream.retryNow() }));
        if (state === 'signed-out') void client.invalidateQueries({ queryKey: keys.me });
        // What failed while the hub was away is asked for again.
        if (state === 'live') void client.refetchQueries({ predicate: hasFailed });
      },
      onGap: () => refresh.ask(staleAfter({ name: 'reload', data: {} })),
      onEvent: (name, data) => {
        const event = readLiveEvent(name, data);
        if (event) refresh.ask(applyEvent(client, event));
      },
    });
    const online = () => stream.retryNow();
    window.addEventListener('online', online);
    stream.start();
    return () => {
      window.removeEventListener('online', online);
      stream.stop();
      refresh.stop();
    };
  }, [client]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

function hasFailed({ state }: { readonly state: { readonly status: string } }): boolean {
  return state.status === 'error';
}

/** Applies an event to what is cached; returns what has to be asked for anew. */
function applyEvent(client: QueryClient, event: LiveEvent): readonly QueryName[] {
  client.setQueryData<BuildingView>(keys.building, (before) => before && patchBuilding(before, event));
  const stale = staleAfter(event);
  if (event.name !== 'entry') return stale;
  const before = client.getQueryData<readonly LogEntryView[]>(keys.happenings);
  if (!before) return stale;
  const after = addHappening(before, event.data);
  if (!after) return [...stale, 'happenings'];
  client.setQueryData<readonly LogEntryView[]>(keys.happenings, after);
  return stale;
}

function createRefresh(client: QueryClient) {
  const waiting = new Set<QueryName>();
  let timer: Timer | undefined;
  return {
    ask(names: readonly QueryName[]) {
      for (const name of names) waiting.add(name);
      if (waiting.size === 0 || timer) return;
      timer = systemClock.after(REFRESH_AT_MOST_EVERY_MS, () => {
        timer = undefined;
        for (const name of waiting) void client.invalidateQueries({ queryKey: keys[name] });
        waiting.clear();
      });
    },
    stop: () => timer?.cancel(),
  };
}
