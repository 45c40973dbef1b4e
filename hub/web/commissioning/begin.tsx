import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, NumberInput, Paper, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { saveText } from '../frame/save-as.ts';
import { Failed } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { lastMap as askLastMap } from '../link/requests.ts';
import classes from './commissioning.module.css';
import { ScanLines } from './scan-lines.tsx';
import { useStep } from './use-step.ts';

interface BeginProps {
  readonly bank: BankView;
  readonly lastMap: CommissioningView['lastMap'];
}

/** Nothing goes on: try all doors, or one after a repair; and the map of last time. */
export function Begin({ bank, lastMap }: BeginProps) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const step = useStep(bank.bank);
  const [door, setDoor] = useState<number | string>('');
  const isDoor = bank.doors.some(({ number }) => number === door);
  return (
    <Stack>
      {step.isError && <Failed error={step.error} />}
      <ScanLines bank={bank} />
      <Paper withBorder p="md" component="section">
        <Stack gap="sm" align="flex-start">
          <Text>{t('commissioning.startWhat')}</Text>
          <Button
            size="lg"
            className={classes.sentence}
            leftSection={<IconPlayerPlay size={20} />}
            loading={step.isPending}
            onClick={() => step.mutate({ step: 'start', door: null })}
          >
            {t('commissioning.start')}
          </Button>
        </Stack>
      </Paper>
      <Paper withBorder p="md" component="section">
        <Title order={2} size="h5">
          {t('commissioning.startOne')}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t('commissioning.startOneWhat')}
        </Text>
        <Group align="flex-end">
          <NumberInput
            label={t('commissioning.door')}
            value={door}
            onChange={setDoor}
            hideControls
            w={110}
            error={door !== '' && !isDoor ? t('commissioning.badLabel') : undefined}
          />
          <Button
            variant="default"
            disabled={!isDoor}
            onClick={() => step.mutate({ step: 'start', door: Number(door) })}
          >
            {t('commissioning.startOne')}
          </Button>
        </Group>
      </Paper>
      {lastMap && (
        <Group>
          <Text size="sm">{t('commissioning.mapOf', { when: formats.moment(lastMap.at, nowMs) })}</Text>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconDownload size={18} />}
            onClick={async () =>
              saveText(
                `${bank.bank}-map.json`,
                JSON.stringify(await askLastMap(bank.bank)),
                'application/json',
              )
            }
          >
            {t('commissioning.map')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
