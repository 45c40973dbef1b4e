import { IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useTerminal } from '../terminal/terminal-context.ts';
import classes from './start.module.css';

/** After a failure, such as an agent that is alone: it is asked again. */
const ASK_AGAIN_MS = 10_000;

/** What a phone proves by that it stands here: a QR for its camera, and three digits. Nothing where there is none. */
export function PhoneHere() {
  const { hub } = useTerminal();
  const { t } = useTranslation('kiosk');
  const { data } = useQuery({
    queryKey: ['presence'],
    // A failure is an answer too: then a phone has no way here. An old QR would send people to a page that refuses them.
    queryFn: () => hub.presence().catch(() => null),
    refetchInterval: ({ state }) => state.data?.forMs ?? ASK_AGAIN_MS,
    networkMode: 'always',
  });
  if (!data) return null;
  return (
    <p className={classes.phone}>
      <img className={classes.qr} src={data.qr} alt="" />
      <IconDeviceMobile size={26} />
      <span>
        {t('start.phone')} <strong dir="ltr">{data.digits}</strong>
      </span>
    </p>
  );
}
