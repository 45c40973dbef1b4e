import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { groupedCode } from '../input/code-text.ts';
import { Field } from '../input/field.tsx';

const asTyped = {
  code: groupedCode,
  here: (text: string) => text.slice(0, 3),
  owner: (text: string) => text.slice(0, 60),
};

interface AskProps {
  readonly what: 'code' | 'here' | 'owner';
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onAnswer: (answer: string) => void;
  readonly onBack?: () => void;
  readonly corner?: ReactNode;
}

/** One question: the code of the message, the numbers on the screen, or whose code it is. */
export function Ask({ what, busy, problem, onAnswer, onBack, corner }: AskProps) {
  const { t } = useTranslation('kiosk');
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const answer = () => {
    if (text.trim() !== '' && !busy) onAnswer(text.trim());
  };
  return (
    <Frame says={t(`phone.${what}`)} onBack={onBack} corner={corner}>
      <form
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault();
          answer();
        }}
      >
        <Question>{t(`phone.${what}`)}</Question>
        <Field
          ref={field}
          code={what !== 'owner'}
          keys={what === 'owner' ? 'text' : 'numeric'}
          label={t(`phone.${what}`)}
          value={text}
          disabled={busy}
          onChange={(next) => setText(asTyped[what](next))}
        />
        {problem ? <ProblemLine error={problem} /> : <Saying>{t(`phone.${what}Hint`)}</Saying>}
        <Choice as="main" disabled={busy || text.trim() === ''} onChoose={answer}>
          {t('phone.go')}
        </Choice>
      </form>
    </Frame>
  );
}
