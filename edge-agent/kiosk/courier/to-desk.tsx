import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { IconArrowBackUp, IconBell } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import start from '../start/start.module.css';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** No compartment for this parcel: it goes to the desk, or the courier keeps it. */
export function ToDesk({ stop }: { readonly stop: StopView }) {
  const { hub } = useTerminal();
  const { view, act, busy, problem, local, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const isDesk = stop.step === 'desk';
  const title = isDesk ? t('desk.title') : t(`desk.${stop.takenBack === 'vacated' ? 'vacated' : 'noDesk'}`);
  const goOn = () => setLocal({ leftBehind: new Set([...local.leftBehind, stop.delivery]) });
  const Icon = isDesk ? IconBell : IconArrowBackUp;
  return (
    <Frame who={useProgress()} says={title}>
      <div className={start.middle}>
        <Icon size={96} stroke={1.4} color="var(--lockerhub-accent)" aria-hidden />
        <Question>{title}</Question>
        {isDesk && <Saying>{t('desk.staff')}</Saying>}
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          <Choice as="main" disabled={busy} onChoose={goOn}>
            {t('desk.goOn')}
          </Choice>
          {stop.canUndo && (
            <Choice
              disabled={busy}
              onChoose={() => void act(() => hub.tellParcel(view.visit, stop.delivery, 'undo'))}
            >
              {t('otherDoor.notIn')}
            </Choice>
          )}
        </div>
      </div>
    </Frame>
  );
}
