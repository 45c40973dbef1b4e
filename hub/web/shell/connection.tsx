import { Alert, Button, Group, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import { useLive } from '../link/live.tsx';
import { useBuilding } from '../link/queries.ts';
import classes from './shell.module.css';

/** Says that the hub is away, from when the page is, and that it comes back by itself. */
export function AwayBanner() {
  const { t, formats } = useReader();
  const live = useLive();
  const { dataUpdatedAt } = useBuilding();
  if (live.state !== 'away') return null;
  return (
    <Alert
      className={classes.away}
      color="yellow"
      variant="filled"
      icon={<IconPlugConnectedX />}
      title={t('live.awayTitle')}
      role="alert"
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 16rem">
          {t('live.awayWhat', { time: formats.exact(dataUpdatedAt) })}
        </Text>
        <Button size="xs" variant="white" color="dark" onClick={() => live.retryNow()}>
          {t('live.tryNow')}
        </Button>
      </Group>
    </Alert>
  );
}

/** A dot and a word: do live events arrive? */
export function LiveMark() {
  const { t } = useReader();
  const { state } = useLive();
  const words =
    state === 'live' ? t('live.live') : state === 'connecting' ? t('live.connecting') : t('live.away');
  return (
    <Group gap={6} wrap="nowrap" title={words}>
      <span className={classes.pulse} data-state={state} aria-hidden />
      <Text size="sm" c="dimmed">
        {words}
      </Text>
    </Group>
  );
}
