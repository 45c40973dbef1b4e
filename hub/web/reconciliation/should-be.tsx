import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPackage } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import { useDeliveryStory } from '../link/queries.ts';

interface ShouldBeProps {
  readonly delivery: string;
  readonly unitName: string;
  readonly isThere: boolean;
  readonly onThere: (isThere: boolean) => void;
}

/** A parcel that should be inside, as far as the hub shows it to this role, and whether it is. */
export function ShouldBe({ delivery, unitName, isThere, onThere }: ShouldBeProps) {
  const { t } = useReader();
  const parcel = useDeliveryStory(delivery).data?.delivery;
  const facts = [
    parcel?.residentName,
    parcel?.carrier,
    parcel?.tracking,
    parcel && `${t('door.size')} ${parcel.size}`,
  ];
  const name = t('door.holdsFor', { unit: unitName });
  return (
    <Stack component="li" gap={4} style={{ listStyle: 'none' }}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconPackage size={20} aria-hidden />
        <div>
          <Text fw={600}>{name}</Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {facts.filter(Boolean).join(' · ')}
          </Text>
        </div>
      </Group>
      <SegmentedControl
        aria-label={name}
        value={isThere ? 'there' : 'not'}
        onChange={(value) => onThere(value === 'there')}
        data={[
          { value: 'there', label: t('reconcile.there') },
          { value: 'not', label: t('reconcile.notThere') },
        ]}
      />
    </Stack>
  );
}
