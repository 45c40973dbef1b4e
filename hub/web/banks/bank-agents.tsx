import type { AgentView, BankView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlugConnected, IconUserQuestion } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { keys } from '../link/keys.ts';
import { useAgents } from '../link/queries.ts';
import { cancelAgent, revokeAgent } from '../link/requests.ts';
import { InviteAgent } from './invite-agent.tsx';

/** Who speaks for a bank: its agent, codes that wait, and how to make one, or to cut one off. */
export function BankAgents({ bank }: { readonly bank: BankView }) {
  const { t } = useReader();
  const [inviting, setInviting] = useState(false);
  const agents = (useAgents().data ?? []).filter(
    (agent) => agent.bank === bank.bank && agent.state !== 'revoked',
  );
  return (
    <Stack gap="xs" component="section" aria-label={t('agents.title')}>
      <Text size="sm" c="dimmed">
        {t('agents.title')}
      </Text>
      {agents.length === 0 && <Text size="sm">{t('agents.none')}</Text>}
      {agents.map((agent) => (
        <Agent key={agent.agent} agent={agent} bank={bank.name} />
      ))}
      <Button
        variant="default"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlugConnected size={18} />}
        onClick={() => setInviting(true)}
      >
        {t('agents.invite')}
      </Button>
      {inviting && <InviteAgent bank={bank} onClose={() => setInviting(false)} />}
    </Stack>
  );
}

const COLORS = { invited: 'blue', joined: 'pine', replaced: 'gray', revoked: 'red' } as const;

function Agent({ agent, bank }: { readonly agent: AgentView; readonly bank: string }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const [asked, setAsked] = useState<Question | null>(null);
  const { cancel, revoke } = useQuestions(agent, bank);
  const isInvited = agent.state === 'invited';
  return (
    <Stack gap={4}>
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <Badge size="sm" variant="light" color={COLORS[agent.state]}>
            {t(`agents.state.${agent.state}`)}
          </Badge>
          <Text size="sm">
            {isInvited
              ? t('agents.left', { left: formats.duration(agent.expiresInMs ?? 0) })
              : t('agents.joined', {
                  name: agent.name ?? '',
                  when: formats.moment(agent.joinedAt ?? agent.invitedAt, nowMs),
                })}
          </Text>
        </Group>
        <Button size="xs" variant="default" onClick={() => setAsked(isInvited ? cancel : revoke)}>
          {isInvited ? t('agents.cancel') : t('agents.revoke')}
        </Button>
      </Group>
      {agent.strangers > 0 && (
        <Alert color="red" icon={<IconUserQuestion aria-hidden />} title={t('agents.strangers')}>
          {t('agents.strangersWhat', { count: agent.strangers })}
        </Alert>
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Stack>
  );
}

function useQuestions({ agent, name }: AgentView, bank: string): Record<'cancel' | 'revoke', Question> {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const done = (words: string) => () => {
    void client.invalidateQueries({ queryKey: keys.agents });
    say(words);
  };
  return {
    cancel: {
      title: t('agents.cancelAsk', { bank }),
      consequence: t('agents.cancelWhat'),
      confirm: t('agents.cancel'),
      act: () => cancelAgent(agent),
      done: done(t('agents.cancelDone')),
    },
    revoke: {
      title: t('agents.revokeAsk', { name: name ?? '', bank }),
      consequence: t('agents.revokeWhat'),
      confirm: t('agents.revoke'),
      dangerous: true,
      field: {
        label: t('act.reason'),
        hint: t('act.reasonHint'),
        minLength: 3,
        maxLength: 200,
        tooShort: t('act.reasonShort'),
      },
      act: (reason) => revokeAgent(agent, reason),
      done: done(t('agents.revokeDone', { bank })),
    },
  };
}
