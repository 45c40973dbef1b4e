import type { CarrierHint } from '@lockerhub/protocol/carriers/tracking.ts';
import { IconAlertTriangle, IconBarcode } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { shortTracking } from '../input/tracking.ts';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useVisit } from '../visit/visit-context.ts';
import classes from './courier.module.css';

/** As the carriers call themselves; null: a scheme that many of them use. */
const NAME: Record<CarrierHint, string | null> = {
  ups: 'UPS',
  usps: 'USPS',
  fedex: 'FedEx',
  dhl: 'DHL',
  amazon: 'Amazon',
  ontrac: 'OnTrac',
  'canada-post': 'Canada Post',
  s10: null,
  sscc: null,
};

/** The label that was scanned for the parcel at hand: whose it looks like, and a warning if it is here already. */
export function Scanned() {
  const { hub } = useTerminal();
  const { view, tracking } = useVisit();
  const { t } = useTranslation('kiosk');
  const label = useQuery({
    queryKey: ['label', view.visit, tracking],
    queryFn: () => hub.label(view.visit, tracking ?? ''),
    enabled: tracking !== null,
    networkMode: 'always',
    // A hint: without it the parcel goes in all the same.
    retry: false,
    gcTime: 0,
  });
  if (!tracking) return null;
  const [carrier] = (label.data?.carriers ?? []).flatMap((hint) => NAME[hint] ?? []);
  return (
    <>
      <p className={classes.tag}>
        <IconBarcode size={28} aria-hidden /> {t('recipient.scanned', { tracking: shortTracking(tracking) })}
        {carrier && <span>({t('recipient.looksLike', { carrier })})</span>}
      </p>
      {label.data?.here && (
        <p className={classes.tag} role="alert">
          <IconAlertTriangle size={28} aria-hidden /> {t('recipient.alreadyHere')}
        </p>
      )}
    </>
  );
}
