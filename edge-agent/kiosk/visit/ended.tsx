import { IconCircleCheck, IconClockPause, IconRefresh } from '@tabler/icons-react';
import { use, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import start from '../start/start.module.css';
import { useTerminal } from '../terminal/terminal-context.ts';
import { countDone } from './screen.ts';
import { VisitContext } from './visit-context.ts';

/** Long enough to read two lines; the next person need not wait for it. */
const GOODBYE_MS = 6_000;

interface EndedProps {
  /** Set if the hub no longer knows the visit. */
  readonly lost?: (() => void) | undefined;
}

/** Goodbye, or why the visit is over. */
export function Ended({ lost }: EndedProps) {
  const { clock } = useTerminal();
  const { t } = useTranslation('kiosk');
  const visit = use(VisitContext);
  const leave = lost ?? visit?.leave;
  useEffect(() => {
    const timer = clock.after(GOODBYE_MS, () => leave?.());
    return () => timer.cancel();
  }, [clock, leave]);

  const reason = lost ? 'restart' : (visit?.view.endReason ?? 'done');
  const Icon = reason === 'restart' ? IconRefresh : reason === 'timeout' ? IconClockPause : IconCircleCheck;
  const saying = useGoodbye(reason);
  return (
    <Frame says={saying}>
      <div className={start.middle}>
        <Icon size={96} stroke={1.4} color="var(--lockerhub-accent)" />
        {reason === 'restart' || reason === 'timeout' ? (
          <Question>{saying}</Question>
        ) : (
          <>
            <Question>{t('ended.thanks')}</Question>
            <Saying>{saying}</Saying>
          </>
        )}
        <Choice as="main" onChoose={() => leave?.()}>
          {t('ended.start')}
        </Choice>
      </div>
    </Frame>
  );
}

function useGoodbye(reason: string): string {
  const { t } = useTranslation('kiosk');
  const view = use(VisitContext)?.view;
  if (reason === 'restart') return t('ended.restart');
  if (reason === 'timeout') return t('ended.timeout');
  if (view?.kind === 'resident') return t('ended.resident');
  const count = view ? countDone(view) : 0;
  return count > 0 ? t('ended.courier', { count }) : t('ended.courierNone');
}
