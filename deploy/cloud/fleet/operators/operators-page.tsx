import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { Page } from '@lockerhub/hub/web/frame/page.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import { OperatorRole, type OperatorView } from '@lockerhub/protocol/http/operators.ts';
import { Badge, Button, Group, Paper, Select, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import classes from '../frame/rows.module.css';
import { useMe, useMembership, useOperators } from '../link/queries.ts';
import { changeOperator, changeRole, withdrawInvitation } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';
import { Invite } from './invite.tsx';

/** Who may see and steer these buildings. */
export function OperatorsPage() {
  const t = useFleetWords();
  const { formats } = useReader();
  const { organisation } = useMembership();
  const operators = useOperators();
  const [inviting, setInviting] = useState(false);
  const withdrawing = useMutation({ mutationFn: (id: string) => withdrawInvitation(organisation, id) });
  return (
    <Page
      title={t('operator.title')}
      actions={<Button onClick={() => setInviting(true)}>{t('operator.invite')}</Button>}
    >
      {operators.isPending && <Loading rows={3} />}
      {operators.isError && <Failed error={operators.error} again={() => void operators.refetch()} />}
      {operators.data && (
        <Paper withBorder>
          <ul className={classes.rows}>
            {operators.data.operators.map((each) => (
              <li key={each.operator}>
                <Operator operator={each} />
              </li>
            ))}
            {operators.data.invitations.map((each) => (
              <li key={each.invitation} className={classes.row}>
                <div>
                  <Text fw={500}>{each.name}</Text>
                  <Text size="sm" c="dimmed">
                    {t(`role.${each.role}`)} · {formats.exact(each.expiresAtMs)}
                  </Text>
                </div>
                <Badge variant="outline" color="gray">
                  {t('operator.invited')}
                </Badge>
                <Button size="xs" variant="default" onClick={() => withdrawing.mutate(each.invitation)}>
                  {t('operator.withdraw')}
                </Button>
              </li>
            ))}
          </ul>
        </Paper>
      )}
      <Invite opened={inviting} onClose={() => setInviting(false)} />
    </Page>
  );
}

function Operator({ operator }: { readonly operator: OperatorView }) {
  const t = useFleetWords();
  const { formats } = useReader();
  const me = useMe().data;
  const when = operator.signedInAtMs;
  return (
    <div className={classes.row}>
      <div>
        <Text fw={500}>
          {operator.name}{' '}
          <Text span c="dimmed">
            {operator.login}
          </Text>
        </Text>
        <Text size="sm" c="dimmed">
          {when === null ? t('operator.never') : t('operator.signedIn', { when: formats.exact(when) })}
        </Text>
      </div>
      {operator.disabled && (
        <Badge color="gray" variant="outline">
          {t('operator.disabled')}
        </Badge>
      )}
      {operator.operator === me?.operator ? (
        <Text size="sm">{t(`role.${operator.role}`)}</Text>
      ) : (
        <OperatorActs operator={operator} />
      )}
    </div>
  );
}

function OperatorActs({ operator }: { readonly operator: OperatorView }) {
  const t = useFleetWords();
  const say = useSay();
  const { organisation } = useMembership();
  const [asked, setAsked] = useState<Question | null>(null);
  const done = () => say(t('operator.done'));
  const changing = useMutation({
    mutationFn: (role: OperatorRole) => changeRole(organisation, operator.operator, role),
    onSuccess: done,
  });
  const enabling = useMutation({
    mutationFn: () => changeOperator(organisation, operator.operator, 'enable'),
    onSuccess: done,
  });
  const disable = () =>
    setAsked({
      title: t('operator.disableAsk', { name: operator.name }),
      consequence: t('operator.disableWhat'),
      confirm: t('operator.disable'),
      dangerous: true,
      act: () => changeOperator(organisation, operator.operator, 'disable'),
      done,
    });
  return (
    <Group gap="xs">
      <Select
        size="xs"
        w={140}
        aria-label={`${t('operator.role')}: ${operator.name}`}
        allowDeselect={false}
        value={operator.role}
        onChange={(role) => role && changing.mutate(OperatorRole.parse(role))}
        data={OperatorRole.options.map((role) => ({ value: role, label: t(`role.${role}`) }))}
      />
      {operator.disabled ? (
        <Button size="xs" variant="default" onClick={() => enabling.mutate()}>
          {t('operator.enable')}
        </Button>
      ) : (
        <Button size="xs" variant="default" onClick={disable}>
          {t('operator.disable')}
        </Button>
      )}
      {changing.isError && <Failed error={changing.error} />}
      {enabling.isError && <Failed error={enabling.error} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Group>
  );
}
