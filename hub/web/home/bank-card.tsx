import { BankDrawing } from '@lockerhub/edge-agent/kiosk/drawing/bank-drawing.tsx';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Badge, Group, Paper, Text, Title } from '@mantine/core';
import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useMay } from '../link/queries.ts';
import { drawnDoors } from './door-actions.ts';
import { EmergencyNotice } from './emergency-notice.tsx';
import classes from './home.module.css';
import { countDoors, countZones } from './needs.ts';

interface BankCardProps {
  readonly bank: BankView;
  readonly chosen: number | undefined;
  readonly onDoor: (number: number) => void;
}

/** A bank as it stands now: does it answer, what is in use, and every door. */
export function BankCard({ bank, chosen, onDoor }: BankCardProps) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const may = useMay();
  const counts = countDoors(bank);
  const zones = countZones(bank);
  const doors = useMemo(() => drawnDoors(bank.doors), [bank.doors]);
  const facts = [
    t('bank.doors', { count: counts.all }),
    ...(counts.compartments > 0
      ? [t('bank.occupied', { count: counts.occupied }), t('bank.free', { count: counts.free })]
      : []),
    ...(zones.all > 0
      ? [
          t('bank.zones', {
            count: zones.all,
            free: formats.count(zones.free),
            all: formats.count(zones.all),
          }),
        ]
      : []),
    ...(counts.open > 0 ? [t('bank.openDoors', { count: counts.open })] : []),
    ...(counts.outOfService > 0 ? [t('bank.out', { count: counts.outOfService })] : []),
  ];
  return (
    <Paper withBorder p="md" className={bank.online ? undefined : classes.away}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={3} size="h4">
          {bank.name}
        </Title>
        <Badge
          size="lg"
          flex="none"
          variant="light"
          color={bank.online ? 'pine' : 'red'}
          leftSection={bank.online ? <IconPlugConnected size={14} /> : <IconPlugConnectedX size={14} />}
          title={
            bank.since === null ? undefined : t('bank.since', { since: formats.moment(bank.since, nowMs) })
          }
        >
          {bank.online ? t('bank.online') : t('bank.offline')}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
      {bank.emergency !== null && <EmergencyNotice bank={bank} state={bank.emergency} />}
      {may('close-cases') && (
        <Anchor
          size="sm"
          renderRoot={(root) => <Link {...root} to="/banks/$bank/walk" params={{ bank: bank.bank }} />}
          aria-label={`${t('reconcile.link')}: ${bank.name}`}
        >
          {t('reconcile.link')}
        </Anchor>
      )}
      <div className={classes.drawing}>
        <BankDrawing layout={bank.layout} doors={doors} chosen={chosen} onDoor={onDoor} />
      </div>
    </Paper>
  );
}
