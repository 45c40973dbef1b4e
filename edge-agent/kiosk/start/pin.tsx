import { CODE_DIGITS, readCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { digitCount, groupedCode } from '../input/code-text.ts';
import { Field } from '../input/field.tsx';
import { useHeldFocus } from '../input/held-focus.ts';
import { GoKey, Keypad } from '../input/keypad.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import classes from './start.module.css';
import { WhoseCode } from './whose-code.tsx';

interface ByPinProps {
  readonly onVisit: (visit: VisitView) => void;
  readonly onScan: (code: string) => void;
  readonly onBack: () => void;
}

/** Without a phone: the unit, then the PIN. Whoever scans a QR code meanwhile needs neither. */
export function ByPin({ onVisit, onScan, onBack }: ByPinProps) {
  const [unit, setUnit] = useState<string | null>(null);
  const answer = (said: string) => (readCode(said)?.tag ? onScan(said) : setUnit(said));
  if (unit === null)
    return <WhoseCode asks="pinUnit" busy={false} problem={null} onAnswer={answer} onBack={onBack} />;
  return <AskPin unit={unit} onVisit={onVisit} onBack={() => setUnit(null)} />;
}

interface AskPinProps {
  readonly unit: string;
  readonly onVisit: (visit: VisitView) => void;
  readonly onBack: () => void;
}

function AskPin({ unit, onVisit, onBack }: AskPinProps) {
  const { hub } = useTerminal();
  const { t } = useTranslation('kiosk');
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  useHeldFocus(field);
  const failed = (error: unknown) => {
    setProblem(error);
    setText('');
  };
  const submit = (pin: string) => {
    if (busy || digitCount(pin) !== CODE_DIGITS) return;
    setBusy(true);
    setProblem(null);
    hub
      .startByPin(pin, unit)
      .then(onVisit, failed)
      .finally(() => setBusy(false));
  };
  const change = (next: string) => {
    setProblem(null);
    setText(groupedCode(next));
  };
  const tap = (digit: string) => {
    change(text + digit);
    if (digitCount(text + digit) === CODE_DIGITS) submit(text + digit);
  };
  return (
    <Frame says={t('pin.title')} busy={busy} onBack={onBack}>
      <div className={classes.start}>
        <div className={classes.asking}>
          <form
            className={classes.ask}
            onSubmit={(event) => {
              event.preventDefault();
              submit(text);
            }}
          >
            <Question>{t('pin.title')}</Question>
            <Field
              ref={field}
              code
              secret
              label={t('pin.field')}
              value={text}
              onChange={change}
              disabled={busy}
            />
            {problem ? <ProblemLine error={problem} /> : <Saying>{t('pin.hint', { unit })}</Saying>}
          </form>
        </div>
        <div className={classes.pad}>
          <Keypad
            disabled={busy}
            onDigit={tap}
            onErase={() => change(text.trimEnd().slice(0, -1).trimEnd())}
            last={
              <GoKey
                label={t('start.go')}
                disabled={busy || digitCount(text) !== CODE_DIGITS}
                onPress={() => submit(text)}
              />
            }
          />
        </div>
      </div>
    </Frame>
  );
}
