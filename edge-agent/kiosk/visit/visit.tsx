import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Confirm } from '../courier/confirm.tsx';
import { LabelOfUnknown } from '../courier/label-photo.tsx';
import { NoPlace } from '../courier/no-place.tsx';
import { OtherDoor } from '../courier/other-door.tsx';
import { PutIn } from '../courier/put-in.tsx';
import { RecipientSearch } from '../courier/recipient-search.tsx';
import { SizeQuestion } from '../courier/size-question.tsx';
import { ToDesk } from '../courier/to-desk.tsx';
import { looksLikeTracking } from '../input/tracking.ts';
import { useKeys } from '../input/use-keys.ts';
import { Collected } from '../resident/collected.tsx';
import { Introduce } from '../resident/introduce.tsx';
import { Missing } from '../resident/missing.tsx';
import { NextDoor } from '../resident/next-door.tsx';
import { TakeOut } from '../resident/take-out.tsx';
import { WhichMissing } from '../resident/which-missing.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { closestLanguage } from '../words/words.ts';
import { Attest } from './attest.tsx';
import { Ended } from './ended.tsx';
import { IdleWarning } from './idle-warning.tsx';
import { Opening } from './opening.tsx';
import { type Local, NOTHING_SAID, type Screen, screenOf } from './screen.ts';
import { Trouble } from './trouble.tsx';
import { Unreachable } from './unreachable.tsx';
import { useFollower } from './use-follower.ts';
import { useSignsOfLife } from './use-signs-of-life.ts';
import { VisitContext, type VisitNow } from './visit-context.ts';

interface VisitProps {
  readonly first: VisitView;
  readonly onOver: () => void;
  /** Another visit begins, by a code scanned at the end of this one. */
  readonly onVisit: (visit: VisitView) => void;
}

/** One person's turn, from the code to the goodbye. */
export function Visit({ first, onOver, onVisit }: VisitProps) {
  const { hub, kiosk } = useTerminal();
  const { i18n } = useTranslation();
  const follower = useFollower(first);
  const [local, setWholeLocal] = useState<Local>(NOTHING_SAID);
  const [tracking, setTracking] = useState<string | null>(null);
  const { view, seenAtMs } = follower.seen;
  const screen = screenOf(view, local);

  // Who chose a language at the start keeps it; else a resident is spoken to in theirs.
  useEffect(() => {
    const asIs = closestLanguage(kiosk.language);
    if (first.kind === 'resident' && i18n.language === asIs) {
      void i18n.changeLanguage(closestLanguage(first.language));
    }
    return () => void i18n.changeLanguage(asIs);
  }, [i18n, kiosk.language, first.kind, first.language]);

  const visit: VisitNow = {
    view,
    seenAtMs,
    busy: follower.busy,
    problem: follower.problem,
    local,
    setLocal: (change) => {
      follower.setProblem(null);
      setWholeLocal((now) => ({ ...now, ...change }));
    },
    act: follower.act,
    tracking,
    setTracking,
    leave: onOver,
  };

  const confirmAndNext = (scanned: string) => {
    if (screen.name !== 'confirm' || local.takingBack === screen.stop.delivery) return;
    if (!looksLikeTracking(scanned)) return;
    const { delivery } = screen.stop;
    void follower
      .act(() => hub.confirm(view.visit, delivery, true), 'repeatedly')
      .then((worked) => worked && setTracking(scanned));
  };
  const startNext = (scanned: string) => {
    hub.startVisit(scanned.slice(0, 64)).then(onVisit, onOver);
  };
  useKeys((scanned) => (screen.name === 'ended' ? startNext(scanned) : confirmAndNext(scanned)));
  useSignsOfLife(view, follower.mention);
  // What went wrong on one screen is no matter on the next.
  const shown = `${screen.name} ${'stop' in screen ? screen.stop.delivery : ''}`;
  const { setProblem } = follower;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another screen comes up
  useEffect(() => setProblem(null), [shown]);

  if (follower.gone) return <Ended lost={onOver} />;
  return (
    <VisitContext value={visit}>
      <ScreenOfVisit screen={screen} />
      <IdleWarning />
      {!follower.reachable && <Unreachable />}
    </VisitContext>
  );
}

function ScreenOfVisit({ screen }: { readonly screen: Screen }) {
  switch (screen.name) {
    case 'recipient':
      return <RecipientSearch />;
    case 'photo':
      return <LabelOfUnknown />;
    case 'size':
      return <SizeQuestion />;
    case 'no-place':
      return <NoPlace />;
    case 'introduce':
      return <Introduce />;
    case 'collected':
      return <Collected />;
    case 'ended':
      return <Ended />;
    case 'opening':
      return <Opening stop={screen.stop} />;
    case 'put-in':
      return <PutIn stop={screen.stop} />;
    case 'take-out':
      return <TakeOut stop={screen.stop} />;
    case 'other-door':
      return <OtherDoor stop={screen.stop} />;
    case 'which-missing':
      return <WhichMissing stop={screen.stop} />;
    case 'missing':
      return <Missing stop={screen.stop} />;
    case 'attest':
      return <Attest stop={screen.stop} />;
    case 'confirm':
      return <Confirm stop={screen.stop} />;
    case 'jammed':
    case 'unknown':
      return <Trouble stop={screen.stop} />;
    case 'desk':
    case 'taken-back':
      return <ToDesk stop={screen.stop} />;
    case 'next':
      return <NextDoor key={screen.stop.delivery} stop={screen.stop} />;
  }
}
