import { Alert, Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { isSignedOut } from '../link/hub-error.ts';
import { LoginField, PasswordField } from './credentials.tsx';
import { Door } from './door.tsx';
import { failureWords } from './failure.ts';
import { useReader } from './reader.tsx';

interface SignInFormProps<Me> {
  signIn(said: { readonly login: string; readonly password: string }): Promise<Me>;
  onSignedIn(me: Me): void;
}

/** Name and password, for whoever is not signed in. */
export function SignInForm<Me>({ signIn, onSignedIn }: SignInFormProps<Me>) {
  const { t, formats } = useReader();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: () => signIn({ login, password }),
    onSuccess: onSignedIn,
    onError: () => setPassword(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <Door title={t('signIn.title')}>
      <form onSubmit={submit}>
        <Stack>
          <LoginField label={t('signIn.login')} data-autofocus value={login} onChange={setLogin} />
          <PasswordField label={t('signIn.password')} value={password} onChange={setPassword} />
          {entering.isError && (
            <Alert color="red" role="alert">
              {isSignedOut(entering.error) ? t('signIn.wrong') : failureWords(t, formats, entering.error)}
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
