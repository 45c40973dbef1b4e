import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { DoorStage, usePlaceWords } from './door-stage.tsx';
import { useProgress } from './progress.ts';
import { useVisit } from './visit-context.ts';

/** A door that did not open, or of which nobody can say. */
export function Trouble({ stop }: { readonly stop: StopView }) {
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal, local } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const { title, hint } = useTroubleWords(stop);
  const leaveBehind = () => setLocal({ leftBehind: new Set([...local.leftBehind, stop.delivery]) });
  return (
    <Frame who={useProgress(stop)} says={`${title}. ${hint}. ${place(stop.place)}`}>
      <DoorStage stop={stop} calm>
        <Question>{title}</Question>
        <Saying>{hint}</Saying>
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          {stop.canOtherDoor && (
            <Choice
              as="main"
              disabled={busy}
              onChoose={() => void act(() => hub.otherDoor(view.visit, stop.delivery, 'jammed'))}
            >
              {t(stop.place?.zone ? 'jammed.otherPlace' : 'jammed.otherDoor')}
            </Choice>
          )}
          {stop.canOpen && (
            <Choice
              as={stop.canOtherDoor ? 'other' : 'main'}
              disabled={busy}
              onChoose={() => void act(() => hub.tellParcel(view.visit, stop.delivery, 'open'))}
            >
              {stop.attemptsLeft > 0 ? t('jammed.again', { count: stop.attemptsLeft }) : t('tryAgain')}
            </Choice>
          )}
          {stop.canUndo && (
            <Choice
              disabled={busy}
              onChoose={() => void act(() => hub.tellParcel(view.visit, stop.delivery, 'undo'))}
            >
              {t('trouble.takeAway')}
            </Choice>
          )}
          {(view.kind === 'resident' || !stop.canUndo) && (
            <Choice
              as={stop.canOpen || stop.canOtherDoor ? 'other' : 'main'}
              disabled={busy}
              onChoose={leaveBehind}
            >
              {t('trouble.goOn')}
            </Choice>
          )}
        </div>
      </DoorStage>
    </Frame>
  );
}

function useTroubleWords(stop: StopView): { title: string; hint: string } {
  const { view } = useVisit();
  const { t } = useTranslation('kiosk');
  const number = stop.place?.compartment;
  const inRoom = Boolean(stop.place?.zone);
  if (stop.step === 'unknown') {
    return {
      title: t('unknown.title', { number }),
      hint: view.kind === 'courier' ? t('unknown.hint') : t('unknown.hintResident'),
    };
  }
  if (view.kind === 'resident' && !stop.canOpen) {
    return {
      title: t('jammed.called'),
      hint: t(inRoom ? 'jammed.calledHintRoom' : 'jammed.calledHint', { number }),
    };
  }
  return {
    title: t('jammed.title', { number }),
    hint:
      stop.canOtherDoor && !stop.canOpen
        ? t(inRoom ? 'jammed.hintOtherRoom' : 'jammed.hintOther')
        : t('jammed.hint'),
  };
}
