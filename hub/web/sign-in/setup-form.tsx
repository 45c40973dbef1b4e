import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import {
  Alert,
  Button,
  Fieldset,
  NativeSelect,
  PasswordInput,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Door } from '../frame/door.tsx';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { keys } from '../link/keys.ts';
import { setUp } from '../link/requests.ts';
import { RecoveryKey } from '../recovery/recovery-key.tsx';
import { faultsOf, type SetupDraft, setupOf, slugOf } from './setup-draft.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const browserZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The first visit to an empty building. */
export function SetupForm() {
  const { t, formats, language } = useReader();
  const client = useQueryClient();
  const [tried, setTried] = useState(false);
  const [ownSlug, setOwnSlug] = useState(false);
  const [draft, setDraft] = useState<SetupDraft>({
    name: '',
    building: '',
    timeZone: browserZone(),
    language,
    login: '',
    password: '',
    repeat: '',
    email: '',
  });
  const faults = faultsOf(draft);
  const fault = (field: keyof SetupDraft) => {
    const rule = tried ? faults[field] : undefined;
    return rule && t(`rule.${rule}`);
  };
  const change = (part: Partial<SetupDraft>) => setDraft((before) => ({ ...before, ...part }));
  const text = (field: 'login' | 'password' | 'repeat' | 'email') => ({
    value: draft[field],
    error: fault(field),
    onChange: (event: { readonly currentTarget: HTMLInputElement }) =>
      change({ [field]: event.currentTarget.value }),
  });
  const creating = useMutation({
    mutationFn: () => setUp(setupOf(draft)),
  });
  const enter = () => {
    client.setQueryData(keys.me, creating.data);
    client.setQueryData(keys.setup, { needed: false });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0) creating.mutate();
  };
  if (creating.isSuccess) {
    return (
      <Door title={t('recovery.title')} wide>
        <RecoveryKey building={draft.name.trim()} onDone={enter} onLater={enter} />
      </Door>
    );
  }
  return (
    <Door title={t('setup.title')} what={t('setup.what')} wide>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Fieldset legend={t('setup.building')}>
            <Stack gap="sm">
              <TextInput
                label={t('setup.name')}
                description={t('setup.nameHint')}
                required
                value={draft.name}
                error={fault('name')}
                onChange={({ currentTarget: { value } }) =>
                  change({ name: value, ...(ownSlug ? {} : { building: slugOf(value) }) })
                }
              />
              <TextInput
                label={t('setup.slug')}
                description={t('setup.slugHint')}
                required
                dir="ltr"
                value={draft.building}
                error={fault('building')}
                onChange={({ currentTarget: { value } }) => {
                  setOwnSlug(value !== '');
                  change({ building: value });
                }}
              />
              <Select
                label={t('setup.timeZone')}
                required
                searchable
                limit={80}
                data={ZONES.includes(draft.timeZone) ? ZONES : [draft.timeZone, ...ZONES]}
                value={draft.timeZone}
                error={fault('timeZone')}
                onChange={(zone) => change({ timeZone: zone ?? '' })}
              />
              <NativeSelect
                label={t('setup.language')}
                data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
                value={draft.language}
                onChange={({ currentTarget: { value } }) => change({ language: value })}
              />
            </Stack>
          </Fieldset>
          <Fieldset legend={t('setup.you')}>
            <Stack gap="sm">
              <TextInput
                label={t('setup.login')}
                description={t('setup.loginHint')}
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                required
                {...text('login')}
              />
              <PasswordInput
                label={t('setup.password')}
                description={t('setup.passwordHint')}
                autoComplete="new-password"
                required
                {...text('password')}
              />
              <PasswordInput
                label={t('setup.repeat')}
                autoComplete="new-password"
                required
                {...text('repeat')}
              />
              <TextInput
                label={t('setup.email')}
                description={t('setup.emailHint')}
                type="email"
                dir="ltr"
                autoComplete="email"
                {...text('email')}
              />
            </Stack>
          </Fieldset>
          {creating.isError && (
            <Alert color="red" role="alert" title={t('act.failed')}>
              {failureWords(t, formats, creating.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={creating.isPending}>
            {t('setup.go')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
