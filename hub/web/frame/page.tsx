import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useBuilding } from '../link/queries.ts';
import { useReader } from './reader.tsx';

interface PageProps {
  readonly title: string;
  readonly what?: string | undefined;
  /** What one can do on the page as a whole. */
  readonly actions?: ReactNode;
  /** As wide as the screen, for what is looked at rather than read. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A page: its title (in the window's title too), what it is, what one can do, and its content. */
export function Page({ title, what, actions, wide = false, children }: PageProps) {
  const { t } = useReader();
  const building = useBuilding().data?.name;
  useEffect(() => {
    document.title = [title, building ?? t('product')].join(' · ');
  }, [title, building, t]);
  return (
    <Stack gap="lg" {...(wide ? {} : { maw: 1280, mx: 'auto' })}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Title order={1} size="h2">
            {title}
          </Title>
          {what && (
            <Text c="dimmed" maw={720}>
              {what}
            </Text>
          )}
        </div>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
