import { ChannelName } from '@lockerhub/protocol/http/messages.ts';
import type { MessageView } from '@lockerhub/protocol/http/staff.ts';
import { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import {
  IconCheck,
  IconChecks,
  IconClock,
  IconEye,
  IconMail,
  IconMailOff,
  IconSend,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useMay, useOutbox } from '../link/queries.ts';
import { revealMessage } from '../link/requests.ts';

const SIGNS = {
  queued: [IconClock, 'gray'],
  sent: [IconCheck, 'pine'],
  delivered: [IconChecks, 'pine'],
  void: [IconMailOff, 'gray'],
  failed: [IconMailOff, 'red'],
} as const;

/** What residents were told. */
export function OutboxPage() {
  const { t } = useReader();
  const list = useOutbox();
  return (
    <Page
      title={t('outbox.title')}
      what={t('outbox.what')}
      actions={
        <Button component={Link} to="/channels" variant="default" leftSection={<IconSend size={18} />}>
          {t('channels.title')}
        </Button>
      }
    >
      {list.isPending && <Loading rows={4} height={120} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.rows?.length === 0 && (
        <Nothing icon={<IconMail />} title={t('outbox.none')} what={t('outbox.noneWhat')} />
      )}
      <Stack gap="sm" component="ul" m={0} p={0}>
        {list.rows?.map((message) => (
          <Message key={message.message} message={message} />
        ))}
      </Stack>
      <ListEnd list={list} />
    </Page>
  );
}

const KINDS = MessageKind.options;

/** A channel in words; a name of newer software as it is. */
function channelName(t: ReturnType<typeof useReader>['t'], channel: string): string {
  if (channel === 'outbox') return t('channels.name.outbox');
  const known = ChannelName.safeParse(channel);
  return known.success ? t(`channels.name.${known.data}`) : channel;
}

function Message({ message }: { readonly message: MessageView }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const say = useSay();
  const may = useMay();
  const [asked, setAsked] = useState<Question | null>(null);
  const [revealed, setRevealed] = useState<string | null>(null);
  const who = [message.unitName, message.residentName].filter(Boolean).join(' · ');
  const kind = KINDS.find((each) => each === message.kind);
  const [Icon, color] = SIGNS[message.state];
  const atMs = message.sentAt ?? message.queuedAt;
  const ask = () =>
    setAsked({
      title: t('outbox.revealAsk'),
      consequence: t('outbox.revealWhat', { who }),
      confirm: t('outbox.reveal'),
      act: async () => setRevealed((await revealMessage(message.message)).text),
      done: () => say(t('outbox.revealed')),
    });
  return (
    <Paper withBorder p="md" component="li">
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Title order={2} size="h6">
            {who}
          </Title>
          <Text size="sm" c="dimmed">
            {[
              kind ? t(`outbox.kind.${kind}`) : message.kind,
              formats.moment(atMs, nowMs),
              message.channel && t('outbox.by', { channel: channelName(t, message.channel) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </div>
        <Badge variant="light" color={color} leftSection={<Icon size={13} aria-hidden />}>
          {t(`outbox.state.${message.state}`)}
        </Badge>
      </Group>
      {message.reason && (
        <Text size="sm" c="red" mt="xs">
          {message.reason}
        </Text>
      )}
      <Text
        component="pre"
        ff="inherit"
        mt="sm"
        mb={0}
        dir="auto"
        aria-label={t('outbox.text', { who })}
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
      >
        {revealed ?? message.text}
      </Text>
      {may('reveal') && revealed === null && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          leftSection={<IconEye size={16} />}
          onClick={ask}
          aria-label={`${t('outbox.reveal')}: ${who}`}
        >
          {t('outbox.reveal')}
        </Button>
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
