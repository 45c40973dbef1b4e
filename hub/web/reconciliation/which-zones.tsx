import { MAX_FOREIGN_ZONES } from '@lockerhub/protocol/log/payloads/reconciliation.ts';
import { Chip, Group, Stack, Text } from '@mantine/core';
import { useId } from 'react';
import { useReader } from '../frame/reader.tsx';

/** In a room, but on none of its zones. No zone has an empty name. */
export const ELSEWHERE = '';

/** What the hub is told: none names the whole room, as does what lies elsewhere, or on too many zones. */
export function zonesSaid(where: readonly string[]): string[] {
  return where.includes(ELSEWHERE) || where.length > MAX_FOREIGN_ZONES ? [] : [...where];
}

interface WhichZonesProps {
  readonly zones: readonly string[];
  readonly where: readonly string[];
  readonly onWhere: (where: readonly string[]) => void;
}

/** On which zones of a room something lies that no record has: only these are closed by it. */
export function WhichZones({ zones, where, onWhere }: WhichZonesProps) {
  const { t } = useReader();
  const label = useId();
  return (
    <Stack gap="xs" role="group" aria-labelledby={label}>
      <Text id={label} size="sm" fw={500}>
        {t('reconcile.whichZones')}
      </Text>
      <Chip.Group multiple value={[...where]} onChange={onWhere}>
        <Group gap="xs">
          {zones.map((zone) => (
            <Chip key={zone} value={zone} size="md">
              <bdi>{zone}</bdi>
            </Chip>
          ))}
          <Chip value={ELSEWHERE} size="md">
            {t('reconcile.elsewhere')}
          </Chip>
        </Group>
      </Chip.Group>
    </Stack>
  );
}
