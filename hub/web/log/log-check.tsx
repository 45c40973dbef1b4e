/** Whether the hub found its log as it was written, and what to do if not. */
import type { LogCheckReport } from '@lockerhub/protocol/http/log-check.ts';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconHourglass } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useLogCheck } from '../link/queries.ts';
import { checkLog } from '../link/requests.ts';

const LOOKS = {
  whole: { color: 'teal', icon: <IconCircleCheck aria-hidden /> },
  unchecked: { color: 'gray', icon: <IconHourglass aria-hidden /> },
  changed: { color: 'red', icon: <IconAlertTriangle aria-hidden /> },
} as const;

export function LogCheck() {
  const { t } = useReader();
  const client = useQueryClient();
  /** The check that was the last one when this one was asked for. */
  const [askedAfter, setAskedAfter] = useState<number | null>();
  const check = useLogCheck((report) => askedAfter !== undefined && report.wholeAtMs === askedAfter);
  const asking = useMutation({
    mutationFn: checkLog,
    onSuccess: () => {
      setAskedAfter(check.data?.wholeAtMs ?? null);
      void client.invalidateQueries({ queryKey: keys.logCheck });
    },
  });
  if (check.isError) return <Failed error={check.error} again={() => void check.refetch()} />;
  if (!check.data) return null;
  const isUnderWay = askedAfter !== undefined && check.data.wholeAtMs === askedAfter;
  const { color, icon } = LOOKS[check.data.state];
  return (
    <Alert
      color={color}
      variant="light"
      icon={icon}
      title={t(`log.check.${check.data.state}`)}
      role={check.data.state === 'changed' ? 'alert' : 'status'}
    >
      <Found report={check.data} />
      <Group gap="sm" mt="sm">
        <Button
          size="xs"
          variant="default"
          loading={asking.isPending || isUnderWay}
          onClick={() => asking.mutate()}
        >
          {t('log.check.now')}
        </Button>
        {isUnderWay && <Text size="sm">{t('log.check.underWay')}</Text>}
      </Group>
      {asking.isError && <Failed error={asking.error} />}
    </Alert>
  );
}

function Found({ report: { state, wholeAtMs, faults } }: { readonly report: LogCheckReport }) {
  const { t, formats } = useReader();
  const when = wholeAtMs === null ? '' : formats.exact(wholeAtMs);
  if (state === 'unchecked') return <Text size="sm">{t('log.check.uncheckedWhat')}</Text>;
  if (state === 'whole') return <Text size="sm">{t('log.check.wholeWhat', { when })}</Text>;
  return (
    <>
      <Text size="sm">
        {t('log.check.changedWhat', { count: faults.count, seq: faults.first?.seq ?? 0 })}
      </Text>
      <Text size="sm" mt={4}>
        {t('log.check.changedTodo')}
      </Text>
      {faults.first && (
        <Text size="sm" mt={4}>
          <bdi dir="ltr">{faults.first.detail}</bdi>
        </Text>
      )}
    </>
  );
}
