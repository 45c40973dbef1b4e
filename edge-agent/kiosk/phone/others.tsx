import type { DelegateView, NamedDelegate, OwnDelegates } from '@lockerhub/protocol/http/delegates.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { groupedCode } from '../input/code-text.ts';
import type { Hub } from '../terminal/hub.ts';
import { TerminalError } from '../terminal/terminal-error.ts';
import { Ask } from './ask.tsx';
import { keepName, keptNames } from './kept-names.ts';
import { NameOther } from './name-other.tsx';
import classes from './others.module.css';
import { useMoments } from './use-moments.ts';

export function ToOthers({ onChoose }: { readonly onChoose: () => void }) {
  const { t } = useTranslation('kiosk');
  return (
    <Choice as="quiet" small onChoose={onChoose}>
      {t('others.way')}
    </Choice>
  );
}

interface OthersProps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly code: string;
  readonly onBack: () => void;
  /** The code names nobody, or nobody who may let others collect. */
  readonly onWrong: (error: unknown) => void;
}

type Screen =
  | { readonly is: 'list' }
  | { readonly is: 'name' }
  | { readonly is: 'named'; readonly named: NamedDelegate }
  | { readonly is: 'end'; readonly delegate: DelegateView };
const LIST = { is: 'list' } as const;

/** Who else may collect for the resident whose phone this is. Nothing opens by it, so they may be anywhere. */
export function Others({ hub, clock, code, onBack, onWrong }: OthersProps) {
  const [own, setOwn] = useState<OwnDelegates | null>(null);
  const [ownerNeeded, setOwnerNeeded] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [screen, setScreen] = useState<Screen>(LIST);

  const failed = (error: unknown) => {
    const why = error instanceof TerminalError ? error.code : '';
    if (why === 'code-owner-needed') setOwnerNeeded(true);
    else if (why.startsWith('code-') || why === 'signed-out') onWrong(error);
    else setProblem(error);
  };
  const act = (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    work()
      .catch(failed)
      .finally(() => setBusy(false));
  };
  const show = (owner?: string) => act(async () => setOwn(await hub.showCode({ code, owner })));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the code is shown once, when this screen comes up
  useEffect(() => show(), []);

  if (own === null) {
    if (ownerNeeded)
      return <Ask what="owner" busy={busy} problem={problem} onAnswer={show} onBack={onBack} />;
    return <Waiting problem={problem} onBack={onBack} onAgain={() => show()} />;
  }
  const toList = async () => {
    setOwn(await hub.ownDelegates());
    setScreen(LIST);
  };
  switch (screen.is) {
    case 'list':
      return (
        <List
          own={own}
          problem={problem}
          onBack={onBack}
          onName={() => setScreen({ is: 'name' })}
          onEnd={(delegate) => setScreen({ is: 'end', delegate })}
        />
      );
    case 'name':
      return (
        <NameOther
          own={own}
          nowMs={clock.wallMs()}
          busy={busy}
          problem={problem}
          onBack={() => setScreen(LIST)}
          onName={(body, name) =>
            act(async () => {
              const named = await hub.nameDelegate(body);
              if (name !== '') keepName(named.delegate.delegate, name);
              setScreen({ is: 'named', named });
            })
          }
        />
      );
    case 'named':
      return <Named named={screen.named} own={own} busy={busy} onDone={() => act(toList)} />;
    case 'end':
      return (
        <End
          delegate={screen.delegate}
          own={own}
          busy={busy}
          problem={problem}
          onBack={() => setScreen(LIST)}
          onEnd={() =>
            act(async () => {
              await hub.endDelegate(screen.delegate.delegate);
              await toList();
            })
          }
        />
      );
  }
}

interface WaitingProps {
  readonly problem: unknown;
  readonly onBack: () => void;
  readonly onAgain: () => void;
}

