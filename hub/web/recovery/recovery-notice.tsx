import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { keys } from '../link/keys.ts';
import { useMay, useRecovery } from '../link/queries.ts';
import { confirmRecoveryKey } from '../link/requests.ts';
import { RecoveryDialog } from './recovery-dialog.tsx';

/** Says that nobody is known to have a recovery key on paper; nothing once somebody has. */
export function RecoveryNotice() {
  const { t } = useReader();
  const may = useMay();
  const client = useQueryClient();
  const recovery = useRecovery(may('recovery'));
  const [opened, setOpened] = useState(false);
  const confirming = useMutation({
    mutationFn: confirmRecoveryKey,
    onSuccess: (view) => client.setQueryData(keys.recovery, view),
  });
  const current = recovery.data?.current;
  if (current === undefined || (current?.confirmed && !opened)) return null;
  return (
    <Alert color="yellow" icon={<IconKey aria-hidden />} title={t('recovery.missing')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t('recovery.missingWhat')}</Text>
        <Group gap="sm">
          <Button size="sm" onClick={() => setOpened(true)}>
            {t('recovery.make')}
          </Button>
          {current && (
            <Button
              size="sm"
              variant="default"
              loading={confirming.isPending}
              onClick={() => confirming.mutate(current.generation)}
            >
              {t('recovery.have', { generation: current.generation })}
            </Button>
          )}
        </Group>
      </Stack>
      <RecoveryDialog opened={opened} onClose={() => setOpened(false)} />
    </Alert>
  );
}
