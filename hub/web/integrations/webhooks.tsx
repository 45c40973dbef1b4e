import type { WebhookSecret, WebhookView } from '@lockerhub/protocol/http/webhooks.ts';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { useWebhooks } from './link.ts';
import { WebhookCard } from './webhook-card.tsx';
import { SecretShown, WebhookForm } from './webhook-form.tsx';

/** The programs that the hub calls. */
export function Webhooks() {
  const { t } = useReader();
  const say = useSay();
  const list = useWebhooks();
  /** Null: a new one is asked for. */
  const [editing, setEditing] = useState<WebhookView | null | undefined>(undefined);
  const [made, setMade] = useState<WebhookSecret | null>(null);
  return (
    <section aria-labelledby="webhooks">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="webhooks">
          {t('integrations.webhooks')}
        </Title>
        <Button leftSection={<IconWebhook size={18} />} onClick={() => setEditing(null)}>
          {t('integrations.newWebhook')}
        </Button>
      </Group>
      <Text c="dimmed" mb="sm" maw={720}>
        {t('integrations.webhooksWhat')}
      </Text>
      {list.isPending && <Loading rows={2} height={72} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && <Nothing icon={<IconWebhook />} title={t('integrations.noWebhooks')} />}
      <Stack gap="sm">
        {list.data?.map((webhook) => (
          <WebhookCard
            key={webhook.webhook}
            webhook={webhook}
            onChange={() => setEditing(webhook)}
            onSecret={setMade}
          />
        ))}
      </Stack>
      {editing !== undefined && (
        <WebhookForm
          webhook={editing}
          onClose={() => setEditing(undefined)}
          onMade={setMade}
          onChanged={() => say(t('integrations.changed'))}
        />
      )}
      {made && <SecretShown made={made} onClose={() => setMade(null)} />}
    </section>
  );
}
