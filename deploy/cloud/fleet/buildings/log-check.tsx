import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Failed } from '@lockerhub/hub/web/frame/states.tsx';
import type { FleetBuilding } from '@lockerhub/protocol/http/fleet.ts';
import { Alert, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMay } from '../link/queries.ts';
import { checkLog } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

/** Whether the cloud's copy of the log is whole, and a way to have it looked at now. */
export function LogCheck({ building }: { readonly building: FleetBuilding }) {
  const t = useFleetWords();
  const { formats } = useReader();
  const say = useSay();
  const may = useMay();
  const { logCheck, head, nowMs } = building;
  const { askedAtMs, checkedAtMs, damaged, seq } = logCheck;
  const asking = useMutation({
    mutationFn: () => checkLog(building.building),
    onSuccess: () => say(t('logCheck.asked')),
  });
  return (
    <Paper withBorder p="md" component="section">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h5">
            {t('logCheck.title')}
          </Title>
          <Text size="sm" c="dimmed" maw={640}>
            {t('logCheck.what')}
          </Text>
        </div>
        {may('support') && (
          <Button
            variant="default"
            loading={asking.isPending}
            disabled={askedAtMs !== null || head.seq === 0}
            onClick={() => asking.mutate()}
          >
            {t('logCheck.ask')}
          </Button>
        )}
      </Group>
      {damaged && (
        <Alert
          color="red"
          mt="sm"
          icon={<IconAlertTriangle />}
          title={t('logCheck.damaged', { seq: damaged.seq })}
        >
          {t('logCheck.damagedWhat')} <bdi dir="ltr">{damaged.detail}</bdi>
        </Alert>
      )}
      <Text mt="sm">
        {checkedAtMs === null
          ? head.seq === 0
            ? t('logCheck.empty')
            : t('logCheck.never')
          : t('logCheck.whole', { seq, when: formats.ago(checkedAtMs, nowMs) })}
      </Text>
      {askedAtMs !== null && (
        <Text size="sm" c="dimmed">
          {t('logCheck.soon', { when: formats.ago(askedAtMs, nowMs) })}
        </Text>
      )}
      {asking.isError && <Failed error={asking.error} />}
    </Paper>
  );
}
