import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import classes from './start.module.css';

/** The hub does not answer. Nothing to do but to say so; it comes back by itself. */
export function Away() {
  const { t } = useTranslation('kiosk');
  return (
    <Frame says={`${t('away.title')}. ${t('away.hint')}`}>
      <div className={classes.middle}>
        <IconPlugConnectedX size={88} stroke={1.4} />
        <Question>{t('away.title')}</Question>
        <Saying>{t('away.hint')}</Saying>
        <Saying>{t('away.safe')}</Saying>
      </div>
    </Frame>
  );
}
