import { Button, Code, CopyButton, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';

/** As `deploy/README.md` says it: the file is copied first, for a stick knows other users than this machine. */
export function restoreCommands(file: string): string {
  return [
    'sudo systemctl stop lockerhub-hub',
    'sudo mv /var/lib/lockerhub/hub /var/lib/lockerhub/hub-before',
    'sudo install -d -o lockerhub -g lockerhub -m 700 /var/lib/lockerhub/hub',
    `sudo install -o lockerhub -m 600 ${quoted(file)} /var/lib/lockerhub/restore.backup`,
    'sudo lockerhub restore /var/lib/lockerhub/restore.backup --data /var/lib/lockerhub/hub',
    'sudo systemctl start lockerhub-hub',
  ].join('\n');
}

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

/** A restore is for somebody who stands at the box, with the paper: how. */
export function Restoring({ file }: { readonly file: string }) {
  const { t } = useReader();
  const commands = restoreCommands(file);
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h5">
          {t('backups.restore')}
        </Title>
        <Text size="sm">{t('backups.restoreWhat')}</Text>
        <Code block dir="ltr" w="100%" tabIndex={0} aria-label={t('backups.restore')}>
          {commands}
        </Code>
        {window.isSecureContext && (
          <CopyButton value={commands}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                onClick={copy}
              >
                {copied ? t('act.copied') : t('act.copy')}
              </Button>
            )}
          </CopyButton>
        )}
        <Text size="sm" c="dimmed">
          {t('backups.restoreAfter')}
        </Text>
      </Stack>
    </Paper>
  );
}
