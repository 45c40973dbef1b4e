import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { MissingChoice } from '../resident/missing-choice.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { DoorStage, usePlaceWords, useZoneNames } from './door-stage.tsx';
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
  const first = useFirst(stop, takesOut);
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
              {t(stop.place?.zone ? 'putIn.otherZone' : 'putIn.otherDoor')}
            </Choice>
          )}
          <MissingChoice stop={stop} />
        </div>
      </DoorStage>
    </Frame>
  );
}

/** What to do at the door, before it is asked whether that is done. */
function useFirst(stop: StopView, takesOut: boolean): string {
  const { view } = useVisit();
  const { t } = useTranslation('kiosk');
  const zones = useZoneNames()(stop);
  const { compartment: number, zone = null } = stop.place ?? {};
  if (zone === null) return takesOut ? t('takeOut.title', { number }) : t('putIn.title', { number });
  if (view.kind === 'resident') return t('takeOut.titleRoom', { zones, number });
  return takesOut ? t('takeBack.titleRoom', { zone, number }) : t('putIn.titleRoom', { zone, number });
}
