import { CODE_DIGITS, readCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { Button } from '@mantine/core';
import { IconAlertOctagon, IconClockQuestion, IconPlugConnectedX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import camera from '../camera/camera.module.css';
import { CameraButton } from '../camera/camera-button.tsx';
import { CameraPad } from '../camera/camera-pad.tsx';
import { BankDrawing } from '../drawing/bank-drawing.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { digitCount, groupedCode } from '../input/code-text.ts';
import { Field } from '../input/field.tsx';
import { useHeldFocus } from '../input/held-focus.ts';
import { GoKey, Keypad } from '../input/keypad.tsx';
import { useIdle } from '../input/use-idle.ts';
import { useTerminal } from '../terminal/terminal-context.ts';
import { TerminalError } from '../terminal/terminal-error.ts';
import { closestLanguage, LANGUAGES } from '../words/words.ts';
import { PhoneHere } from './phone-here.tsx';
import { ByPin } from './pin.tsx';
import classes from './start.module.css';
import { WhoseCode } from './whose-code.tsx';

interface StartProps {
  readonly onVisit: (visit: VisitView) => void;
}

/** Whose turn is it? One field for every code, typed, tapped or scanned. */
export function Start({ onVisit }: StartProps) {
  const { kiosk, clock } = useTerminal();
  const { i18n } = useTranslation('kiosk');
  const code = useCode(onVisit);
  const [byPin, setByPin] = useState(false);
  useIdle(clock, kiosk.idleMs, () => {
    code.clear();
    setByPin(false);
    void i18n.changeLanguage(closestLanguage(kiosk.language));
  });
  if (code.ownerNeeded) {
    return (
      <WhoseCode
        asks="owner"
        busy={code.busy}
        problem={code.problem}
        onAnswer={code.answer}
        onBack={() => code.clear()}
      />
    );
  }
  if (byPin) {
    const scanned = (text: string) => {
      setByPin(false);
      code.submit(text);
    };
    return <ByPin onVisit={onVisit} onScan={scanned} onBack={() => setByPin(false)} />;
  }
  return <AskCode code={code} onPin={() => setByPin(true)} />;
}

interface AskCodeProps {
  readonly code: ReturnType<typeof useCode>;
  readonly onPin: () => void;
}

function AskCode({ code, onPin }: AskCodeProps) {
  const { kiosk } = useTerminal();
  const { t } = useTranslation('kiosk');
  const field = useRef<HTMLInputElement>(null);
  useHeldFocus(field);
  const layout = kiosk.layouts.find(({ bank }) => bank === kiosk.bank);

  return (
    <Frame says={t('start.title')}>
      <div className={classes.start}>
        <div className={classes.asking}>
          <form
            className={classes.ask}
            onSubmit={(event) => {
              event.preventDefault();
              code.submit(code.text);
            }}
          >
            <span className={classes.building}>{layout?.name ?? kiosk.building}</span>
            <Question>{t('start.title')}</Question>
            <div className={camera.beside}>
              <Field
                ref={field}
                code
                label={t('start.code')}
                value={code.text}
                onChange={code.type}
                disabled={code.busy}
              />
              {!code.byCamera && (
                <CameraButton disabled={code.busy} onChoose={() => code.setByCamera(true)} />
              )}
            </div>
            {kiosk.emergency && <Emergency isBrief={code.problem !== null} />}
            {code.problem ? (
              <ProblemLine error={code.problem} />
            ) : (
              !kiosk.emergency && <Saying>{t('start.hint')}</Saying>
            )}
            {!kiosk.emergency && <Notices />}
            {!kiosk.emergency && kiosk.hub === 'here' && <PhoneHere />}
          </form>
          {layout && (
            <div className={classes.drawing}>
              <BankDrawing layout={layout} />
            </div>
          )}
          <div className={classes.languages}>
            {kiosk.pins && (
              <Button className={classes.language} variant="default" radius="lg" onClick={onPin}>
                {t('start.pin')}
              </Button>
            )}
            <LanguageChoice />
          </div>
        </div>
        <div className={classes.pad}>
          {code.byCamera ? (
            <CameraPad
              wanted="code"
              before={null}
              onRead={code.scanned}
              onKeys={() => code.setByCamera(false)}
            />
          ) : (
            <Keypad
              disabled={code.busy}
              onDigit={code.tap}
              onErase={code.erase}
              last={
                <GoKey
                  label={t('start.go')}
                  disabled={code.busy || code.text === ''}
                  onPress={() => code.submit(code.text)}
                />
              }
            />
          )}
        </div>
      </div>
    </Frame>
  );
}

/** The doors were released: what that means for whoever stands here. It outweighs every other notice. */
function Emergency({ isBrief }: { readonly isBrief: boolean }) {
  const { t } = useTranslation('kiosk');
  return (
    <p className={classes.emergency} role="alert">
      <IconAlertOctagon size={34} />
      <span>
        <strong>{t('emergency.title')}.</strong> {!isBrief && t('emergency.hint')}
      </span>
    </p>
  );
}

/** What is not as usual, and what works all the same. */
function Notices() {
  const { kiosk } = useTerminal();
  const { t } = useTranslation('kiosk');
  return (
    <>
      {kiosk.hub === 'away' && (
        <p className={classes.notice} role="status">
          <IconPlugConnectedX size={28} />
          <span>
            <strong>{t('alone.title')}.</strong> {t('alone.hint')}
          </span>
        </p>
      )}
      {kiosk.clock === 'untrusted' && (
        <p className={classes.notice}>
          <IconClockQuestion size={28} /> {t('clock')}
        </p>
      )}
    </>
  );
}

function LanguageChoice() {
  const { t, i18n } = useTranslation('kiosk');
  return (
    <nav className={classes.choices} aria-label={t('start.language')}>
      {LANGUAGES.map(({ code, name }) => (
        <Button
          key={code}
          className={classes.language}
          variant={code === i18n.language ? 'light' : 'subtle'}
          color={code === i18n.language ? 'pine' : 'gray'}
          radius="lg"
          lang={code}
          aria-pressed={code === i18n.language}
          onClick={() => void i18n.changeLanguage(code)}
        >
          {name}
        </Button>
      ))}
    </nav>
  );
}

/** The code as it is entered, whose it is where that is asked, and the visit that it starts. */
function useCode(onVisit: (visit: VisitView) => void) {
  const { hub } = useTerminal();
  const [text, setText] = useState('');
  const [byCamera, setByCamera] = useState(false);
  const [ownerNeeded, setOwnerNeeded] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const sending = useRef(false);

  const failed = (error: unknown) => {
    if (error instanceof TerminalError && error.code === 'code-owner-needed') {
      setOwnerNeeded(true);
      return;
    }
    setProblem(error);
    // After a lost answer the same code is tried again; a wrong one is typed anew.
    if (error instanceof TerminalError && error.code === 'away') return;
    setOwnerNeeded(false);
    setText('');
  };
  const submit = (code: string, owner?: string) => {
    if (sending.current || code.trim() === '') return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    setText(code);
    hub
      .startVisit(code.trim().slice(0, 64), owner)
      .then(onVisit, failed)
      .finally(() => {
        sending.current = false;
        setBusy(false);
      });
  };
  const change = (next: string) => {
    if (sending.current) return text;
    setProblem(null);
    setText(groupedCode(next));
    return next;
  };
  return {
    text,
    byCamera,
    setByCamera,
    ownerNeeded,
    busy,
    problem,
    submit,
    /** By the camera, which goes off. */
    scanned: (read: string) => {
      setByCamera(false);
      submit(read);
    },
    /** Whoever scans the QR code meanwhile needs no more. */
    answer: (said: string) => (readCode(said)?.tag ? submit(said) : submit(text, said)),
    type: (next: string) => void change(next),
    /** A tapped code goes off with its last digit; a typed or scanned one with Enter, for it may be longer. */
    tap: (digit: string) => {
      const next = change(text + digit);
      if (digitCount(next) === CODE_DIGITS) submit(next);
    },
    erase: () => void change(text.trimEnd().slice(0, -1).trimEnd()),
    clear: () => {
      change('');
      setByCamera(false);
      setOwnerNeeded(false);
    },
  };
}
