import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useMay } from '../link/queries.ts';
import { ReachDialog } from './reach-dialog.tsx';

/** By which ways a resident is told, in their order, and whether they are away. */
export function Ways({ resident }: { readonly resident: ResidentView }) {
  const { t } = useReader();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const { contacts, away, name } = resident;
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <div>
        {contacts.length === 0 && <Text c="dimmed">{t('people.noEmail')}</Text>}
        {contacts.map(({ channel, to }) => (
          <Text key={`${channel} ${to}`} size="sm">
            {t(`channels.name.${channel}`)}: <bdi>{to}</bdi>
          </Text>
        ))}
        {away && (
          <Text size="sm" c="dimmed">
            {t('reach.away', away)}
          </Text>
        )}
      </div>
      {may('residents') && (
        <Button
          size="xs"
          flex="none"
          variant="default"
          onClick={() => setEditing(true)}
          aria-label={`${t('reach.change')}: ${name}`}
        >
          {t('reach.change')}
        </Button>
      )}
      {editing && <ReachDialog resident={resident} onClose={() => setEditing(false)} />}
    </Group>
  );
}
