import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Question, Saying } from '../frame/frame.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useSecondsLeft } from './countdown.ts';
import classes from './dialog.module.css';
import { useVisit } from './visit-context.ts';

/** Nobody has done anything for a while: asks, and counts down to the end that the hub has set. */
export function IdleWarning() {
  const { hub, clock, kiosk } = useTerminal();
  const { view, seenAtMs, act, busy } = useVisit();
  const { t } = useTranslation('kiosk');
  const endsMs = view.endsInMs === null || view.state === 'ended' ? null : seenAtMs + view.endsInMs;
  const left = useSecondsLeft(clock, endsMs);
  if (left === null || left * 1000 > kiosk.warnMs) return null;
  return (
    <div className={classes.cover} role="alertdialog" aria-label={t('idle.title')} data-dialog="true">
      <div className={`${classes.card} ${frame.sizes}`}>
        <Question>{t('idle.title')}</Question>
        <Saying>{t('idle.left', { count: left })}</Saying>
        <Choice
          as="main"
          disabled={busy}
          onChoose={() => void act(() => hub.tell(view.visit, 'stay'), 'repeatedly')}
        >
          {t('idle.stay')}
        </Choice>
        <Choice disabled={busy} onChoose={() => void act(() => hub.tell(view.visit, 'end'), 'repeatedly')}>
          {t('idle.leave')}
        </Choice>
      </div>
    </div>
  );
}
