import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { keys } from '../link/keys.ts';
import { useAgents } from '../link/queries.ts';
import { inviteAgent } from '../link/requests.ts';

interface InviteAgentProps {
  readonly bank: BankView;
  readonly onClose: () => void;
}

/** Says what a code does, makes one, and shows it until it was used. */
export function InviteAgent({ bank, onClose }: InviteAgentProps) {
  const { t } = useReader();
  const client = useQueryClient();
  const agents = useAgents().data ?? [];
  const hasOne = agents.some((agent) => agent.bank === bank.bank && agent.state === 'joined');
  const inviting = useMutation({
    mutationFn: () => inviteAgent(bank.bank),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.agents }),
  });
  const made = inviting.data;
  if (made) {
    const used = agents.some(({ agent, state }) => agent === made.agent && state === 'joined');
    return <CodeOnce code={made.code} bank={bank.name} used={used} onClose={onClose} />;
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('agents.inviteAsk', { bank: bank.name })}
      confirm={t('agents.go')}
      pending={inviting.isPending}
      error={inviting.error}
      onSubmit={() => inviting.mutate()}
    >
      <Text>{t(hasOne ? 'agents.inviteReplaces' : 'agents.inviteWhat')}</Text>
    </FormDialog>
  );
}

interface CodeOnceProps {
  readonly code: string;
  readonly bank: string;
  readonly used: boolean;
  readonly onClose: () => void;
}

function CodeOnce({ code, bank, used, onClose }: CodeOnceProps) {
  const { t } = useReader();
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('act.close') }}
      title={
        <Text fw={650} size="lg" component="span">
          {t('agents.inviteAsk', { bank })}
        </Text>
      }
    >
      <Stack>
        {used ? (
          <Text role="status">{t('agents.hasJoined', { bank })}</Text>
        ) : (
          <>
            <Secret label={t('agents.code')} value={code} big />
            <Text size="sm">{t('agents.codeWhat')}</Text>
            <Code block dir="ltr" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {`npx edge-agent join ${code} --hub ${window.location.host} --folder data`}
            </Code>
          </>
        )}
        <Group justify="flex-end">
          <Button variant={used ? 'filled' : 'default'} onClick={onClose}>
            {t('act.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
