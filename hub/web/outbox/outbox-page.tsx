import type { MessageView } from '@lockerhub/protocol/http/staff.ts';
import { MessageKind } from '@lockerhub/protocol/log/payload.ts';
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconClock, IconEye, IconMail, IconMailOff } from '@tabler/icons-react';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { Page } from '../frame/page.tsx';
import { useHubNow, useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { useMay, useOutbox } from '../link/queries.ts';
import { revealMessage } from '../link/requests.ts';

const SIGNS = {
  queued: [IconClock, 'gray'],
  sent: [IconCheck, 'pine'],
  failed: [IconMailOff, 'red'],
} as const;

/** What residents were told. */
export function OutboxPage() {
  const { t } = useReader();
  const list = useOutbox();
  return (
    <Page title={t('outbox.title')} what={t('outbox.what')}>
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
              message.channel && t('outbox.by', { channel: message.channel }),
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
