import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { DoorStage, usePlaceWords } from './door-stage.tsx';
import { useProgress } from './progress.ts';

/** The door was asked to open; that takes a second at most, else the next screen says why. */
export function Opening({ stop }: { readonly stop: StopView }) {
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const title = t('opening.title', { number: stop.place?.compartment });
  return (
    <Frame who={useProgress(stop)} says={`${title}. ${place(stop.place)}`}>
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        <Saying>{t('putIn.forWhom', { unit: stop.unitName })}</Saying>
      </DoorStage>
    </Frame>
  );
}
