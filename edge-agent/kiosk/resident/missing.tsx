import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { DoorStage } from '../visit/door-stage.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** "Nothing inside" calls staff, so it is asked once more. */
export function Missing({ stop }: { readonly stop: StopView }) {
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const { compartment: number, zone = null } = stop.place ?? {};
  const title = zone === null ? t('missing.title', { number }) : t('missing.titleRoom', { zone });
  const forget = () => setLocal({ asking: null });
  const report = () => {
    void act(() => hub.tellParcel(view.visit, stop.delivery, 'missing')).then((worked) => worked && forget());
  };
  return (
    <Frame who={useProgress(stop)} onBack={forget} busy={busy} says={`${title}. ${t('missing.hint')}`}>
      <DoorStage stop={stop} calm>
        <Question>{title}</Question>
        <Saying>{t('missing.hint')}</Saying>
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          <Choice disabled={busy} onChoose={report}>
            {t(zone === null ? 'missing.yes' : 'missing.yesRoom')}
          </Choice>
          <Choice as="main" disabled={busy} onChoose={forget}>
            {t('missing.no')}
          </Choice>
        </div>
      </DoorStage>
    </Frame>
  );
}
