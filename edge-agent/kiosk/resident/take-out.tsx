import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { DoorStage, usePlaceWords, useZoneNames } from '../visit/door-stage.tsx';
import { OpenTooLong } from '../visit/open-too-long.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';
import { MissingChoice } from './missing-choice.tsx';

/** The door stands open. Closing it leads on by itself. */
export function TakeOut({ stop }: { readonly stop: StopView }) {
  const { problem } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const number = stop.place?.compartment;
  const zones = useZoneNames()(stop);
  const title = zones
    ? t('takeOut.titleRoom', { zones, number })
    : stop.together > 1
      ? t('takeOut.titleAll', { number, count: stop.together })
      : t('takeOut.title', { number });
  return (
    <Frame who={useProgress(stop)} says={`${title}. ${place(stop.place)}`}>
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        {zones && <Saying>{t('takeOut.room')}</Saying>}
        <OpenTooLong stop={stop} />
        <ProblemLine error={problem} />
        <MissingChoice stop={stop} />
      </DoorStage>
    </Frame>
  );
}
