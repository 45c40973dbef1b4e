import { IconArrowLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from './choice.tsx';
import classes from './frame.module.css';

interface FrameProps {
  /** Who is at it, and how far: beside the buttons at the top. */
  readonly who?: ReactNode;
  readonly onBack?: (() => void) | undefined;
  /** What "back" is called here. */
  readonly back?: string | undefined;
  readonly busy?: boolean;
  /** At the end of the bar, e.g. "Finish". */
  readonly corner?: ReactNode;
  /** What a screen reader says as this screen comes up. */
  readonly says: string;
  readonly children: ReactNode;
}

/** What all screens have: the way back at the top, one question below. */
export function Frame({ who, onBack, back, busy = false, corner, says, children }: FrameProps) {
  const { t, i18n } = useTranslation('kiosk');
  const bar = onBack ?? who ?? corner;
  return (
    <div className={classes.page}>
      {bar === undefined ? (
        <span />
      ) : (
        <header className={classes.bar}>
          {onBack ? (
            <Choice
              as="back"
              small
              disabled={busy}
              onChoose={onBack}
              icon={
                <IconArrowLeft size={26} style={i18n.dir() === 'rtl' ? { transform: 'scaleX(-1)' } : {}} />
              }
            >
              {back ?? t('back')}
            </Choice>
          ) : (
            <span />
          )}
          <span className={classes.who}>{who}</span>
          {corner ?? <span />}
        </header>
      )}
      <main className={classes.main}>{children}</main>
      <div className={classes.said} aria-live="assertive" role="status">
        {says}
      </div>
    </div>
  );
}

interface QuestionProps {
  readonly children: ReactNode;
  /** On low screens it is only said: what is asked is plain from the rest. */
  readonly spare?: boolean;
}

export function Question({ children, spare = false }: QuestionProps) {
  return <h1 className={spare ? `${classes.question} ${classes.spare}` : classes.question}>{children}</h1>;
}

export function Saying({ children }: { readonly children: ReactNode }) {
  return <p className={classes.saying}>{children}</p>;
}
