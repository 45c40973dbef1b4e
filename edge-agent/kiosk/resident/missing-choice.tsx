import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { missable } from '../visit/screen.ts';
import { useVisit } from '../visit/visit-context.ts';

/** Leads to "nothing inside"; where parcels lie on several zones of a room, by the question which of them. */
export function MissingChoice({ stop }: { readonly stop: StopView }) {
  const { view, busy, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  if (!stop.canReportMissing) return null;
  const isOneOfSeveral = missable(view, stop).length > 1;
  const inRoom = isOneOfSeveral ? t('takeOut.missingOne') : t('takeOut.missingRoom');
  const ask = () =>
    setLocal({
      asking: { what: isOneOfSeveral ? 'which-missing' : 'missing', delivery: stop.delivery },
    });
  return (
    <Choice disabled={busy} onChoose={ask}>
      {stop.place?.zone ? inRoom : t('takeOut.missing')}
    </Choice>
  );
}
