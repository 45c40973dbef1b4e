import type { ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { useAct } from './use-act.ts';

interface EndWalkProps {
  readonly bank: BankView;
  readonly walk: NonNullable<ReconciliationView['walk']>;
}

/** What was found so far, and the end of the walk: at once when all doors are told, after a question before that. */
export function EndWalk({ bank, walk }: EndWalkProps) {
  const { t } = useReader();
  const say = useSay();
  const act = useAct(bank.bank);
  const [asked, setAsked] = useState<Question | null>(null);
  const left = walk.doors.filter(({ finding }) => finding === null).length;
  const doorsOf = (which: 'differs' | 'no-opening' | 'skipped') =>
    walk.doors.filter(({ finding }) => finding === which).map(({ compartment }) => compartment);
  const right = walk.doors.filter(({ finding }) => finding === 'as-recorded').length;
  const end = () =>
    setAsked({
      title: t('reconcile.endAsk'),
      consequence: t('reconcile.endWhat', { count: left }),
      confirm: t('reconcile.end'),
      act: () => act.mutateAsync({ act: 'end' }),
      done: () => say(t('reconcile.ended')),
    });
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="xs" align="flex-start">
        <Title order={2} size="h5">
          {left === 0 ? t('reconcile.summary') : t('reconcile.soFar')}
        </Title>
        <Text>{t('reconcile.right', { count: right })}</Text>
        {(['differs', 'no-opening', 'skipped'] as const).map((which) => {
          const doors = doorsOf(which);
          return doors.length === 0 ? null : (
            <Text key={which}>{t(`reconcile.found.${which}`, { doors: doors.join(', ') })}</Text>
          );
        })}
        {doorsOf('differs').length + doorsOf('no-opening').length > 0 && (
          <Anchor renderRoot={(root) => <Link {...root} to="/cases" />}>{t('reconcile.toCases')}</Anchor>
        )}
        <Group>
          <Button variant={left === 0 ? 'filled' : 'default'} onClick={end}>
            {t('reconcile.end')}
          </Button>
        </Group>
        {left > 0 && (
          <Text size="sm" c="dimmed">
            {t('reconcile.resume')}
          </Text>
        )}
      </Stack>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
