import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import courier from '../courier/courier.module.css';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { missable } from '../visit/screen.ts';
import { useVisit } from '../visit/visit-context.ts';

/** As many as the smallest screen holds beside the way to the others. */
const SHOWN = 5;

/** Parcels lie on several zones of a room, and one is not there. */
export function WhichMissing({ stop }: { readonly stop: StopView }) {
  const { view, busy, problem, setLocal } = useVisit();
  const { t } = useTranslation(['kiosk', 'doors']);
  const [from, setFrom] = useState(0);
  const zones = missable(view, stop);
  const title = t('missing.which');
  const others = from + SHOWN < zones.length ? from + SHOWN : 0;
  return (
    <Frame who={view.who} onBack={() => setLocal({ asking: null })} busy={busy} says={title}>
      <div className={courier.middle}>
        <Question>{title}</Question>
        <ProblemLine error={problem} />
        <div className={frame.choicesBeside}>
          {zones.slice(from, from + SHOWN).map(({ delivery, place }) => (
            <Choice
              key={delivery}
              disabled={busy}
              onChoose={() => setLocal({ asking: { what: 'missing', delivery } })}
            >
              {t('doors:zone', { zone: place?.zone })}
            </Choice>
          ))}
          {zones.length > SHOWN && (
            <Choice as="quiet" disabled={busy} onChoose={() => setFrom(others)}>
              {t('missing.otherZones')}
            </Choice>
          )}
        </div>
      </div>
    </Frame>
  );
}
