import {
  WEBHOOK_EVENTS,
  type WebhookSecret,
  WebhookSettings,
  type WebhookView,
} from '@lockerhub/protocol/http/webhooks.ts';
import { Checkbox, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { useTried } from '../frame/tried.ts';
import { changeWebhook, LISTS, makeWebhook } from './link.ts';

interface WebhookFormProps {
  /** Null: a new one. */
  readonly webhook: WebhookView | null;
  readonly onClose: () => void;
  /** A new one was made, and this is its secret. */
  readonly onMade: (made: WebhookSecret) => void;
  readonly onChanged: () => void;
}

/** Asks which program is called, and of what. */
export function WebhookForm({ webhook, onClose, onMade, onChanged }: WebhookFormProps) {
  const { t } = useReader();
  const client = useQueryClient();
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [within, setWithin] = useState(webhook?.network === 'building');
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? ['deliveries']);
  const [personal, setPersonal] = useState(webhook?.personal ?? false);
  const network = within ? 'building' : 'internet';
  const parsed = WebhookSettings.safeParse({ url: url.trim(), network, events, personal });
  const saving = useMutation({
    mutationFn: async (settings: WebhookSettings) => {
      if (webhook === null) onMade(await makeWebhook(settings));
      else await changeWebhook(webhook.webhook, settings);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: LISTS.webhooks });
      if (webhook !== null) onChanged();
      onClose();
    },
  });
  const { isWrong, onSubmit } = useTried(parsed, saving.mutate);
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t(webhook === null ? 'integrations.newWebhook' : 'integrations.changeWebhook')}
      what={t('integrations.newWebhookWhat')}
      confirm={t(webhook === null ? 'integrations.makeWebhook' : 'integrations.change')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={onSubmit}
    >
      <TextInput
        label={t('integrations.url')}
        description={t('integrations.urlHint')}
        required
        dir="ltr"
        type="url"
        autoComplete="off"
        data-autofocus
        value={url}
        error={isWrong('url') ? t('integrations.urlWrong') : undefined}
        onChange={({ currentTarget }) => setUrl(currentTarget.value)}
      />
      <Switch
        label={t('integrations.within')}
        description={t('integrations.withinHint')}
        checked={within}
        onChange={({ currentTarget }) => setWithin(currentTarget.checked)}
      />
      <Checkbox.Group
        label={t('integrations.told')}
        required
        value={[...events]}
        onChange={setEvents}
        error={isWrong('events') ? t('integrations.toldNothing') : undefined}
      >
        <Stack gap="xs" mt="xs">
          {WEBHOOK_EVENTS.map((event) => (
            <Checkbox key={event} value={event} label={t(`integrations.event.${event}`)} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Switch
        label={t('integrations.personal')}
        description={t('integrations.personalHint')}
        checked={personal}
        onChange={({ currentTarget }) => setPersonal(currentTarget.checked)}
      />
    </FormDialog>
  );
}

interface SecretShownProps {
  readonly made: WebhookSecret;
  readonly onClose: () => void;
}

/** The secret that signs: shown once. */
export function SecretShown({ made, onClose }: SecretShownProps) {
  const { t } = useReader();
  return (
    <ShownOnce title={t('integrations.secret')} kept={t('integrations.keyKept')} onClose={onClose}>
      <Text style={{ overflowWrap: 'anywhere' }}>
        {t('integrations.secretFor', { url: made.webhook.url })}
      </Text>
      <Text>{t('integrations.secretOnce')}</Text>
      <Secret label={t('integrations.secret')} value={made.secret} />
    </ShownOnce>
  );
}
