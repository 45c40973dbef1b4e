import type { PlaceView, StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import courier from '../courier/courier.module.css';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { groupedCode } from '../input/code-text.ts';
import { useTerminal } from '../terminal/terminal-context.ts';
import { usePlaceWords } from '../visit/door-stage.tsx';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** As many as one screen holds; who has more sees them after these. */
const SHOWN = 4;

/** Nothing more opens by itself: what is where else, what is still in, and once more within the grace time. */
export function Collected() {
  const { hub } = useTerminal();
  const { view, act, busy, problem, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const place = usePlaceWords();
  const elsewhere = view.stops.filter(({ step }) => step === 'elsewhere');
  const stillIn = view.stops.filter(({ step }) => ['waiting', 'jammed', 'unknown'].includes(step));
  const again = view.stops.filter(({ canOpen, step }) => canOpen && (step === 'done' || step === 'waiting'));
  const isMissed = view.stops.some(({ missing }) => missing);
  const title = useTitle(isMissed, elsewhere.length, stillIn.length, view.stops.length);
  const at = (where: PlaceView) => t('collected.elsewhere', { bank: where.bankName, place: place(where) });
  const open = ({ delivery }: StopView) => {
    setLocal({ leftBehind: new Set() });
    void act(() => hub.tellParcel(view.visit, delivery, 'open'));
  };
  return (
    <Frame who={useProgress()} says={title}>
      <div className={courier.middle}>
        <Question>{title}</Question>
        <ProblemLine error={problem} />
        {isMissed && <Saying>{t('collected.shut')}</Saying>}
        {[...elsewhere, ...stillIn].slice(0, SHOWN).map(({ delivery, place: where, step, atDesk }) => (
          <Saying key={delivery}>
            {atDesk && t('collected.atDesk')}
            {where && (step === 'elsewhere' ? at(where) : t('collected.stillIn', { place: place(where) }))}
          </Saying>
        ))}
        {view.ownCode !== null && elsewhere.length + stillIn.length > 0 ? (
          <Saying>{t('collected.ownCode', { code: groupedCode(view.ownCode) })}</Saying>
        ) : (
          elsewhere.length > 0 && <Saying>{t('collected.sameCode')}</Saying>
        )}
        <Choice
          as="main"
          disabled={busy}
          onChoose={() => void act(() => hub.tell(view.visit, 'end'), 'repeatedly')}
        >
          {t('finish')}
        </Choice>
        {again.length > 0 && <Saying>{t('collected.forgot')}</Saying>}
        <div className={again.length > 1 ? frame.choicesBeside : frame.choices}>
          {onePerDoor(again)
            .slice(0, SHOWN)
            .map((stop) => (
              <Choice key={stop.delivery} disabled={busy} onChoose={() => open(stop)}>
                {t('collected.again', { number: stop.place?.compartment })}
              </Choice>
            ))}
        </div>
      </div>
    </Frame>
  );
}

function useTitle(isMissed: boolean, elsewhere: number, stillIn: number, all: number): string {
  const { t } = useTranslation('kiosk');
  if (isMissed) return t('collected.titleMissing');
  if (elsewhere === all) return t('collected.titleElsewhere');
  const left = elsewhere + stillIn;
  return left > 0 ? t('collected.titleSome', { count: left }) : t('collected.title');
}

function onePerDoor(stops: readonly StopView[]): StopView[] {
  const doors = new Map(stops.map((stop) => [stop.place?.compartment, stop]));
  return [...doors.values()];
}
