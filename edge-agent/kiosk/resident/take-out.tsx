import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { DoorStage, usePlaceWords } from '../visit/door-stage.tsx';
import { OpenTooLong } from '../visit/open-too-long.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** The door stands open. Closing it leads on by itself. */
export function TakeOut({ stop }: { readonly stop: StopView }) {
  const { busy, problem, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const title = t('takeOut.title', { number: stop.place?.compartment });
  return (
    <Frame who={useProgress(stop)} says={`${title}. ${place(stop.place)}`}>
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        <OpenTooLong stop={stop} />
        <ProblemLine error={problem} />
        {stop.canReportMissing && (
          <Choice
            disabled={busy}
            onChoose={() => setLocal({ asking: { what: 'missing', delivery: stop.delivery } })}
          >
            {t('takeOut.missing')}
          </Choice>
        )}
      </DoorStage>
    </Frame>
  );
}
