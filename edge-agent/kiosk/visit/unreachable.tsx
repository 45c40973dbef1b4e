import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './dialog.module.css';

/** The hub does not answer in the middle of a visit: what was asked stays on the screen and goes on afterwards. */
export function Unreachable() {
  const { t } = useTranslation('kiosk');
  return (
    <div className={classes.strip} role="alert">
      <IconPlugConnectedX size={26} /> {t('away.during')}
    </div>
  );
}
