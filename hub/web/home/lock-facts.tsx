import type { BankHealth } from '@lockerhub/protocol/http/locks.ts';
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useReader } from '../frame/reader.tsx';
import { lockRow } from '../health/lock-order.ts';
import { Unknown } from '../health/unknown.tsx';
import { WearBadge, wearWords } from '../health/wear.tsx';
import { useHealth } from '../link/queries.ts';

interface LockFactsProps {
  readonly bank: string;
  readonly door: number;
}

/** How the lock of a door does, in a line, and the way to all of it. Without an answer of the hub: only the way. */
export function LockFacts({ bank, door }: LockFactsProps) {
  const { t } = useReader();
  const health = useHealth(bank).data;
  return (
    <section>
      <Group justify="space-between" align="baseline" mb={4}>
        <Title order={3} size="h6">
          {t('health.lock')}
        </Title>
        <Anchor
          size="sm"
          renderRoot={(root) => (
            <Link {...root} to="/banks/$bank/health" params={{ bank }} search={{ lock: door }} />
          )}
        >
          {t('health.all')}
        </Anchor>
      </Group>
      {health && <Facts health={health} door={door} />}
    </section>
  );
}

function Facts({ health, door }: { readonly health: BankHealth; readonly door: number }) {
  const { t, formats } = useReader();
  const lock = health.locks.find(({ compartment }) => compartment === door);
  if (!lock) return null;
  const { attempts, jamShare } = lockRow(lock);
  const { medianMs, openings } = lock.recent;
  const facts = [
    ['openings', formats.count(openings)],
    ['opens', medianMs === null ? null : formats.latency(medianMs)],
    ['jams', jamShare === null ? null : formats.share(jamShare)],
    ['attempts', attempts === null ? null : formats.ratio(attempts)],
  ] as const;
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed">
        {t('health.lockWhat', { days: health.recentDays })}
      </Text>
      <Group gap="lg">
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {t(`health.column.${name}`)}
            </Text>
            <Text fw={600}>{value ?? <Unknown />}</Text>
          </div>
        ))}
      </Group>
      {lock.wear && (
        <Group gap="xs">
          <WearBadge />
          <Text size="sm">{wearWords(t, formats, lock.wear, health.recentDays)}</Text>
        </Group>
      )}
    </Stack>
  );
}
