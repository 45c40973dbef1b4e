import type { AccountView, Invitation } from '@lockerhub/protocol/http/accounts.ts';
import { Alert, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconMailOff, IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useOwnAccount } from '../account/link.ts';
import { NoMail } from '../account/no-mail.tsx';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useAccounts, useMe } from '../link/queries.ts';
import { changeAccount, inviteAgain } from '../link/requests.ts';
import { AddressDialog } from './address-dialog.tsx';
import { InvitationShown, InviteStaff } from './invite-staff.tsx';
import { KnownCodes } from './known-codes.tsx';

/** Who works here: invitations, roles, and an end. */
export function StaffPage() {
  const { t } = useReader();
  const list = useAccounts();
  const [inviting, setInviting] = useState(false);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [leaving, setLeaving] = useState<AccountView | null>(null);
  return (
    <Page
      title={t('staff.title')}
      what={t('staff.what')}
      actions={
        <Button leftSection={<IconUserPlus size={18} />} onClick={() => setInviting(true)}>
          {t('staff.invite')}
        </Button>
      }
    >
      {list.isPending && <Loading rows={3} height={72} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      <Stack gap="sm">
        {list.data && <Told accounts={list.data} />}
        {list.data?.map((account) => (
          <Account
            key={account.staff}
            account={account}
            onInvitation={setInvitation}
            onCodes={() => setLeaving(account)}
          />
        ))}
      </Stack>
      {inviting && <InviteStaff onClose={() => setInviting(false)} onInvited={setInvitation} />}
      {invitation && <InvitationShown invitation={invitation} onClose={() => setInvitation(null)} />}
      {leaving && <KnownCodes account={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

/** Whether anybody hears by mail of what only managers can mend. */
function Told({ accounts }: { readonly accounts: readonly AccountView[] }) {
  const { t } = useReader();
  const own = useOwnAccount().data;
  const told = accounts.some(
    ({ role, disabled, email }) => role === 'manager' && !disabled && email !== null,
  );
  if (!own) return null;
  if (!own.hasMail || told) return <NoMail own={own} />;
  return (
    <Alert color="yellow" icon={<IconMailOff />} title={t('staff.nobodyTold')}>
      <Text size="sm">{t('told.what')}</Text>
    </Alert>
  );
}

interface AccountProps {
  readonly account: AccountView;
  readonly onInvitation: (invitation: Invitation) => void;
  readonly onCodes: () => void;
}

function Account({ account, onInvitation, onCodes }: AccountProps) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const isMe = useMe(true).data?.staff === account.staff;
  const [asked, setAsked] = useState<Question | null>(null);
  const [addressing, setAddressing] = useState(false);
  const { name, staff, disabled, email, role } = account;
  const settled = (text: string) => {
    void client.invalidateQueries({ queryKey: keys.accounts });
    say(text);
  };
  const enabling = useMutation({
    mutationFn: () => changeAccount(staff, { disabled: false }),
    onSuccess: () => settled(t('staff.enabled', { name })),
  });
  const disable = () =>
    setAsked({
      title: t('staff.disableAsk', { name }),
      consequence: t('staff.disableWhat'),
      confirm: t('staff.disable'),
      dangerous: true,
      act: () => changeAccount(staff, { disabled: true }),
      done: () => {
        settled(t('staff.disabledDone', { name }));
        onCodes();
      },
    });
  const again = () =>
    setAsked({
      title: t('staff.againAsk', { name }),
      consequence: t('staff.againWhat'),
      confirm: t('staff.again'),
      act: async () => onInvitation(await inviteAgain(staff)),
      done: () => settled(t('staff.againDone', { name })),
    });
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Group justify="space-between">
        <div>
          <Title order={2} size="h5">
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            <bdi>{account.login}</bdi> · {t(`account.role.${role}`)}
          </Text>
          {email !== null && (
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              <bdi>{email}</bdi>
            </Text>
          )}
          {email === null && role === 'manager' && !disabled && (
            <Text size="sm" c="dimmed">
              {t('staff.notTold')}
            </Text>
          )}
          <Group gap="xs" mt={4}>
            {isMe && <Badge variant="light">{t('staff.you')}</Badge>}
            {account.invited && <Badge variant="outline">{t('staff.invited')}</Badge>}
            {disabled && (
              <Badge color="red" variant="light">
                {t('staff.disabled')}
              </Badge>
            )}
          </Group>
        </div>
        <Group gap="xs">
          {!disabled && <Action label={t('staff.address')} of={name} onClick={() => setAddressing(true)} />}
          <Action label={t('staff.codes')} of={name} onClick={onCodes} />
          {!disabled && <Action label={t('staff.again')} of={name} onClick={again} />}
          {!disabled && !isMe && <Action label={t('staff.disable')} of={name} onClick={disable} />}
          {disabled && <Action label={t('staff.enable')} of={name} onClick={() => enabling.mutate()} />}
        </Group>
      </Group>
      {enabling.isError && <Failed error={enabling.error} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
      {addressing && <AddressDialog account={account} isMe={isMe} onClose={() => setAddressing(false)} />}
    </Paper>
  );
}

interface ActionProps {
  readonly label: string;
  readonly of: string;
  readonly onClick: () => void;
}

function Action({ label, of, onClick }: ActionProps) {
  return (
    <Button size="xs" variant="default" aria-label={`${label}: ${of}`} onClick={onClick}>
      {label}
    </Button>
  );
}
