import { Button, Group } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useReader();
  return (
    <Page title={t('nav.notFound')} what={t('nav.notFoundWhat')}>
      <Group>
        <Button component={Link} to="/" leftSection={<IconMapPinOff size={18} />}>
          {t('nav.toHome')}
        </Button>
      </Group>
    </Page>
  );
}
