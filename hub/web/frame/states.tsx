/** What a page shows when it has nothing to show: loading, failed, empty, the end of a list. */
import { Alert, Button, EmptyState, Group, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { failureWords } from './failure.ts';
import { useReader } from './reader.tsx';

/** Grey lines where rows will be. */
export function Loading({ rows = 5, height = 44 }: { readonly rows?: number; readonly height?: number }) {
  const { t } = useReader();
  return (
    <Stack gap="sm" role="status">
      <VisuallyHidden>{t('state.loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={height} radius="md" aria-hidden />
      ))}
    </Stack>
  );
}

interface FailedProps {
  readonly error: unknown;
  readonly again?: () => void;
}

/** Why something could not be loaded or done, and a way to try again. */
export function Failed({ error, again }: FailedProps) {
  const { t, formats } = useReader();
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={t('state.failed')} role="alert">
      <Text size="sm">{failureWords(t, formats, error)}</Text>
      {again && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={16} />}
          onClick={() => again()}
        >
          {t('state.again')}
        </Button>
      )}
    </Alert>
  );
}

interface NothingProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly what?: string;
  readonly children?: ReactNode;
}

/** Nothing is there, why that is so, and what to do. */
export function Nothing({ icon, title, what, children }: NothingProps) {
  return (
    <EmptyState icon={icon} title={title} description={what} py="xl" size="md">
      {children && <EmptyState.Actions>{children}</EmptyState.Actions>}
    </EmptyState>
  );
}

interface ListEndProps {
  readonly list: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly rows?: readonly unknown[] | undefined;
    fetchNextPage(): unknown;
    readonly data?: { readonly pages: readonly { readonly before: string | null }[] } | undefined;
  };
}

/** Below a list: more of it, its end, or that only the newest are kept. */
export function ListEnd({ list }: ListEndProps) {
  const { t } = useReader();
  const more = list.data?.pages.at(-1)?.before != null;
  const count = list.rows?.length ?? 0;
  if (count === 0) return null;
  return (
    <Group justify="center" py="md">
      {list.hasNextPage ? (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('state.more')}
        </Button>
      ) : (
        <Text size="sm" c="dimmed">
          {more ? t('state.bound', { count }) : t('state.end')}
        </Text>
      )}
    </Group>
  );
}
