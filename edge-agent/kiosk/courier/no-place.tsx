import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import start from '../start/start.module.css';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useVisit } from '../visit/visit-context.ts';

/** Nothing takes the parcel in: the courier keeps it, on record, or says another size. */
export function NoPlace() {
  const { hub } = useTerminal();
  const { view, act, busy, problem, local, setLocal, tracking, setTracking } = useVisit();
  const { t } = useTranslation('kiosk');
  const { recipient, noPlace } = local;
  if (!recipient || !noPlace) return null;
  const keep = () => {
    const { size } = noPlace;
    const parcel = {
      unit: recipient.unit,
      size,
      reason: 'no-place',
      ...(tracking ? { tracking } : {}),
    } as const;
    void act(() => hub.takeBack(view.visit, parcel)).then((worked) => {
      if (!worked) return;
      setLocal({ recipient: null, noPlace: null });
      setTracking(null);
    });
  };
  const title = t('noPlace.title');
  return (
    <Frame
      who={t('size.forWhom', { label: recipient.label })}
      onBack={() => setLocal({ noPlace: null })}
      back={t('noPlace.otherSize')}
      busy={busy}
      says={title}
    >
      <div className={start.middle}>
        <IconArrowBackUp size={96} stroke={1.4} color="var(--lockerhub-accent)" aria-hidden />
        <Question>{title}</Question>
        <ProblemLine error={problem ?? noPlace.why} />
        <div className={frame.choices}>
          <Choice as="main" disabled={busy} onChoose={keep}>
            {t('noPlace.keep')}
          </Choice>
        </div>
      </div>
    </Frame>
  );
}
