import { FormDialog } from '@lockerhub/hub/web/frame/form-dialog.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Secret } from '@lockerhub/hub/web/frame/secret.tsx';
import { OperatorRole } from '@lockerhub/protocol/http/operators.ts';
import { Radio, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useMembership } from '../link/queries.ts';
import { invite } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

interface InviteProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A link for somebody, to be given to them by another way. */
export function Invite({ opened, onClose }: InviteProps) {
  const t = useFleetWords();
  const { formats } = useReader();
  const { organisation } = useMembership();
  const [name, setName] = useState('');
  const [role, setRole] = useState<OperatorRole>('viewer');
  const inviting = useMutation({ mutationFn: () => invite(organisation, { name, role }) });
  const made = inviting.data;
  const close = () => {
    inviting.reset();
    setName('');
    onClose();
  };
  return (
    <FormDialog
      opened={opened}
      onClose={close}
      title={t('operator.invite')}
      confirm={t('operator.invite')}
      pending={inviting.isPending}
      error={inviting.error}
      onSubmit={() => inviting.mutate()}
    >
      <TextInput
        label={t('operator.name')}
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Radio.Group
        label={t('operator.role')}
        value={role}
        onChange={(chosen) => setRole(OperatorRole.parse(chosen))}
      >
        <Stack gap="xs" mt="xs">
          {OperatorRole.options.map((each) => (
            <Radio
              key={each}
              value={each}
              label={t(`role.${each}`)}
              description={t(`operator.roleWhat.${each}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {made && (
        <Secret
          label={t('operator.link', { until: formats.exact(made.expiresAtMs) })}
          value={`${window.location.origin}${made.path}`}
        />
      )}
    </FormDialog>
  );
}
