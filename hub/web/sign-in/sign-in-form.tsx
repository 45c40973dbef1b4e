import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { HubError } from '../link/hub-error.ts';
import { keys } from '../link/keys.ts';
import { signIn } from '../link/requests.ts';
import { Door } from './door.tsx';

export function SignInForm() {
  const { t, formats } = useReader();
  const client = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: () => signIn({ login, password }),
    onSuccess: (me) => client.setQueryData(keys.me, me),
    onError: () => setPassword(''),
  });
  const wrong = entering.error instanceof HubError && entering.error.status === 401;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <Door title={t('signIn.title')}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('signIn.login')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            data-autofocus
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('signIn.password')}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {entering.isError && (
            <Alert color="red" role="alert">
              {wrong ? t('signIn.wrong') : failureWords(t, formats, entering.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={entering.isPending}>
            {t('signIn.go')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
