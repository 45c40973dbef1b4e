import { type Invitation, NewAccount } from '@lockerhub/protocol/http/accounts.ts';
import { Role } from '@lockerhub/protocol/http/staff.ts';
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { useTried } from '../frame/tried.ts';
import { keys } from '../link/keys.ts';
import { inviteStaff } from '../link/requests.ts';
import { invitationLink } from '../sign-in/invitation-link.ts';

interface InviteStaffProps {
  readonly onClose: () => void;
  readonly onInvited: (invitation: Invitation) => void;
}

/** Asks whom to invite, and what they may do. */
export function InviteStaff({ onClose, onInvited }: InviteStaffProps) {
  const { t } = useReader();
  const client = useQueryClient();
  const [draft, setDraft] = useState({ name: '', login: '', role: 'desk', email: '' });
  const parsed = NewAccount.safeParse({ ...draft, email: draft.email.trim() || undefined });
  const inviting = useMutation({
    mutationFn: inviteStaff,
    onSuccess: (invitation) => {
      void client.invalidateQueries({ queryKey: keys.accounts });
      onInvited(invitation);
      onClose();
    },
  });
  const { isWrong, onSubmit } = useTried(parsed, inviting.mutate);
  const field = (name: keyof typeof draft) => ({
    value: draft[name],
    error: isWrong(name) ? t(name === 'email' ? 'rule.email' : 'rule.required') : undefined,
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setDraft((before) => ({ ...before, [name]: value })),
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('staff.invite')}
      what={t('staff.inviteWhat')}
      confirm={t('staff.invite')}
      pending={inviting.isPending}
      error={inviting.error}
      onSubmit={onSubmit}
    >
      <TextInput label={t('people.name')} required autoComplete="off" data-autofocus {...field('name')} />
      <TextInput
        label={t('signIn.login')}
        required
        autoComplete="off"
        autoCapitalize="none"
        {...field('login')}
      />
      <NativeSelect
        label={t('staff.role')}
        description={t(`staff.may.${Role.catch('desk').parse(draft.role)}`)}
        data={Role.options.map((role) => ({ value: role, label: t(`account.role.${role}`) }))}
        {...field('role')}
      />
      <TextInput
        type="email"
        dir="ltr"
        autoComplete="off"
        label={t('told.address')}
        description={t('told.addressWhat')}
        {...field('email')}
      />
    </FormDialog>
  );
}

interface InvitationShownProps {
  readonly invitation: Invitation;
  readonly onClose: () => void;
}

/** The link that sets a password: shown once, to be handed over. */
export function InvitationShown({ invitation, onClose }: InvitationShownProps) {
  const { t, formats } = useReader();
  const { account, token, expiresAt } = invitation;
  return (
    <ShownOnce title={t('staff.linkTitle', { name: account.name })} onClose={onClose}>
      <Text>{t('staff.linkWhat', { until: formats.exact(expiresAt) })}</Text>
      <Secret label={t('staff.link')} value={invitationLink(window.location.origin, token)} />
    </ShownOnce>
  );
}
