import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useReader } from './reader.tsx';
import { Nothing } from './states.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useReader();
  return (
    <Nothing icon={<IconMapPinOff />} title={t('nav.notFound')} what={t('nav.notFoundWhat')}>
      <Button component={Link} to="/">
        {t('nav.toHome')}
      </Button>
    </Nothing>
  );
}
