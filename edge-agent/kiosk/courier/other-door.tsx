import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';
import classes from './courier.module.css';

/** Why this door will not do. What is said here brings staff to it, or a bigger one. */
export function OtherDoor({ stop }: { readonly stop: StopView }) {
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const { compartment: number, zone = null } = stop.place ?? {};
  const title = zone === null ? t('otherDoor.title', { number }) : t('otherDoor.titleRoom', { zone });
  const choose = (reason: 'jammed' | 'wrong-size' | 'occupied' | 'dirty') => {
    void act(() => hub.otherDoor(view.visit, stop.delivery, reason)).then(
      (worked) => worked && setLocal({ asking: null }),
    );
  };
  const takeAway = () => {
    void act(() => hub.confirm(view.visit, stop.delivery, false), 'repeatedly').then(
      (worked) => worked && setLocal({ asking: null }),
    );
  };
  return (
    <Frame who={useProgress(stop)} onBack={() => setLocal({ asking: null })} busy={busy} says={title}>
      <div className={classes.middle}>
        <Question>{title}</Question>
        <ProblemLine error={problem} />
        <div className={frame.choicesBeside}>
          {stop.step === 'confirm' && (
            <Choice disabled={busy} onChoose={takeAway}>
              {t('otherDoor.notIn')}
            </Choice>
          )}
          <Choice disabled={busy} onChoose={() => choose('wrong-size')}>
            {t('otherDoor.wrongSize')}
          </Choice>
          <Choice disabled={busy} onChoose={() => choose('occupied')}>
            {t(zone === null ? 'otherDoor.occupied' : 'otherDoor.occupiedRoom')}
          </Choice>
          <Choice disabled={busy} onChoose={() => choose('dirty')}>
            {t('otherDoor.dirty')}
          </Choice>
          <Choice disabled={busy} onChoose={() => choose('jammed')}>
            {stop.step === 'confirm'
              ? t(zone === null ? 'otherDoor.doesNotClose' : 'otherDoor.doesNotCloseRoom')
              : t(zone === null ? 'otherDoor.jammed' : 'otherDoor.jammedRoom')}
          </Choice>
        </div>
      </div>
    </Frame>
  );
}
