import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SearchKeys, useKeyLayer } from '../courier/search-keys.tsx';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { Field } from '../input/field.tsx';
import { useHeldFocus } from '../input/held-focus.ts';
import classes from './whose-code.module.css';

/** As long as the hub takes it. */
const LONGEST = 60;

interface WhoseCodeProps {
  /** A unit or a carrier, or the unit of somebody who comes by PIN. */
  readonly asks: 'owner' | 'pinUnit';
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onAnswer: (owner: string) => void;
  readonly onBack: () => void;
}

/** After many wrong codes in the building: the unit too, or a courier's carrier. Before a PIN: the unit. */
export function WhoseCode({ asks, busy, problem, onAnswer, onBack }: WhoseCodeProps) {
  const { t } = useTranslation('kiosk');
  const field = useRef<HTMLInputElement>(null);
  const [owner, setOwner] = useState('');
  const [layer, nextLayer] = useKeyLayer();
  useHeldFocus(field);
  const answer = () => {
    if (!busy && owner.trim() !== '') onAnswer(owner.trim());
  };
  return (
    <Frame says={t(`${asks}.title`)} busy={busy} onBack={onBack}>
      <Question spare={layer !== 'digits'}>{t(`${asks}.title`)}</Question>
      <div className={classes.asking} data-keys={layer === 'digits' ? 'digits' : 'letters'}>
        <form
          className={classes.answer}
          onSubmit={(event) => {
            event.preventDefault();
            answer();
          }}
        >
          <Field
            ref={field}
            label={t(`${asks}.field`)}
            keys={layer === 'digits' ? 'none' : 'text'}
            value={owner}
            onChange={(text) => setOwner(text.slice(0, LONGEST))}
            disabled={busy}
          />
          {problem ? <ProblemLine error={problem} /> : <Saying>{t(`${asks}.hint`)}</Saying>}
          <Choice as="main" disabled={busy || owner.trim() === ''} onChoose={answer}>
            {t('owner.go')}
          </Choice>
        </form>
        <SearchKeys
          layer={layer}
          onLayer={nextLayer}
          onText={(text) => setOwner((owner + text).slice(0, LONGEST))}
          onErase={() => setOwner(owner.slice(0, -1))}
        />
      </div>
    </Frame>
  );
}
