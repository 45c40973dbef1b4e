import type { BackupsView, BackupView } from '@lockerhub/protocol/http/backup.ts';
import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';

/** The newest that there is: each was opened before it got its name. */
export function LastBackup({ newest }: { readonly newest: BackupView | undefined }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  return (
    <Fact
      label={t('backups.last')}
      value={newest ? formats.ago(newest.madeAt, nowMs) : t('backups.never')}
      badge={
        newest && (
          <Badge color="pine" variant="light" leftSection={<IconCheck size={12} aria-hidden />}>
            {t('backups.opened')}
          </Badge>
        )
      }
    >
      {newest &&
        t('backups.lastMore', {
          at: formats.moment(newest.madeAt, nowMs),
          size: formats.bytes(newest.bytes),
        })}
    </Fact>
  );
}

interface WhereProps {
  readonly folder: string;
  readonly place: NonNullable<BackupsView['place']>;
  readonly newest: BackupView | undefined;
}

/** Where they go, and whether that would outlive the hub's own disk. */
export function Where({ folder, place, newest }: WhereProps) {
  const { t, formats } = useReader();
  const { isThere, freeBytes, isSameDisk } = place;
  const fits = freeBytes !== null && newest && newest.bytes > 0 ? Math.floor(freeBytes / newest.bytes) : null;
  return (
    <Fact
      label={t('backups.where')}
      value={
        !isThere ? (
          <Group gap={6}>
            <IconPlugConnectedX size={20} aria-hidden />
            {t('backups.away')}
          </Group>
        ) : (
          t('backups.free', { size: formats.bytes(freeBytes ?? 0) })
        )
      }
      badge={
        isThere && (
          <Badge color={isSameDisk ? 'yellow' : 'pine'} variant="light">
            {t(isSameDisk ? 'backups.sameDisk' : 'backups.otherDisk')}
          </Badge>
        )
      }
    >
      <bdi dir="ltr">{folder}</bdi>
      {isThere && fits !== null && <> · {t('backups.fits', { count: fits })}</>}
      {isThere && isSameDisk && <Text size="sm">{t('backups.sameDiskWhat')}</Text>}
    </Fact>
  );
}

interface FactProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly badge: ReactNode;
  readonly children: ReactNode;
}

function Fact({ label, value, badge, children }: FactProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={label}>
      <Stack gap={4}>
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          {badge}
        </Group>
        <Title order={2} size="h3">
          {value}
        </Title>
        <Text size="sm" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
          {children}
        </Text>
      </Stack>
    </Paper>
  );
}
