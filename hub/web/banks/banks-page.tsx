import { placedCompartments, SIZES } from '@lockerhub/protocol/bank/layout.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import {
  IconActivity,
  IconLayoutGrid,
  IconMapOff,
  IconPencil,
  IconPlus,
  IconTool,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useBuilding, useMay } from '../link/queries.ts';
import { AddBank } from './add-bank.tsx';
import { BankAgents } from './bank-agents.tsx';

/** The building's banks, their lines, and how to add one. */
export function BanksPage() {
  const { t } = useReader();
  const building = useBuilding();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const banks = building.data?.banks ?? [];
  const add = may('banks') && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setAdding(true)}>
      {t('banks.add')}
    </Button>
  );
  return (
    <Page title={t('banks.title')} what={t('banks.what')} actions={banks.length > 0 && add}>
      {building.isPending && <Loading rows={2} height={120} />}
      {building.isError && !building.data && (
        <Failed error={building.error} again={() => void building.refetch()} />
      )}
      {building.data && banks.length === 0 && (
        <Nothing icon={<IconLayoutGrid />} title={t('banks.none')} what={t('banks.noneWhat')}>
          {add}
        </Nothing>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {banks.map((bank) => (
          <Bank key={bank.bank} bank={bank} />
        ))}
      </SimpleGrid>
      {adding && <AddBank onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Bank({ bank }: { readonly bank: BankView }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const may = useMay();
  const doors = placedCompartments(bank.layout);
  const sizes = SIZES.map((size) => [size, doors.filter((door) => door.size === size).length] as const);
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2} size="h5">
              {bank.name}
            </Title>
            <Text size="sm" c="dimmed" ff="monospace" dir="ltr">
              {bank.bank}
            </Text>
          </div>
          <Badge variant="light" color={bank.online ? 'pine' : 'red'} flex="none">
            {bank.online ? t('bank.online') : t('bank.offline')}
          </Badge>
        </Group>
        <Text size="sm">
          {t('bank.doors', { count: doors.length })} ·{' '}
          {sizes
            .filter(([, count]) => count > 0)
            .map(([size, count]) => `${formats.count(count)} × ${size}`)
            .join(', ')}
          {bank.since !== null && ` · ${t('bank.since', { since: formats.moment(bank.since, nowMs) })}`}
        </Text>
        {bank.lines.length > 0 && (
          <div>
            <Text size="sm" c="dimmed">
              {t('banks.lines')}
            </Text>
            {bank.lines.map(({ line, state, reason }) => (
              <Group key={line} gap="xs">
                <Text ff="monospace" size="sm" dir="ltr">
                  {line}
                </Text>
                <Badge size="sm" variant="light" color={state === 'online' ? 'pine' : 'red'}>
                  {state === 'online' ? t('bank.online') : t('bank.offline')}
                </Badge>
                {reason && (
                  <Text size="sm" c="dimmed">
                    {reason}
                  </Text>
                )}
              </Group>
            ))}
          </div>
        )}
        <MapBadge map={bank.map} />
        {may('banks') && bank.reach === 'agent' && <BankAgents bank={bank} />}
        <Group>
          <Button
            variant="default"
            leftSection={<IconActivity size={18} />}
            renderRoot={(root) => <Link {...root} to="/banks/$bank/health" params={{ bank: bank.bank }} />}
          >
            {t('health.go')}
          </Button>
          {may('banks') && (
            <>
              <Button
                variant="default"
                leftSection={<IconTool size={18} />}
                renderRoot={(root) => (
                  <Link {...root} to="/banks/$bank/commissioning" params={{ bank: bank.bank }} />
                )}
              >
                {t('commissioning.go')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconPencil size={18} />}
                renderRoot={(root) => (
                  <Link {...root} to="/banks/$bank/layout" params={{ bank: bank.bank }} />
                )}
              >
                {t('layout.go')}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

/** Doors that a warning names; of more it says how many. */
const NAMED_DOORS = 6;

/** What nobody has proven yet: a bank without a signed map, or doors that were wired otherwise since. */
function MapBadge({ map }: { readonly map: BankView['map'] }) {
  const { t, formats } = useReader();
  const { signed, untried } = map;
  if (signed && untried.length === 0) return null;
  const rest = untried.length - NAMED_DOORS;
  const doors = untried.slice(0, NAMED_DOORS).join(', ');
  return (
    <Group gap="xs">
      <Badge color="yellow" variant="light" leftSection={<IconMapOff size={14} aria-hidden />}>
        {signed ? t('banks.map.outdated') : t('banks.map.none')}
      </Badge>
      <Text size="sm" c="dimmed">
        {!signed && t('banks.map.noneWhat')}
        {signed &&
          (rest > 0
            ? t('banks.map.more', { doors, count: formats.count(rest) })
            : t('banks.map.doors', { doors }))}
      </Text>
    </Group>
  );
}
