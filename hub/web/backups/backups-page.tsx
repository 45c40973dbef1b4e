/** The building's backups: is there a good one, where do they lie, when are they made, and how one is put back. */
import type { BackupsView } from '@lockerhub/protocol/http/backup.ts';
import { Alert, Button, Loader, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconDatabaseOff, IconDeviceFloppy } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { useMay } from '../link/queries.ts';
import { PolicyItems } from '../policy/policy-items.tsx';
import { RecoveryNotice } from '../recovery/recovery-notice.tsx';
import { BackupList } from './backup-list.tsx';
import { LastBackup, Where } from './facts.tsx';
import { BACKUPS_KEY, backUpNow, useBackups } from './link.ts';
import { Restoring } from './restoring.tsx';
import { SizeChart } from './size-chart.tsx';

export function BackupsPage() {
  const { t } = useReader();
  const backups = useBackups();
  const view = backups.data;
  return (
    <Page title={t('backups.title')} what={t('backups.what')} actions={view && <BackUpNow view={view} />}>
      {backups.isPending && <Loading rows={3} height={72} />}
      {backups.isError && !view && <Failed error={backups.error} again={() => void backups.refetch()} />}
      {view && <Standing view={view} />}
    </Page>
  );
}

function BackUpNow({ view }: { readonly view: BackupsView }) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const may = useMay()('backup');
  const beginning = useMutation({
    mutationFn: backUpNow,
    onSuccess: (begun) => client.setQueryData(BACKUPS_KEY, begun),
  });
  const was = useRef(view.making);
  const [newest] = view.backups;
  useEffect(() => {
    if (was.current && !view.making && !view.failure && newest)
      say(t('backups.made', { size: formats.bytes(newest.bytes) }));
    was.current = view.making;
  }, [view.making, view.failure, newest, say, t, formats]);
  if (!may || view.folder === null) return null;
  return (
    <Button
      leftSection={<IconDeviceFloppy size={18} />}
      loading={beginning.isPending}
      disabled={view.making}
      onClick={() => beginning.mutate()}
    >
      {t('backups.now')}
    </Button>
  );
}

function Standing({ view }: { readonly view: BackupsView }) {
  const { t } = useReader();
  const mayMakeKey = useMay()('recovery');
  return (
    <Stack>
      {view.making && <Making progress={view.progress} />}
      {!view.making && <Trouble view={view} />}
      {mayMakeKey ? (
        <RecoveryNotice />
      ) : (
        !view.isKeyPrinted && <Alert color="yellow" icon={<IconAlertTriangle />} title={t('backups.noKey')} />
      )}
      {view.folder === null || view.place === null ? (
        <Nothing icon={<IconDatabaseOff />} title={t('backups.none')} what={t('backups.noneWhat')} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <LastBackup newest={view.backups[0]} />
          <Where folder={view.folder} place={view.place} newest={view.backups[0]} />
        </SimpleGrid>
      )}
      <SizeChart backups={view.backups} />
      <BackupList view={view} />
      <PolicyItems title={t('backups.policy')} only={(name) => name.startsWith('backup')} />
      {view.backups[0] && <Restoring file={view.backups[0].file} />}
    </Stack>
  );
}

/** Writing is most of it, opening the rest: as measured, about half and half. */
const OPENING_FROM = 50;

function Making({ progress }: { readonly progress: BackupsView['progress'] }) {
  const { t, formats } = useReader();
  const written = progress?.ofBytes ? Math.min(1, progress.bytes / progress.ofBytes) : null;
  const share =
    progress?.step === 'opening' ? OPENING_FROM : written === null ? null : written * OPENING_FROM;
  const words =
    progress?.step === 'opening'
      ? t('backups.opening')
      : t('backups.writing', { size: formats.bytes(progress?.bytes ?? 0) });
  return (
    <Alert title={words} role="status" icon={<Loader size="sm" />}>
      {share !== null && <Progress value={share} aria-label={words} mb="xs" />}
      <Text size="sm">{t('backups.goesOn')}</Text>
    </Alert>
  );
}

/** Why the last one was not made, in words, or that there is nowhere to make one. */
function Trouble({ view }: { readonly view: BackupsView }) {
  const { t, formats } = useReader();
  const { failure, place, folder } = view;
  const isAway = place !== null && !place.isThere;
  if (failure === null && !isAway) return null;
  const reason = isAway ? 'folder-missing' : (failure?.reason ?? 'other');
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t(`backups.fault.${reason}`)} role="alert">
      <Text size="sm">{t(`backups.todo.${reason}`, { folder: `\u2068${folder ?? ''}\u2069` })}</Text>
      {failure && (
        <Text size="xs" mt={4}>
          {t('backups.failedAt', { at: formats.moment(failure.at, Date.now()) })}{' '}
          <bdi dir="ltr">{failure.message}</bdi>
        </Text>
      )}
    </Alert>
  );
}
