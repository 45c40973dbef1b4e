import { Anchor, Group, Paper, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useReader } from '../frame/reader.tsx';
import { useDesk, useMay } from '../link/queries.ts';

/** What the desk holds, and the way to compare it; nothing while it holds nothing. */
export function DeskCard() {
  const { t } = useReader();
  const may = useMay();
  const held = useDesk().data?.held.length ?? 0;
  if (held === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('reconcile.desk.home', { count: held })}>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{t('reconcile.desk.home', { count: held })}</Text>
        {may('close-cases') && (
          <Anchor size="sm" renderRoot={(root) => <Link {...root} to="/desk/walk" />}>
            {t('reconcile.desk.link')}
          </Anchor>
        )}
      </Group>
    </Paper>
  );
}
