/** One's own account: who one is, where one is told by mail, a mail to try it, and the password. */
import { type OwnAccount, OwnAddress } from '@lockerhub/protocol/http/accounts.ts';
import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { setOwnAddress, testOwnAddress, useOwnAccount } from './link.ts';
import { NoMail } from './no-mail.tsx';
import { OwnPassword } from './own-password.tsx';

export function AccountPage() {
  const { t } = useReader();
  const own = useOwnAccount();
  return (
    <Page title={t('told.account')} what={t('told.accountWhat')}>
      {own.isPending && <Loading rows={2} height={96} />}
      {own.isError && !own.data && <Failed error={own.error} again={() => void own.refetch()} />}
      {own.data && (
        <Stack gap="sm">
          <Who own={own.data} />
          <Address key={own.data.email} own={own.data} />
          <OwnPassword login={own.data.login} />
        </Stack>
      )}
    </Page>
  );
}

function Who({ own }: { readonly own: OwnAccount }) {
  const { t } = useReader();
  return (
    <Paper withBorder p="md" component="section" aria-label={own.name}>
      <Title order={2} size="h5">
        {own.name}
      </Title>
      <Text size="sm" c="dimmed">
        <bdi>{own.login}</bdi> · {t(`account.role.${own.role}`)}
      </Text>
    </Paper>
  );
}

function Address({ own }: { readonly own: OwnAccount }) {
  const { t, formats, language } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [typed, setTyped] = useState(own.email ?? '');
  const [tried, setTried] = useState(false);
  const parsed = OwnAddress.safeParse({ email: typed.trim() || null, language });
  const saving = useMutation({
    mutationFn: setOwnAddress,
    onSuccess: (now) => {
      client.setQueryData(keys.ownAccount, now);
      void client.invalidateQueries({ queryKey: keys.accounts });
      say(t(now.email === null ? 'told.gone' : 'told.saved'));
    },
  });
  const fault = saving.error
    ? failureWords(t, formats, saving.error)
    : tried && !parsed.success
      ? t('rule.email')
      : undefined;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('told.title')}>
      <Title order={2} size="h5">
        {t('told.title')}
      </Title>
      <Stack gap="sm" mt={4}>
        <Text size="sm">{t('told.what')}</Text>
        {own.role !== 'manager' && <Text size="sm">{t('told.notYet')}</Text>}
        <NoMail own={own} />
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (parsed.success) saving.mutate(parsed.data);
          }}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              flex="1 1 16rem"
              maw={420}
              type="email"
              dir="ltr"
              autoComplete="email"
              label={t('told.address')}
              description={t('told.addressWhat')}
              value={typed}
              error={fault}
              onChange={({ currentTarget: { value } }) => setTyped(value)}
            />
            <Button type="submit" loading={saving.isPending}>
              {t('person.save')}
            </Button>
          </Group>
        </form>
        {own.email !== null && own.hasMail && <Try />}
      </Stack>
    </Paper>
  );
}

/** Sends a mail to the address that is saved, and says how it went. */
function Try() {
  const { t, formats } = useReader();
  const say = useSay();
  const testing = useMutation({
    mutationFn: testOwnAddress,
    onSuccess: ({ sent }) => {
      if (sent) say(t('channels.tested'));
    },
  });
  const fault = testing.error ? failureWords(t, formats, testing.error) : testing.data?.reason;
  return (
    <Group gap="sm">
      <Button
        variant="light"
        leftSection={<IconSend size={16} />}
        loading={testing.isPending}
        onClick={() => testing.mutate()}
      >
        {t('channels.test')}
      </Button>
      {fault && (
        <Text size="sm" c="red" role="alert">
          {fault}
        </Text>
      )}
    </Group>
  );
}
