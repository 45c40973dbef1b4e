import { type AccountView, ChangeAccount } from '@lockerhub/protocol/http/accounts.ts';
import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { setOwnAddress } from '../account/link.ts';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { useTried } from '../frame/tried.ts';
import { keys } from '../link/keys.ts';
import { changeAccount } from '../link/requests.ts';

interface AddressDialogProps {
  readonly account: AccountView;
  readonly isMe: boolean;
  readonly onClose: () => void;
}

/** Where somebody is told by mail. Of oneself the page's language goes along: others have their own. */
export function AddressDialog({ account, isMe, onClose }: AddressDialogProps) {
  const { t, language } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const { name, staff } = account;
  const [typed, setTyped] = useState(account.email ?? '');
  const email = typed.trim() || null;
  const saving = useMutation<unknown>({
    mutationFn: () => (isMe ? setOwnAddress({ email, language }) : changeAccount(staff, { email })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.accounts });
      void client.invalidateQueries({ queryKey: keys.ownAccount });
      say(t(email === null ? 'staff.addressGone' : 'staff.addressSaved', { name }));
      onClose();
    },
  });
  const { isWrong, onSubmit } = useTried(ChangeAccount.safeParse({ email }), () => saving.mutate());
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('staff.addressTitle', { name })}
      what={t('told.what')}
      confirm={t('person.save')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={onSubmit}
    >
      <TextInput
        type="email"
        dir="ltr"
        data-autofocus
        autoComplete="off"
        label={t('told.address')}
        description={t('told.addressWhat')}
        value={typed}
        error={isWrong('email') ? t('rule.email') : undefined}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
      />
    </FormDialog>
  );
}
