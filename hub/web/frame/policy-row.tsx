import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface RowProps {
  readonly order?: 2 | 3;
  readonly name: string;
  readonly why: string;
  readonly value: string;
  readonly badge: string | null;
  readonly more: readonly (string | null | false)[];
  readonly children?: ReactNode;
}

/** One of them, or what no building may change, as a line. */
export function PolicyRow({ order = 2, name, why, value, badge, more, children }: RowProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={2} flex="1 1 16rem">
          <Title order={order} size="h5">
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            {why}
          </Text>
        </Stack>
        <Group gap="md" wrap="nowrap" align="flex-start">
          <Stack gap={2} align="flex-end">
            <Group gap="xs">
              {badge && <Badge variant="light">{badge}</Badge>}
              <Text fw={650}>{value}</Text>
            </Group>
            {more.filter(Boolean).map((line) => (
              <Text key={String(line)} size="xs" c="dimmed" ta="end">
                {line}
              </Text>
            ))}
          </Stack>
          {children}
        </Group>
      </Group>
    </Paper>
  );
}
