import type { WebhookSecret, WebhookView } from '@lockerhub/protocol/http/webhooks.ts';
import { Alert, Badge, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed } from '../frame/states.tsx';
import { actOnWebhook, LISTS, newSecret, testWebhook } from './link.ts';

interface WebhookCardProps {
  readonly webhook: WebhookView;
  readonly onChange: () => void;
  readonly onSecret: (made: WebhookSecret) => void;
}

/** One program that is called: how it does, and what can be done. */
export function WebhookCard({ webhook, onChange, onSecret }: WebhookCardProps) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const { url, events, state, reason, behind, resting, oldSecretUntil } = webhook;
  const settled = (text: string) => {
    void client.invalidateQueries({ queryKey: LISTS.webhooks });
    say(text);
  };
  const testing = useMutation({
    mutationFn: () => testWebhook(webhook.webhook),
    onSuccess: ({ taken }) => {
      void client.invalidateQueries({ queryKey: LISTS.webhooks });
      if (taken) say(t('integrations.testTaken'));
    },
  });
  const again = useMutation({
    mutationFn: () => actOnWebhook(webhook.webhook, 'send-again'),
    onSuccess: () => settled(t('integrations.sendingAgain')),
  });
  const secret = () =>
    setAsked({
      title: t('integrations.secretAsk'),
      consequence: t('integrations.secretWhat'),
      confirm: t('integrations.newSecret'),
      act: async () => onSecret(await newSecret(webhook.webhook)),
      done: () => void client.invalidateQueries({ queryKey: LISTS.webhooks }),
    });
  const forget = () =>
    setAsked({
      title: t('integrations.forgetAsk'),
      consequence: t('integrations.forgetWhat', { number: resting.length }),
      confirm: t('integrations.forget'),
      dangerous: true,
      act: () => actOnWebhook(webhook.webhook, 'forget'),
      done: () => settled(t('integrations.forgotten')),
    });
  const remove = () =>
    setAsked({
      title: t('integrations.removeAsk'),
      consequence: t('integrations.removeWhat', { url }),
      confirm: t('integrations.remove'),
      dangerous: true,
      act: () => actOnWebhook(webhook.webhook, 'remove'),
      done: () => settled(t('integrations.removed')),
    });
  const isWell = state === 'ready';
  return (
    <Paper withBorder p="md" component="article" aria-label={url}>
      <Group gap="sm" wrap="nowrap" align="flex-start" justify="space-between">
        <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>
          <bdi dir="ltr">{url}</bdi>
        </Title>
        <Badge
          flex="none"
          color={isWell ? 'green' : 'red'}
          variant="light"
          leftSection={isWell ? <IconCheck size={12} /> : <IconAlertTriangle size={12} />}
        >
          {t(`integrations.state.${state}`)}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {[
          ...events.map((event) => t(`integrations.event.${event}`)),
          ...(webhook.personal ? [t('integrations.personal')] : []),
        ].join(' · ')}
      </Text>
      {oldSecretUntil !== null && (
        <Text size="sm">{t('integrations.oldSecret', { when: formats.exact(oldSecretUntil) })}</Text>
      )}
      {state === 'failing' && (
        <Text size="sm">
          {t('integrations.failsBecause', { reason: reason ?? '' })}{' '}
          {t('integrations.behind', { number: behind })}
        </Text>
      )}
      {state === 'full' && <Text size="sm">{t('integrations.fullWhat')}</Text>}
      {state === 'unreadable' && <Text size="sm">{t('integrations.unreadableWhat')}</Text>}
      {resting.length > 0 && (
        <Alert color="orange" mt="xs" title={t('integrations.resting', { number: resting.length })}>
          <Group gap="xs">
            <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
              {t('integrations.sendAgain')}
            </Button>
            <Button size="xs" variant="default" onClick={forget}>
              {t('integrations.forget')}
            </Button>
          </Group>
        </Alert>
      )}
      <Group gap="xs" mt="sm">
        <Button size="xs" variant="default" loading={testing.isPending} onClick={() => testing.mutate()}>
          {t('integrations.test')}
        </Button>
        <Button size="xs" variant="default" onClick={onChange}>
          {t('integrations.change')}
        </Button>
        <Button size="xs" variant="default" onClick={secret}>
          {t('integrations.newSecret')}
        </Button>
        <Button size="xs" variant="default" onClick={remove}>
          {t('integrations.remove')}
        </Button>
      </Group>
      {testing.data?.taken === false && (
        <Alert color="red" mt="sm" role="alert" icon={<IconAlertTriangle />}>
          {t('integrations.testFailed', { reason: testing.data.reason ?? '' })}
        </Alert>
      )}
      {testing.isError && <Failed error={testing.error} />}
      {again.isError && <Failed error={again.error} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
