import type { StopView } from '@lockerhub/protocol/http/visit.ts';
import { useTranslation } from 'react-i18next';
import frame from '../frame/frame.module.css';

/** A door that stands open for longer than the building likes. */
export function OpenTooLong({ stop }: { readonly stop: StopView }) {
  const { t } = useTranslation('kiosk');
  if (!stop.openTooLong) return null;
  return (
    <p className={frame.problem} role="alert">
      {t('openTooLong', { number: stop.place?.compartment })}
    </p>
  );
}
