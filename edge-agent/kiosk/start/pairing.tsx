import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { Field } from '../input/field.tsx';
import { useHeldFocus } from '../input/held-focus.ts';
import type { Hub } from '../terminal/hub.ts';
import classes from './start.module.css';

interface PairingProps {
  readonly hub: Hub;
  readonly onPaired: () => void;
}

/** A browser that the building does not know: it opens no door before staff have paired it. */
export function Pairing({ hub, onPaired }: PairingProps) {
  const { t } = useTranslation('kiosk');
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  useHeldFocus(field);
  const pair = () => {
    if (busy || code.trim().length < 4) return;
    setBusy(true);
    setProblem(null);
    hub
      .pair(code.trim())
      .then(onPaired, setProblem)
      .finally(() => setBusy(false));
  };
  return (
    <Frame says={t('pair.title')}>
      <form
        className={classes.middle}
        onSubmit={(event) => {
          event.preventDefault();
          pair();
        }}
      >
        <Question>{t('pair.title')}</Question>
        <Saying>{t('pair.hint')}</Saying>
        <Field
          ref={field}
          code
          keys="text"
          label={t('pair.code')}
          value={code}
          onChange={setCode}
          disabled={busy}
        />
        <ProblemLine error={problem} />
        <Choice as="main" disabled={busy || code.trim().length < 4} onChoose={pair}>
          {t('pair.go')}
        </Choice>
      </form>
    </Frame>
  );
}
