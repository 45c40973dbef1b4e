import { Group, Stack, Text, Title } from '@mantine/core';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
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

const PlaceContext = createContext<string | null>(null);

/** Every window below it is named after this place, such as a building; null: after the product. */
export const Place = PlaceContext.Provider;

/** A page: its title (in the window's title too), what it is, what one can do, and its content. */
export function Page({ title, what, actions, wide = false, children }: PageProps) {
  const { t } = useReader();
  const place = useContext(PlaceContext);
  useEffect(() => {
    document.title = [title, place ?? t('product')].join(' · ');
  }, [title, place, t]);
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
