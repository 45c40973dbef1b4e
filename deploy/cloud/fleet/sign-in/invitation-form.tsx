import { LoginField, PasswordField } from '@lockerhub/hub/web/frame/credentials.tsx';
import { Door } from '@lockerhub/hub/web/frame/door.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import type { InvitationView } from '@lockerhub/protocol/http/operators.ts';
import { Alert, Button, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ME } from '../link/queries.ts';
import { acceptInvitation, lookAtInvitation } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

interface InvitationProps {
  /** The secret of the link. */
  readonly token: string;
  readonly onJoined: () => void;
}

/** What somebody sees who opens the link of an invitation. */
export function InvitationForm({ token, onJoined }: InvitationProps) {
  const t = useFleetWords();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => lookAtInvitation(token),
    refetchInterval: false,
    retry: false,
  });
  if (invitation.data) return <Join invitation={invitation.data} token={token} onJoined={onJoined} />;
  return (
    <Door title={t('product')}>
      {invitation.isPending && <Loading rows={3} />}
      {invitation.isError && <Alert color="red">{t('invitation.over')}</Alert>}
    </Door>
  );
}

function Join({ invitation, token, onJoined }: InvitationProps & { readonly invitation: InvitationView }) {
  const t = useFleetWords();
  const client = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const isNew = invitation.login === null;
  const joining = useMutation({
    mutationFn: () => acceptInvitation({ token, password, ...(isNew ? { login } : {}) }),
    onSuccess: (me) => {
      client.setQueryData(ME, me);
      onJoined();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    joining.mutate();
  };
  const { organisation, name, role } = invitation;
  return (
    <Door
      title={t('invitation.title', { organisation })}
      what={
        isNew
          ? t('invitation.what', { name, role: t(`role.${role}`) })
          : t('invitation.back', { login: invitation.login })
      }
    >
      <form onSubmit={submit}>
        <Stack>
          {isNew && <LoginField label={t('invitation.login')} value={login} onChange={setLogin} />}
          <PasswordField fresh label={t('invitation.password')} value={password} onChange={setPassword} />
          {joining.isError && <Failed error={joining.error} />}
          <Button type="submit" size="md" loading={joining.isPending}>
            {t('invitation.go')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
