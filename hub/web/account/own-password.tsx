/** Another password of one's own: the present one is asked too. */
import { Password } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { PasswordField } from '../frame/credentials.tsx';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { isSignedOut } from '../link/hub-error.ts';
import { changePassword } from './link.ts';

const EMPTY = { present: '', next: '', repeat: '' };

/** @param login by it the browser knows whose password it keeps */
export function OwnPassword({ login }: { readonly login: string }) {
  const { t, formats } = useReader();
  const say = useSay();
  const [tried, setTried] = useState(false);
  const [{ present, next, repeat }, setDraft] = useState(EMPTY);
  const unfit = !Password.safeParse(next).success;
  const changing = useMutation({
    mutationFn: () => changePassword({ present, next }),
    onSuccess: () => {
      setDraft(EMPTY);
      setTried(false);
      say(t('ownPassword.done'));
    },
    onError: () => setDraft((draft) => ({ ...draft, present: '' })),
  });
  const field = (name: keyof typeof EMPTY) => (value: string) => {
    if (changing.isError) changing.reset();
    setDraft((draft) => ({ ...draft, [name]: value }));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (present !== '' && !unfit && next === repeat) changing.mutate();
  };
  const isWrong = isSignedOut(changing.error);
  return (
    <Paper withBorder p="md" component="section" aria-label={t('ownPassword.title')}>
      <Title order={2} size="h5">
        {t('ownPassword.title')}
      </Title>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" mt={4} maw={420}>
          <Text size="sm">{t('ownPassword.what')}</Text>
          <input type="text" autoComplete="username" value={login} readOnly hidden />
          <PasswordField
            label={t('ownPassword.present')}
            value={present}
            error={wrongness(
              isWrong ? t('ownPassword.wrong') : tried && present === '' && t('rule.required'),
            )}
            onChange={field('present')}
          />
          <PasswordField
            fresh
            label={t('ownPassword.next')}
            description={t('rule.password')}
            value={next}
            error={wrongness(tried && unfit && t(next.length > 200 ? 'rule.tooLong' : 'rule.password'))}
            onChange={field('next')}
          />
          <PasswordField
            fresh
            label={t('staff.repeat')}
            value={repeat}
            error={wrongness(tried && next !== repeat && t('rule.repeat'))}
            onChange={field('repeat')}
          />
          {changing.isError && !isWrong && (
            <Alert color="red" role="alert">
              {failureWords(t, formats, changing.error)}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={changing.isPending}>
              {t('ownPassword.change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

const wrongness = (said: string | false) => (said === false ? undefined : said);
