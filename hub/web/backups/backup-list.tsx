import type { BackupsView, BackupView } from '@lockerhub/protocol/http/backup.ts';
import { Badge, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';

const COLOR: Readonly<Record<BackupView['keptAs'], string>> = {
  newest: 'pine',
  day: 'pine',
  week: 'pine',
  month: 'pine',
  goes: 'gray',
};

/** All that there are, and what the policy makes of each. */
export function BackupList({ view }: { readonly view: BackupsView }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const { backups, unreadable } = view;
  if (backups.length + unreadable.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5">
        {t('backups.all')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('backups.allWhat')}
      </Text>
      <List
        listStyleType="none"
        spacing="sm"
        styles={{ itemWrapper: { width: '100%' }, itemLabel: { width: '100%' } }}
      >
        {backups.map((backup) => (
          <List.Item key={backup.file}>
            <Group justify="space-between" gap="xs" align="flex-start">
              <Stack gap={0} flex="1 1 12rem" miw={0}>
                <Text fw={600}>{formats.moment(backup.madeAt, nowMs)}</Text>
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  <bdi dir="ltr">{nameOf(backup.file)}</bdi>
                </Text>
              </Stack>
              <Group gap="xs">
                {backup.isOfFormerKey && (
                  <Badge color="yellow" variant="light">
                    {t('backups.formerKey')}
                  </Badge>
                )}
                <Badge color={COLOR[backup.keptAs]} variant="light">
                  {t(`backups.kept.${backup.keptAs}`)}
                </Badge>
                <Text size="sm">{formats.bytes(backup.bytes)}</Text>
              </Group>
            </Group>
          </List.Item>
        ))}
      </List>
      {unreadable.length > 0 && (
        <Text size="sm" mt="sm">
          {t('backups.unreadable', {
            files: formats.list(unreadable.map((file) => `\u2068${nameOf(file)}\u2069`)),
          })}
        </Text>
      )}
    </Paper>
  );
}

const nameOf = (file: string) => file.split('/').at(-1) ?? file;
