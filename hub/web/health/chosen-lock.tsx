import type { BankHealth, LockHealth } from '@lockerhub/protocol/http/locks.ts';
import { Alert, Anchor, Group, Paper, Text, Title } from '@mantine/core';
import { IconTrendingUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useLockDays } from '../link/queries.ts';
import classes from './health.module.css';
import { LockChart } from './lock-chart.tsx';
import { wearWords } from './wear.tsx';

interface ChosenLockProps {
  readonly bank: string;
  readonly health: BankHealth;
  readonly lock: LockHealth;
}

/** One lock over time. */
export function ChosenLock({ bank, health, lock }: ChosenLockProps) {
  const { t, formats } = useReader();
  const days = useLockDays(bank, lock.compartment);
  const { compartment, wear, supply } = lock;
  const place = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // On a phone it lies above the row that was tapped.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another lock was chosen
  useEffect(() => {
    if (!isFirst.current) place.current?.scrollIntoView({ block: 'nearest' });
    isFirst.current = false;
  }, [compartment]);
  return (
    <Paper withBorder p="md" component="section" className={classes.beside} ref={place}>
      <Group justify="space-between" align="baseline" mb="xs">
        <Title order={2} size="h4">
          {t('doors:door', { number: compartment })}
        </Title>
        <Anchor
          size="sm"
          renderRoot={(root) => <Link {...root} to="/" search={{ bank, door: compartment }} />}
        >
          {t('health.toDoor')}
        </Anchor>
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {t('health.supply')} <bdi>{supply}</bdi>
      </Text>
      {wear && (
        <Alert color="red" variant="light" icon={<IconTrendingUp aria-hidden />} mb="sm">
          {wearWords(t, formats, wear, health.recentDays)}
        </Alert>
      )}
      {days.isPending && <Loading rows={1} height={290} />}
      {days.isError && <Failed error={days.error} again={() => void days.refetch()} />}
      {days.data?.length === 0 && <Text c="dimmed">{t('health.chart.none')}</Text>}
      {days.data && days.data.length > 0 && <LockChart lock={lock} days={days.data} />}
    </Paper>
  );
}
