import { Password } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { PasswordField } from '../frame/credentials.tsx';
import { Door } from '../frame/door.tsx';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { takeInvitation } from '../link/requests.ts';

/** Who was invited sets their own password; then they sign in with it. */
export function InvitationForm({ token, onDone }: { readonly token: string; readonly onDone: () => void }) {
  const { t, formats } = useReader();
  const [tried, setTried] = useState(false);
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const short = !Password.safeParse(password).success;
  const taking = useMutation({ mutationFn: () => takeInvitation(token, password), onSuccess: onDone });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!short && password === repeated) taking.mutate();
  };
  return (
    <Door title={t('staff.welcome')} what={t('staff.welcomeWhat')}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <PasswordField
            fresh
            label={t('signIn.password')}
            description={t('rule.password')}
            data-autofocus
            value={password}
            error={tried && short ? t('rule.password') : undefined}
            onChange={setPassword}
          />
          <PasswordField
            fresh
            label={t('staff.repeat')}
            value={repeated}
            error={tried && password !== repeated ? t('rule.repeat') : undefined}
            onChange={setRepeated}
          />
          {taking.isError && (
            <Alert color="red" role="alert">
              {failureWords(t, formats, taking.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={taking.isPending}>
            {t('staff.setPassword')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
