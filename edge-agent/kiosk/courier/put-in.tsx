import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';

import { DoorStage, usePlaceWords } from '../visit/door-stage.tsx';
import { OpenTooLong } from '../visit/open-too-long.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** The door stands open. Closing it leads on by itself. */
export function PutIn({ stop }: { readonly stop: StopView }) {
  const { busy, problem, setLocal, local } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const takesBack = local.takingBack === stop.delivery;
  const number = stop.place?.compartment;
  const zone = stop.place?.zone;
  const title = zone
    ? t(takesBack ? 'takeBack.titleRoom' : 'putIn.titleRoom', { zone, number })
    : t(takesBack ? 'takeBack.title' : 'putIn.title', { number });
  return (
    <Frame who={useProgress(stop)} says={`${title}. ${place(stop.place)}`}>
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        <Saying>{t('putIn.forWhom', { unit: stop.unitName })}</Saying>
        {stop.together > 1 && !takesBack && <Saying>{t(zone ? 'putIn.sharedRoom' : 'putIn.shared')}</Saying>}
        {local.labelLost && <Saying>{t('photo.lost')}</Saying>}
        <OpenTooLong stop={stop} />
        <ProblemLine error={problem} />
        {stop.canOtherDoor && !takesBack && (
          <Choice
            disabled={busy}
            onChoose={() => setLocal({ asking: { what: 'other-door', delivery: stop.delivery } })}
          >
            {t(zone ? 'putIn.otherZone' : 'putIn.otherDoor')}
          </Choice>
        )}
      </DoorStage>
    </Frame>
  );
}