function Waiting({ problem, onBack, onAgain }: WaitingProps) {
  const { t } = useTranslation('kiosk');
  return (
    <Frame says={t('others.title')} onBack={onBack}>
      <Question>{t('others.title')}</Question>
      {problem ? <ProblemLine error={problem} /> : null}
      {problem ? (
        <Choice as="main" onChoose={onAgain}>
          {t('phone.go')}
        </Choice>
      ) : null}
    </Frame>
  );
}

interface ListProps {
  readonly own: OwnDelegates;
  readonly problem: unknown;
  readonly onBack: () => void;
  readonly onName: () => void;
  readonly onEnd: (delegate: DelegateView) => void;
}

function List({ own, problem, onBack, onName, onEnd }: ListProps) {
  const { t } = useTranslation('kiosk');
  return (
    <Frame who={own.unitName} says={t('others.title')} onBack={onBack}>
      <Question>{t('others.title')}</Question>
      {problem ? <ProblemLine error={problem} /> : null}
      {own.delegates.length === 0 && <Saying>{t('others.none')}</Saying>}
      <ul className={classes.list}>
        {own.delegates.map((delegate) => (
          <li key={delegate.delegate} className={classes.one}>
            <Words delegate={delegate} own={own} />
            <Choice small onChoose={() => onEnd(delegate)}>
              {t('others.end')}
            </Choice>
          </li>
        ))}
      </ul>
      <Choice as="main" onChoose={onName}>
        {t('others.name')}
      </Choice>
    </Frame>
  );
}

interface WordsProps {
  readonly delegate: DelegateView;
  readonly own: OwnDelegates;
}

/** Who, what, and when. */
function Words({ delegate, own }: WordsProps) {
  const { t } = useTranslation('kiosk');
  const { exact } = useMoments();
  const { delivery, fromMs, untilMs, blocked } = delegate;
  const sinceMs = own.parcels.find((parcel) => parcel.delivery === delivery)?.sinceMs ?? null;
  const what =
    delivery === null
      ? t('others.all')
      : sinceMs === null
        ? t('others.gone')
        : t('others.oneShort', { when: exact(sinceMs) });
  return (
    <div className={classes.words}>
      <strong dir="auto">{keptNames().get(delegate.delegate) ?? t('others.somebody')}</strong>
      <span>{what}</span>
      <span>{t('others.window', { from: exact(fromMs), until: exact(untilMs) })}</span>
      {blocked > 0 && <span className={classes.blocked}>{t('others.blocked')}</span>}
    </div>
  );
}

interface NamedProps {
  readonly named: NamedDelegate;
  readonly own: OwnDelegates;
  readonly busy: boolean;
  readonly onDone: () => void;
}

/** Their code, where it was not sent: shown this once. */
function Named({ named, own, busy, onDone }: NamedProps) {
  const { t } = useTranslation('kiosk');
  const name = keptNames().get(named.delegate.delegate) ?? t('others.somebody');
  return (
    <Frame says={t('others.named', { name })}>
      <Question>{t('others.named', { name })}</Question>
      <Words delegate={named.delegate} own={own} />
      {named.code !== null && (
        <p className={classes.code} dir="ltr">
          {groupedCode(named.code)}
        </p>
      )}
      <Saying>{named.sent ? t('others.sent') : named.reason ? t('others.notSent') : t('others.code')}</Saying>
      <Choice as="main" disabled={busy} onChoose={onDone}>
        {t('others.done')}
      </Choice>
    </Frame>
  );
}

interface EndProps {
  readonly delegate: DelegateView;
  readonly own: OwnDelegates;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onBack: () => void;
  readonly onEnd: () => void;
}

function End({ delegate, own, busy, problem, onBack, onEnd }: EndProps) {
  const { t } = useTranslation('kiosk');
  return (
    <Frame says={t('others.endAsk')} busy={busy} onBack={onBack}>
      <Question>{t('others.endAsk')}</Question>
      <Words delegate={delegate} own={own} />
      {problem ? <ProblemLine error={problem} /> : <Saying>{t('others.endHint')}</Saying>}
      <Choice as="main" disabled={busy} onChoose={onEnd}>
        {t('others.endGo')}
      </Choice>
    </Frame>
  );
}
