import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { IconCircleCheck, IconCircleX, IconClockPause, IconRefresh } from '@tabler/icons-react';
import { use, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import start from '../start/start.module.css';
import { useTerminal } from '../terminal/terminal-context.ts';
import { countDone } from './screen.ts';
import { VisitContext } from './visit-context.ts';

/** Long enough to read two lines; the next person need not wait for it. */
const GOODBYE_MS = 6_000;

type EndReason = NonNullable<VisitView['endReason']>;

const ICON = {
  done: IconCircleCheck,
  cancelled: IconCircleCheck,
  timeout: IconClockPause,
  restart: IconRefresh,
  revoked: IconCircleX,
} as const satisfies Record<EndReason, unknown>;

/** The visit ended without its person. */
const CUT_OFF: ReadonlySet<EndReason> = new Set(['restart', 'timeout', 'revoked']);

interface EndedProps {
  /** Set if the hub no longer knows the visit. */
  readonly lost?: (() => void) | undefined;
}

/** Goodbye, or why the visit is over. */
export function Ended({ lost }: EndedProps) {
  const { clock } = useTerminal();
  const { t } = useTranslation('kiosk');
  const visit = use(VisitContext);
  const leave = lost ?? visit?.leave;
  useEffect(() => {
    const timer = clock.after(GOODBYE_MS, () => leave?.());
    return () => timer.cancel();
  }, [clock, leave]);

  const reason = lost ? 'restart' : (visit?.view.endReason ?? 'done');
  const Icon = ICON[reason];
  const isCutOff = CUT_OFF.has(reason);
  const saying = useGoodbye(reason);
  return (
    <Frame says={saying}>
      <div className={start.middle}>
        <Icon size={96} stroke={1.4} color="var(--lockerhub-accent)" />
        {isCutOff ? (
          <Question>{saying}</Question>
        ) : (
          <>
            <Question>{t('ended.thanks')}</Question>
            <Saying>{saying}</Saying>
          </>
        )}
        <Choice as="main" onChoose={() => leave?.()}>
          {t('ended.start')}
        </Choice>
      </div>
    </Frame>
  );
}

function useGoodbye(reason: EndReason): string {
  const { t } = useTranslation('kiosk');
  const view = use(VisitContext)?.view;
  if (reason === 'restart') return t('ended.restart');
  if (reason === 'timeout' || reason === 'revoked') return t(`ended.${reason}`);
  if (view?.kind === 'resident') return t('ended.resident');
  const count = view ? countDone(view) : 0;
  return count > 0 ? t('ended.courier', { count }) : t('ended.courierNone');
}
