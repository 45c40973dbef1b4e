import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { countDone } from './screen.ts';
import { useVisit } from './visit-context.ts';

/** Who it is and how far: "Blue Parcel · 2 parcels in", "Unit 12B · Parcel 2 of 3". */
export function useProgress(stop?: StopView): string {
  const { view } = useVisit();
  const { t } = useTranslation('kiosk');
  if (view.kind === 'courier') {
    const placed = countDone(view);
    return placed > 0 ? `${view.who} · ${t('recipient.placed', { count: placed })}` : view.who;
  }
  const here = view.stops.filter(({ step }) => step !== 'elsewhere');
  const at = here.findIndex(({ delivery }) => delivery === stop?.delivery);
  if (at < 0 || here.length < 2) return view.who;
  return `${view.who} · ${t('takeOut.progress', { n: at + 1, count: here.length })}`;
}
