/** The health of a bank's locks: one row each, one of them over time, and the rule in plain words. */
import type { BankHealth } from '@lockerhub/protocol/http/locks.ts';
import { Alert, Anchor, Button, Group, Stack } from '@mantine/core';
import { IconArrowLeft, IconKey, IconTrendingUp } from '@tabler/icons-react';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useBuilding, useHealth, useMay } from '../link/queries.ts';
import { ChosenLock } from './chosen-lock.tsx';
import classes from './health.module.css';
import { KeyDialog } from './key-dialog.tsx';
import { type LockOrder, lockRow, sortLocks } from './lock-order.ts';
import { LockTable } from './lock-table.tsx';
import { Rule } from './rule.tsx';

export function HealthPage() {
  const { t } = useReader();
  const { bank } = useParams({ strict: false }) as { bank: string };
  const health = useHealth(bank);
  const may = useMay();
  const name = useBuilding().data?.banks.find((each) => each.bank === bank)?.name ?? bank;
  const [isKeyAsked, setKeyAsked] = useState(false);
  const key = may('doors') && health.data && (
    <Button variant="default" leftSection={<IconKey size={18} />} onClick={() => setKeyAsked(true)}>
      {t('door.key')}
    </Button>
  );
  return (
    <Page
      title={t('health.title', { bank: name })}
      what={health.data && t('health.what', { days: health.data.recentDays })}
      actions={key}
    >
      <Anchor renderRoot={(root) => <Link {...root} to="/banks" />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('nav.banks')}
        </Group>
      </Anchor>
      {health.isPending && <Loading rows={8} height={40} />}
      {health.isError && <Failed error={health.error} again={() => void health.refetch()} />}
      {health.data && <Locks bank={bank} health={health.data} />}
      {isKeyAsked && <KeyDialog bank={bank} name={name} onClose={() => setKeyAsked(false)} />}
    </Page>
  );
}

/** What somebody should look at first comes first. */
const WORST_FIRST: LockOrder = { by: 'trend', reversed: false };

function Locks({ bank, health }: { readonly bank: string; readonly health: BankHealth }) {
  const { t } = useReader();
  const { lock: asked } = useSearch({ strict: false }) as { lock?: number };
  const [order, setOrder] = useState(WORST_FIRST);
  const rows = useMemo(() => sortLocks(health.locks.map(lockRow), order), [health.locks, order]);
  const [worst] = useMemo(() => sortLocks(health.locks.map(lockRow), WORST_FIRST), [health.locks]);
  const chosen = health.locks.find(({ compartment }) => compartment === asked) ?? worst?.lock;
  const wearing = health.locks.filter(({ wear }) => wear !== null);
  return (
    <Stack gap="md">
      {wearing.length > 0 && (
        <Alert
          color="red"
          variant="light"
          icon={<IconTrendingUp aria-hidden />}
          title={t('health.wear.title')}
        >
          {wearing.map(({ compartment }) => t('doors:door', { number: compartment })).join(', ')}
        </Alert>
      )}
      <div className={classes.both}>
        {chosen && <ChosenLock bank={bank} health={health} lock={chosen} />}
        <LockTable bank={bank} rows={rows} chosen={chosen?.compartment} order={order} onOrder={setOrder} />
      </div>
      <Rule health={health} />
    </Stack>
  );
}
