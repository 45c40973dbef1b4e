import type { ApiKeyView, MadeApiKey } from '@lockerhub/protocol/http/api-keys.ts';
import { Badge, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { LISTS, revokeApiKey, useApiKeys } from './link.ts';
import { ApiKeyShown, AskForApiKey, scopeKey } from './new-api-key.tsx';

/** The keys by which programs ask the hub. */
export function ApiKeys() {
  const { t } = useReader();
  const list = useApiKeys();
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<MadeApiKey | null>(null);
  return (
    <section aria-labelledby="api-keys">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="api-keys">
          {t('integrations.keys')}
        </Title>
        <Button leftSection={<IconKey size={18} />} onClick={() => setAsking(true)}>
          {t('integrations.newKey')}
        </Button>
      </Group>
      {list.isPending && <Loading rows={2} height={72} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <Nothing icon={<IconKey />} title={t('integrations.noKeys')} what={t('integrations.noKeysWhat')} />
      )}
      <Stack gap="sm">
        {list.data?.map((apiKey) => (
          <Key key={apiKey.key} apiKey={apiKey} />
        ))}
      </Stack>
      {asking && <AskForApiKey onClose={() => setAsking(false)} onMade={setMade} />}
      {made && <ApiKeyShown made={made} onClose={() => setMade(null)} />}
    </section>
  );
}

function Key({ apiKey }: { readonly apiKey: ApiKeyView }) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const { key, name, prefix, scopes, lastUsedAt, expiresAt } = apiKey;
  const revoke = () =>
    setAsked({
      title: t('integrations.revokeAsk', { name }),
      consequence: t('integrations.revokeWhat'),
      confirm: t('integrations.revoke'),
      dangerous: true,
      act: () => revokeApiKey(key),
      done: () => {
        void client.invalidateQueries({ queryKey: LISTS.apiKeys });
        say(t('integrations.revoked', { name }));
      },
    });
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={3} size="h5">
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            <Code dir="ltr">{prefix}…</Code> ·{' '}
            {lastUsedAt === null
              ? t('integrations.neverUsed')
              : t('integrations.lastUsed', { when: formats.exact(lastUsedAt) })}
          </Text>
          {expiresAt !== null && (
            <Text size="sm" c="dimmed">
              {t('integrations.endsAt', { when: formats.exact(expiresAt) })}
            </Text>
          )}
          <Group gap={6} mt={6}>
            {scopes.map((scope) => (
              <Badge key={scope} variant="outline" tt="none">
                {t(`integrations.scope.${scopeKey(scope)}`)}
              </Badge>
            ))}
          </Group>
        </div>
        <Button
          size="xs"
          variant="default"
          aria-label={`${t('integrations.revoke')}: ${name}`}
          onClick={revoke}
        >
          {t('integrations.revoke')}
        </Button>
      </Group>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
