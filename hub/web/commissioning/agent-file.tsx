import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useReader } from '../frame/reader.tsx';
import { saveText } from '../frame/save-as.ts';
import { Failed } from '../frame/states.tsx';
import { bankFile } from '../link/requests.ts';

/** The bank file as the hub has it, for an agent of its own, which reads a copy of its own. */
export function AgentFile({ bank }: { readonly bank: string }) {
  const { t } = useReader();
  const loading = useMutation({
    mutationFn: () => bankFile(bank),
    onSuccess: ({ file }) => saveText(`${bank}.yaml`, file, 'application/yaml'),
  });
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h5">
          {t('commissioning.agentFile.title')}
        </Title>
        <Text size="sm">{t('commissioning.agentFile.what')}</Text>
        {loading.isError && <Failed error={loading.error} />}
        <Button
          variant="default"
          leftSection={<IconDownload size={18} />}
          loading={loading.isPending}
          onClick={() => loading.mutate()}
        >
          {t('commissioning.agentFile.get')}
        </Button>
      </Stack>
    </Paper>
  );
}
