import type { ChannelsView, ChannelView } from '@lockerhub/protocol/http/messages.ts';
import { Alert, Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { keys } from '../link/keys.ts';
import { useMay } from '../link/queries.ts';
import { channels, setReceiptsAt } from '../link/requests.ts';
import { ChannelForm } from './channel-form.tsx';
import { SendTest } from './send-test.tsx';

/** How messages to residents go out. */
export function ChannelsPage() {
  const { t } = useReader();
  const view = useQuery({ queryKey: keys.channels, queryFn: ({ signal }) => channels(signal) });
  return (
    <Page title={t('channels.title')} what={t('channels.what')}>
      {view.isPending && <Loading rows={3} height={140} />}
      {view.isError && <Failed error={view.error} again={() => void view.refetch()} />}
      <Stack gap="sm">
        {view.data?.channels.map((each) => (
          <Channel key={each.channel} view={each} />
        ))}
        {view.data && <Receipts view={view.data} />}
      </Stack>
    </Page>
  );
}

const SIGNS = {
  none: [IconMinus, 'gray'],
  ready: [IconCheck, 'pine'],
  start: [IconCheck, 'pine'],
  unreadable: [IconAlertTriangle, 'red'],
} as const;

function Channel({ view }: { readonly view: ChannelView }) {
  const { t, formats } = useReader();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const nowMs = useHubNow();
  const { channel, settings, state, trouble, testedAt } = view;
  const [Icon, color] = SIGNS[state];
  const name = t(`channels.name.${channel}`);
  const where = settings && (settings.kind === 'smtp' ? settings.host : whereOf(settings));
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h5">
          {name}
        </Title>
        <Badge variant="light" color={color} leftSection={<Icon size={13} aria-hidden />}>
          {t(`channels.state.${state}`)}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {where ? <bdi>{where}</bdi> : t(`channels.about.${channel}`)}
      </Text>
      {testedAt !== null && (
        <Text size="sm" c="dimmed">
          {t('channels.testedAt', { when: formats.moment(testedAt, nowMs) })}
        </Text>
      )}
      {trouble && (
        <Alert mt="sm" color="red" icon={<IconAlertTriangle />} title={t('channels.trouble')}>
          {trouble}
        </Alert>
      )}
      {may('channels') && (
        <Group mt="md" align="flex-end" gap="sm">
          <Button
            variant="default"
            onClick={() => setEditing(true)}
            aria-label={`${t('channels.set')}: ${name}`}
          >
            {t('channels.set')}
          </Button>
          {(state === 'ready' || state === 'start') && <SendTest channel={channel} name={name} />}
        </Group>
      )}
      {editing && <ChannelForm view={view} name={name} onClose={() => setEditing(false)} />}
    </Paper>
  );
}

function whereOf(settings: { readonly apiUrl: string } | { readonly url: string }): string {
  return 'apiUrl' in settings ? settings.apiUrl : settings.url;
}

function Receipts({ view }: { readonly view: ChannelsView }) {
  const { t, formats } = useReader();
  const say = useSay();
  const may = useMay();
  const client = useQueryClient();
  const [address, setAddress] = useState(view.receiptsAt ?? '');
  const saving = useMutation({
    mutationFn: () => setReceiptsAt(address.trim() || null),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.channels });
      say(t('channels.receiptsSaved'));
    },
  });
  if (!may('channels')) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('channels.receipts')}>
      <Title order={2} size="h5">
        {t('channels.receipts')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('channels.receiptsWhat')}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Group mt="sm" align="flex-end" gap="sm">
          <TextInput
            flex="1 1 16rem"
            maw={420}
            dir="ltr"
            label={t('channels.receiptsAt')}
            placeholder="https://lockers.example.org"
            value={address}
            error={saving.error && failureWords(t, formats, saving.error)}
            onChange={({ currentTarget: { value } }) => setAddress(value)}
          />
          <Button type="submit" variant="default" loading={saving.isPending}>
            {t('channels.save')}
          </Button>
        </Group>
      </form>
    </Paper>
  );
}
