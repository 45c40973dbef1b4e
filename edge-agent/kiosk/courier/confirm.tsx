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
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal, local } = useVisit();
  const { t } = useTranslation('kiosk');
  const takesBack = local.takingBack === stop.delivery;
  const number = stop.place?.compartment;
  const zone = stop.place?.zone ?? null;
  const title =
    zone === null
      ? t(takesBack ? 'takeBack.confirm' : 'confirm.title', { number })
      : t(takesBack ? 'takeBack.confirmRoom' : 'confirm.titleRoom', { zone });
  const { delivery } = stop;
  const isIn = (inside: boolean) =>
    void act(() => hub.confirm(view.visit, delivery, inside), 'repeatedly').then(
      (worked) => worked && setLocal({ takingBack: null }),
    );
  // The door may hold the parcel by now: only an open door gives it back.
  const openToTakeBack = () =>
    void act(() => hub.tellParcel(view.visit, delivery, 'open')).then(
      (worked) => worked && setLocal({ takingBack: delivery }),
    );
  return (
    <Frame
      who={useProgress(stop)}
      busy={busy}
      says={title}
      onBack={stop.canOpen && !takesBack ? openToTakeBack : undefined}
      back={t('putIn.wrongRecipient')}
    >
      <DoorStage stop={stop}>
        <Question>{title}</Question>
        <Saying>{t('putIn.forWhom', { unit: stop.unitName })}</Saying>
        <ProblemLine error={problem} />
        <div className={frame.choices}>
          {takesBack ? (
            <>
              <Choice as="main" disabled={busy} onChoose={() => isIn(false)}>
                {t(zone === null ? 'takeBack.yes' : 'takeBack.yesRoom')}
              </Choice>
              <Choice disabled={busy} onChoose={() => isIn(true)}>
                {t(zone === null ? 'takeBack.no' : 'takeBack.noRoom')}
                <CountsAsYes stop={stop} />
              </Choice>
            </>
          ) : (
            <>
              <Choice as="main" disabled={busy} onChoose={() => isIn(true)}>
                {t(zone === null ? 'confirm.yes' : 'confirm.yesRoom')}
                <CountsAsYes stop={stop} />
              </Choice>
              <Choice disabled={busy} onChoose={() => setLocal({ asking: { what: 'other-door', delivery } })}>
                {t(zone === null ? 'confirm.no' : 'confirm.noRoom')}
              </Choice>
            </>
          )}
          {stop.canOpen && (
            <Choice
              disabled={busy}
              onChoose={() => void act(() => hub.tellParcel(view.visit, delivery, 'open'))}
            >
              {t('confirm.again')}
            </Choice>
          )}
        </div>
      </DoorStage>
    </Frame>
  );
}

/** How long until silence means that the parcel is in. */
function CountsAsYes({ stop }: { readonly stop: StopView }) {
  const { clock } = useTerminal();
  const { seenAtMs } = useVisit();
  const { t } = useTranslation('kiosk');
  const left = useSecondsLeft(clock, stop.answerInMs === null ? null : seenAtMs + stop.answerInMs);
  return left === null ? null : <span className={frame.aside}>{t('confirm.counts', { count: left })}</span>;
}
