/** A release file: chosen and sent, looked at by the updater, and what may be done with it. */
import type { UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { Alert, Button, FileButton, Group, Loader, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconFileUpload, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { BeginUpdate } from './begin-update.tsx';
import { sendRelease, UPDATES_KEY } from './link.ts';

type ReleaseView = NonNullable<UpdatesView['file']>;

interface ReleaseFileProps {
  readonly file: ReleaseView | null;
  readonly mayUpdate: boolean;
}

export function ReleaseFile({ file, mayUpdate }: ReleaseFileProps) {
  const { t } = useReader();
  const client = useQueryClient();
  const told = (view: UpdatesView) => client.setQueryData(UPDATES_KEY, view);
  const sending = useMutation({ mutationFn: (chosen: File) => sendRelease(chosen, told), onSuccess: told });
  if (!mayUpdate && !file) return null;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="release">
      <Stack gap="sm">
        <Title order={2} size="h4" id="release">
          {t('updates.release')}
        </Title>
        {file && <Looked file={file} isSending={sending.isPending} />}
        {sending.isError && <Failed error={sending.error} />}
        {file?.checked?.release && mayUpdate && (
          <BeginUpdate file={file.file} checked={file.checked} version={file.checked.release.version} />
        )}
        {mayUpdate && (
          <div>
            <FileButton accept=".tar" onChange={(chosen) => chosen && sending.mutate(chosen)}>
              {(props) => (
                <Button
                  {...props}
                  variant={file ? 'default' : 'filled'}
                  leftSection={<IconFileUpload size={18} />}
                  loading={sending.isPending}
                >
                  {t(file ? 'updates.chooseOther' : 'updates.choose')}
                </Button>
              )}
            </FileButton>
            <Text size="sm" c="dimmed" mt={4}>
              {t('updates.chooseWhat')}
            </Text>
          </div>
        )}
      </Stack>
    </Paper>
  );
}

function Looked({ file, isSending }: { readonly file: ReleaseView; readonly isSending: boolean }) {
  const { t, formats } = useReader();
  const { received, bytes, checked } = file;
  if (received < bytes) {
    const share = { received: formats.bytes(received), bytes: formats.bytes(bytes) };
    return (
      <div role="status">
        <Text size="sm">{t(isSending ? 'updates.sending' : 'updates.broken', share)}</Text>
        <Progress value={(100 * received) / bytes} mt={4} aria-label={t('updates.release')} />
      </div>
    );
  }
  if (checked === null) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        <Text size="sm">{t('updates.checking')}</Text>
      </Group>
    );
  }
  const { release, fault } = checked;
  return (
    <>
      {release && (
        <div>
          <Text fw={650}>
            <bdi dir="ltr">{release.version}</bdi>
          </Text>
          <Text size="sm" c="dimmed">
            {t('updates.made', { at: formats.exact(Date.parse(release.at)) })}{' '}
            <bdi dir="ltr">({release.commit.slice(0, 12)})</bdi>
          </Text>
        </div>
      )}
      {release && (
        <Group gap={6} wrap="nowrap">
          <IconShieldCheck size={18} aria-hidden />
          <Text size="sm">{t('updates.signed')}</Text>
        </Group>
      )}
      {fault && (
        <Alert
          color={fault.code === 'release-older' || fault.code === 'release-in-use' ? 'yellow' : 'red'}
          icon={<IconShieldX />}
          title={t(`updates.fault.${fault.code}`)}
          role="alert"
        >
          <Text size="xs">
            <bdi dir="ltr">{fault.message}</bdi>
          </Text>
        </Alert>
      )}
    </>
  );
}
