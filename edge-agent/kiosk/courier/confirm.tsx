import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useSecondsLeft } from '../visit/countdown.ts';
import { DoorStage } from '../visit/door-stage.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** The door is closed: is the parcel behind it? No answer counts as yes, marked as unconfirmed. */
export function Confirm({ stop }: { readonly stop: StopView }) {
  const { hub, clock } = useTerminal();
  const { view, seenAtMs, act, busy, problem } = useVisit();
  const { t } = useTranslation('kiosk');
  const deadlineMs = stop.answerInMs === null ? null : seenAtMs + stop.answerInMs;
  const left = useSecondsLeft(clock, deadlineMs);
  const title = t('confirm.title', { number: stop.place?.compartment });
  return (
    <Frame
      who={useProgress(stop)}
      busy={busy}
      says={title}
      onBack={
        stop.canUndo ? () => void act(() => hub.tellParcel(view.visit, stop.delivery, 'undo')) : undefined
      }
      back={t('putIn.wrongRecipient')}
    >
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        <Saying>{t('putIn.forWhom', { unit: stop.unitName })}</Saying>
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          <Choice
            as="main"
            disabled={busy}
            onChoose={() => void act(() => hub.confirm(view.visit, stop.delivery, true))}
          >
            {t('confirm.yes')}
            {left !== null && <span className={frame.aside}>{t('confirm.counts', { count: left })}</span>}
          </Choice>
          <Choice
            disabled={busy}
            onChoose={() => void act(() => hub.confirm(view.visit, stop.delivery, false))}
          >
            {t('confirm.no')}
          </Choice>
          {stop.canOpen && (
            <Choice
              disabled={busy}
              onChoose={() => void act(() => hub.tellParcel(view.visit, stop.delivery, 'open'))}
            >
              {t('confirm.again')}
            </Choice>
          )}
        </div>
      </DoorStage>
    </Frame>
  );
}
