import type { OwnAccount } from '@lockerhub/protocol/http/accounts.ts';
import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconMailOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useReader } from '../frame/reader.tsx';
import { useMay } from '../link/queries.ts';

/** Says that nobody can be told by mail, or that the mail server is away. Nothing where mail goes out. */
export function NoMail({ own }: { readonly own: Pick<OwnAccount, 'hasMail' | 'trouble'> }) {
  const { t } = useReader();
  const may = useMay();
  if (own.hasMail && own.trouble === null) return null;
  const sign = own.hasMail ? <IconAlertTriangle /> : <IconMailOff />;
  return (
    <Alert color="yellow" icon={sign} title={t(own.hasMail ? 'told.trouble' : 'told.noServer')}>
      <Text size="sm">{own.hasMail ? own.trouble : t('told.noServerWhat')}</Text>
      {may('messages') && (
        <Button mt="sm" size="xs" variant="default" component={Link} to="/channels">
          {t('channels.title')}
        </Button>
      )}
    </Alert>
  );
}
