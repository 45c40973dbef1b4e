import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { DoorStage, usePlaceWords } from '../visit/door-stage.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/**
 * One more parcel waits. Its door opens by itself, once: a person stands here, for they have just entered the code or
 * closed the door before. If that fails, they are asked.
 */
export function NextDoor({ stop }: { readonly stop: StopView }) {
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal, local } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const asked = useRef(false);
  const number = stop.place?.compartment;
  const open = () => void act(() => hub.tell(view.visit, 'next'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each door, whatever else changes
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    open();
  }, []);
  const title = t('next.title', { number });
  return (
    <Frame who={useProgress(stop)} says={`${title}. ${place(stop.place)}`}>
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          <Choice as="main" disabled={busy} onChoose={open}>
            {t('next.open', { number })}
          </Choice>
          <Choice
            disabled={busy}
            onChoose={() => setLocal({ leftBehind: new Set([...local.leftBehind, stop.delivery]) })}
          >
            {t('next.skip')}
          </Choice>
        </div>
      </DoorStage>
    </Frame>
  );
}
