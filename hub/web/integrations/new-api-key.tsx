import { type MadeApiKey, NewApiKey, SCOPES, type Scope } from '@lockerhub/protocol/http/api-keys.ts';
import { Checkbox, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { useTried } from '../frame/tried.ts';
import { LISTS, makeApiKey } from './link.ts';

const DAY_MS = 86_400_000;
/** How long a key may hold, in days; 0: until it is revoked. */
const LASTS = [0, 30, 90, 365] as const;

interface NewApiKeyProps {
  readonly onClose: () => void;
  readonly onMade: (made: MadeApiKey) => void;
}

/** Asks what a key is for, what it may do, and how long. */
export function AskForApiKey({ onClose, onMade }: NewApiKeyProps) {
  const { t } = useReader();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [days, setDays] = useState(0);
  const parsed = NewApiKey.safeParse({
    name,
    scopes,
    expiresAt: days === 0 ? null : Date.now() + days * DAY_MS,
  });
  const making = useMutation({
    mutationFn: makeApiKey,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: LISTS.apiKeys });
      onMade(made);
      onClose();
    },
  });
  const { isWrong, onSubmit } = useTried(parsed, making.mutate);
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('integrations.newKey')}
      what={t('integrations.newKeyWhat')}
      confirm={t('integrations.makeKey')}
      pending={making.isPending}
      error={making.error}
      onSubmit={onSubmit}
    >
      <TextInput
        label={t('integrations.keyName')}
        description={t('integrations.keyNameHint')}
        required
        autoComplete="off"
        data-autofocus
        value={name}
        error={isWrong('name') ? t('rule.required') : undefined}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Checkbox.Group
        label={t('integrations.may')}
        required
        value={[...scopes]}
        onChange={setScopes}
        error={isWrong('scopes') ? t('integrations.mayNothing') : undefined}
      >
        <Stack gap="xs" mt="xs">
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={t(`integrations.scope.${scopeKey(scope)}`)}
              description={<bdi>{scope}</bdi>}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <NativeSelect
        label={t('integrations.lasts')}
        value={String(days)}
        onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
        data={LASTS.map((each) => ({
          value: String(each),
          label: each === 0 ? t('integrations.lastsForever') : t('integrations.lastsDays', { days: each }),
        }))}
      />
    </FormDialog>
  );
}

/** A colon parts names in the language files. */
export function scopeKey<Name extends Scope>(scope: Name) {
  return scope.replace(':', '-') as Name extends `${infer What}:${infer How}` ? `${What}-${How}` : never;
}

interface ApiKeyShownProps {
  readonly made: MadeApiKey;
  readonly onClose: () => void;
}

/** The key: shown once. */
export function ApiKeyShown({ made, onClose }: ApiKeyShownProps) {
  const { t } = useReader();
  return (
    <ShownOnce
      title={t('integrations.keyMade', { name: made.apiKey.name })}
      kept={t('integrations.keyKept')}
      onClose={onClose}
    >
      <Text>{t('integrations.keyOnce')}</Text>
      <Secret label={t('integrations.key')} value={made.token} />
    </ShownOnce>
  );
}
