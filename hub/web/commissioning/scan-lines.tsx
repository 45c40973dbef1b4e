/** Who is on the lines of a bank, asked by reads alone, before any lock is fired. */
import type { NewScan, ScanView } from '@lockerhub/protocol/http/scan.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { IconPlayerStop, IconRadar2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useScan } from '../link/queries.ts';
import { beginScan, stopScan } from '../link/requests.ts';
import classes from './commissioning.module.css';
import { ScanResult } from './scan-result.tsx';

export function ScanLines({ bank }: { readonly bank: BankView }) {
  const { t } = useReader();
  const view = useScan(bank.bank);
  if (!view.data)
    return view.isError ? <Failed error={view.error} again={() => void view.refetch()} /> : null;
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="sm">
        <Title order={2} size="h5">
          {t('commissioning.scan.title')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('commissioning.scan.what')}
        </Text>
        <Ask view={view.data} />
        <div aria-live="polite">
          {view.data.scan && <ScanResult view={view.data} scan={view.data.scan} />}
        </div>
      </Stack>
    </Paper>
  );
}

function isRunning({ scan }: ScanView): boolean {
  return scan !== null && (scan.state === null || scan.state.is === 'running');
}

function Ask({ view }: { readonly view: ScanView }) {
  const { t } = useReader();
  const client = useQueryClient();
  const onSuccess = (after: ScanView) => client.setQueryData([...keys.scan, view.bank], after);
  const begin = useMutation({ mutationFn: (asked: NewScan) => beginScan(view.bank, asked), onSuccess });
  const stop = useMutation({ mutationFn: () => stopScan(view.bank), onSuccess });
  const [chosen, setChosen] = useState<string | null>(null);
  const [speeds, setSpeeds] = useState<NewScan['speeds']>('own');
  const [units, setUnits] = useState<NewScan['units']>('few');
  const line = view.lines.find((one) => one.line === chosen) ?? view.lines[0];
  if (!line) return null;
  const failure = begin.error ?? stop.error;
  return (
    <>
      <Group align="flex-end">
        <Select
          label={t('commissioning.scan.line')}
          data={view.lines.map((one) => one.line)}
          value={line.line}
          onChange={setChosen}
          allowDeselect={false}
        />
        {line.kind === 'serial' && (
          <Select
            label={t('commissioning.scan.speeds')}
            data={[
              { value: 'own', label: t('commissioning.scan.own') },
              { value: 'usual', label: t('commissioning.scan.usual') },
            ]}
            value={speeds}
            onChange={(value) => setSpeeds(value === 'usual' ? 'usual' : 'own')}
            allowDeselect={false}
          />
        )}
        <Select
          label={t('commissioning.scan.units')}
          flex="1 1 16rem"
          data={[
            { value: 'few', label: t('commissioning.scan.few') },
            { value: 'all', label: t('commissioning.scan.all') },
          ]}
          value={units}
          onChange={(value) => setUnits(value === 'all' ? 'all' : 'few')}
          allowDeselect={false}
        />
      </Group>
      {failure && <Failed error={failure} />}
      <Group>
        {isRunning(view) ? (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={18} />}
            loading={stop.isPending}
            onClick={() => stop.mutate()}
          >
            {t('commissioning.scan.stop')}
          </Button>
        ) : (
          <Button
            variant="default"
            className={classes.sentence}
            leftSection={<IconRadar2 size={18} />}
            loading={begin.isPending}
            onClick={() => begin.mutate({ line: line.line, speeds, units })}
          >
            {t('commissioning.scan.begin', { line: line.line })}
          </Button>
        )}
      </Group>
    </>
  );
}
