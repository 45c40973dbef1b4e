import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { MissingChoice } from '../resident/missing-choice.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { DoorStage, usePlaceWords } from './door-stage.tsx';
import { useProgress } from './progress.ts';
import { useVisit } from './visit-context.ts';

/** A door without a sensor was pulsed: only the person knows whether it is closed again. */
export function Attest({ stop }: { readonly stop: StopView }) {
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal, local } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const number = stop.place?.compartment;
  const takesOut = view.kind === 'resident' || local.takingBack === stop.delivery;
  const first = takesOut ? t('takeOut.title', { number }) : t('putIn.title', { number });
  const title = t('attest.title', { number });
  return (
    <Frame who={useProgress(stop)} says={`${first}. ${place(stop.place)}. ${title}`}>
      <DoorStage stop={stop}>
        <Saying>{first}</Saying>
        <Question>{title}</Question>
        <Saying>{t('attest.hint')}</Saying>
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          <Choice
            as="main"
            disabled={busy}
            onChoose={() => void act(() => hub.tellParcel(view.visit, stop.delivery, 'closed'), 'repeatedly')}
          >
            {t('attest.yes')}
          </Choice>
          <Choice
            disabled={busy}
            onChoose={() => void act(() => hub.tellParcel(view.visit, stop.delivery, 'did-not-open'))}
          >
            {t('attest.didNotOpen')}
          </Choice>
          {stop.canOtherDoor && !takesOut && (
            <Choice
              disabled={busy}
              onChoose={() => setLocal({ asking: { what: 'other-door', delivery: stop.delivery } })}
            >
              {t('putIn.otherDoor')}
            </Choice>
          )}
          <MissingChoice stop={stop} />
        </div>
      </DoorStage>
    </Frame>
  );
}
