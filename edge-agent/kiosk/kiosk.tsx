import type { KioskView, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import type { i18n } from 'i18next';
import { useEffect, useMemo, useState } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { Away } from './start/away.tsx';
import { Pairing } from './start/pairing.tsx';
import { Start } from './start/start.tsx';
import type { Hub } from './terminal/hub.ts';
import { keepVisit, keptVisit } from './terminal/kept-visit.ts';
import { type Terminal, TerminalContext } from './terminal/terminal-context.ts';
import { isUnpaired } from './terminal/terminal-error.ts';
import { Look } from './theme/look.tsx';
import { Visit } from './visit/visit.tsx';
import { closestLanguage } from './words/words.ts';

/** A paired kiosk asks now and then whether its building is still as it was; a lonely one more often. */
const ASK_AGAIN_MS = 10_000;
const ASK_AGAIN_ALONE_MS = 2_000;

interface KioskProps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly words: i18n;
}

/** The kiosk's page. */
export function Kiosk({ hub, clock, words }: KioskProps) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));
  return (
    <QueryClientProvider client={client}>
      <I18nextProvider i18n={words}>
        <Looked>
          <Paired hub={hub} clock={clock} />
        </Looked>
      </I18nextProvider>
    </QueryClientProvider>
  );
}

function Looked({ children }: { readonly children: React.ReactNode }) {
  const { i18n } = useTranslation();
  return <Look dir={i18n.dir()}>{children}</Look>;
}

/** From an unpaired screen to visits, one after the other. */
function Paired({ hub, clock }: Omit<KioskProps, 'words'>) {
  const { view, state, askAgain } = useKioskView(hub);
  const [visit, setVisit] = useVisitOfTerminal(hub, state === 'known');
  const { i18n } = useTranslation();
  const language = view?.language;
  useEffect(() => {
    if (language) void i18n.changeLanguage(closestLanguage(language));
  }, [i18n, language]);
  const terminal = useMemo<Terminal | null>(
    () => (view ? { hub, clock, kiosk: view } : null),
    [hub, clock, view],
  );

  if (state === 'asking') return null;
  if (state === 'unpaired') return <Pairing hub={hub} onPaired={askAgain} />;
  // A visit says by itself that the hub is away, and goes on afterwards.
  if (!terminal || (state === 'away' && !visit)) return <Away />;
  return (
    <TerminalContext value={terminal}>
      {visit ? (
        <Visit key={visit.visit} first={visit} onOver={() => setVisit(null)} onVisit={setVisit} />
      ) : (
        <Start onVisit={setVisit} />
      )}
    </TerminalContext>
  );
}

interface KioskState {
  /** What the hub said last; kept while it is away. */
  readonly view: KioskView | null;
  readonly state: 'asking' | 'known' | 'unpaired' | 'away';
}

/** What the hub says of this terminal, asked now and then. */
function useKioskView(hub: Hub): KioskState & { readonly askAgain: () => void } {
  const [now, setNow] = useState<KioskState>({ view: null, state: 'asking' });
  const { refetch } = useQuery({
    queryKey: ['kiosk'],
    // A failure is an answer too: a screen that vanished while it is asked again would lose what one types there.
    queryFn: async () => {
      try {
        const view = await hub.kiosk();
        setNow({ view, state: 'known' });
        return 'known';
      } catch (error) {
        const state = isUnpaired(error) ? 'unpaired' : 'away';
        setNow(({ view }) => ({ view, state }));
        return state;
      }
    },
    refetchInterval: ({ state }) => (state.data === 'known' ? ASK_AGAIN_MS : ASK_AGAIN_ALONE_MS),
    networkMode: 'always',
  });
  return { ...now, askAgain: () => void refetch() };
}

/** The visit that goes on at this terminal; it outlives a reload of the page. */
function useVisitOfTerminal(hub: Hub, paired: boolean) {
  const [visit, setVisit] = useState<VisitView | null>(null);
  useEffect(() => {
    const kept = paired && keptVisit();
    if (!kept) return;
    hub.visit(kept).then(
      (view) => view.state === 'open' && setVisit((now) => now ?? view),
      // It is over, or the hub is not there yet: its holder can enter the code again.
      () => keepVisit(null),
    );
  }, [hub, paired]);
  return [
    visit,
    (next: VisitView | null) => {
      keepVisit(next?.visit ?? null);
      setVisit(next);
    },
  ] as const;
}
