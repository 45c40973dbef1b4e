import type { KioskView, PhoneStart, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { i18n } from 'i18next';
import { useMemo, useState } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import type { Hub } from '../terminal/hub.ts';
import { type Terminal, TerminalContext } from '../terminal/terminal-context.ts';
import { TerminalError } from '../terminal/terminal-error.ts';
import { Look } from '../theme/look.tsx';
import { Visit } from '../visit/visit.tsx';
import { Ask } from './ask.tsx';
import { forgetCode, keepCode, keptCode } from './kept-code.ts';
import { Others, ToOthers } from './others.tsx';

interface PhoneProps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly words: i18n;
  /** The page's own address: `?at=` proves where the phone is, `#` brings the code of a message. */
  readonly address: URL;
}

/** A resident's own phone at the lockers: who is it, where is it, and then door after door as at the kiosk. */
export function Phone({ words, ...props }: PhoneProps) {
  return (
    <I18nextProvider i18n={words}>
      <Looked {...props} />
    </I18nextProvider>
  );
}

function Looked(props: Omit<PhoneProps, 'words'>) {
  const { i18n } = useTranslation();
  return (
    <Look dir={i18n.dir()}>
      <Begin {...props} />
    </Look>
  );
}

interface Begun {
  readonly visit: VisitView;
  readonly kiosk: KioskView;
}

function Begin({ hub, clock, address }: Omit<PhoneProps, 'words'>) {
  const [code, setCode] = useState(() => codeIn(address) ?? keptCode());
  const [presence, setPresence] = useState(() => address.searchParams.get('at'));
  /** What was said, while the hub asks whose code it is. */
  const [owed, setOwed] = useState<PhoneStart | null>(null);
  /** Instead of collecting: whom else they let collect. */
  const [others, setOthers] = useState(false);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const terminal = useMemo<Terminal | null>(
    () => begun && { hub, clock, kiosk: begun.kiosk },
    [hub, clock, begun],
  );

  const begin = async (start: PhoneStart) => {
    setBusy(true);
    setProblem(null);
    try {
      const visit = await hub.startByPhone(start);
      setBegun({ visit, kiosk: await hub.kiosk() });
    } catch (error) {
      if (error instanceof TerminalError && error.code === 'code-owner-needed') {
        setOwed(start);
        return;
      }
      setProblem(error);
      setOwed(null);
      // Numbers serve for a minute, also those of a picture; a code that is wrong is asked for again.
      setPresence(null);
      if (error instanceof TerminalError && error.code.startsWith('code-')) {
        forgetCode();
        setCode(null);
      }
    } finally {
      setBusy(false);
    }
  };
  if (terminal && begun) {
    const over = () => {
      forgetCode();
      setCode(null);
      setPresence(null);
      setOwed(null);
      setBegun(null);
    };
    return (
      <TerminalContext value={terminal}>
        <Visit
          key={begun.visit.visit}
          first={begun.visit}
          onOver={over}
          onVisit={(visit) => setBegun({ ...begun, visit })}
        />
      </TerminalContext>
    );
  }
  if (owed) {
    const answer = (owner: string) => void begin({ ...owed, owner });
    return <Ask key="owner" what="owner" busy={busy} problem={problem} onAnswer={answer} />;
  }
  if (code !== null && others) {
    const wrong = (error: unknown) => {
      setProblem(error);
      setOthers(false);
      forgetCode();
      setCode(null);
    };
    return <Others hub={hub} clock={clock} code={code} onBack={() => setOthers(false)} onWrong={wrong} />;
  }
  if (code === null) {
    const known = (next: string) => {
      keepCode(next);
      setProblem(null);
      setCode(next);
    };
    return <Ask key="code" what="code" busy={busy} problem={problem} onAnswer={known} />;
  }
  if (presence === null) {
    return (
      <Ask
        key="here"
        what="here"
        busy={busy}
        problem={problem}
        onAnswer={(digits) => void begin({ code, presence: digits })}
        corner={<ToOthers onChoose={() => setOthers(true)} />}
      />
    );
  }
  const go = () => void begin({ code, presence });
  return <Here busy={busy} onGo={go} onOthers={() => setOthers(true)} />;
}

interface HereProps {
  readonly busy: boolean;
  readonly onGo: () => void;
  readonly onOthers: () => void;
}

/** Nothing opens because a page was loaded: the person says so. */
function Here({ busy, onGo, onOthers }: HereProps) {
  const { t } = useTranslation('kiosk');
  return (
    <Frame says={t('phone.open')} corner={<ToOthers onChoose={onOthers} />}>
      <Question>{t('phone.open')}</Question>
      <Saying>{t('phone.openHint')}</Saying>
      <Choice as="main" disabled={busy} onChoose={onGo}>
        {t('phone.go')}
      </Choice>
    </Frame>
  );
}

/** The code in a message's link stands behind `#`, which no browser sends anywhere. */
function codeIn(address: URL): string | null {
  const code = decodeURIComponent(address.hash.slice(1));
  if (code === '') return null;
  keepCode(code);
  return code;
}
