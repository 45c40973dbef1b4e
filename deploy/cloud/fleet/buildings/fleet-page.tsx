import { Page } from '@lockerhub/hub/web/frame/page.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Failed, Loading, Nothing } from '@lockerhub/hub/web/frame/states.tsx';
import type { FleetRow } from '@lockerhub/protocol/http/fleet.ts';
import { Badge, Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconBuildingPlus, IconBuildings, IconMoodSmile, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { buildingAddress } from '../frame/addresses.ts';
import classes from '../frame/rows.module.css';
import { useFleet, useMay } from '../link/queries.ts';
import { useFleetWords } from '../words/words.ts';
import { AddBuilding } from './add-building.tsx';
import { Needs } from './needs.tsx';

/** All buildings, those that need a person first. */
export function FleetPage() {
  const t = useFleetWords();
  const may = useMay();
  const [typed, setTyped] = useState('');
  const [adding, setAdding] = useState(false);
  const search = useDeferredValue(typed.trim());
  const fleet = useFleet(search);
  const rows = fleet.data?.pages.flatMap(({ items }) => items) ?? [];
  const [first] = fleet.data?.pages ?? [];
  // The counts are those of the gateway's last round; what a row says is of now.
  const isWell = first?.counts.needing === 0 && rows.every(({ needs }) => needs.length === 0);
  return (
    <Page
      title={t('fleet.title')}
      {...(first ? { what: t('fleet.counts', first.counts) } : {})}
      actions={
        may('admin') && (
          <Button leftSection={<IconBuildingPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
            {t('fleet.add')}
          </Button>
        )
      }
    >
      <TextInput
        type="search"
        aria-label={t('fleet.search')}
        placeholder={t('fleet.search')}
        leftSection={<IconSearch size={18} aria-hidden />}
        maxLength={80}
        maw={420}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {fleet.isPending && <Loading rows={6} height={64} />}
      {fleet.isError && <Failed error={fleet.error} again={() => void fleet.refetch()} />}
      {first && rows.length === 0 && (
        <Nothing
          icon={<IconBuildings />}
          title={search ? t('fleet.noneFound') : t('fleet.none')}
          {...(search ? {} : { what: t('fleet.noneWhat') })}
        />
      )}
      {isWell && rows.length > 0 && !search && (
        <Group gap="xs" c="dimmed">
          <IconMoodSmile size={20} aria-hidden /> {t('fleet.allWell')}
        </Group>
      )}
      {rows.length > 0 && <Rows rows={rows} nowMs={first?.nowMs ?? 0} />}
      {fleet.hasNextPage && (
        <Button
          variant="default"
          loading={fleet.isFetchingNextPage}
          onClick={() => void fleet.fetchNextPage()}
        >
          {t('fleet.more')}
        </Button>
      )}
      <AddBuilding opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function Rows({ rows, nowMs }: { readonly rows: readonly FleetRow[]; readonly nowMs: number }) {
  return (
    <Paper withBorder>
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.building}>
            <Row row={row} nowMs={nowMs} />
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function Row({ row, nowMs }: { readonly row: FleetRow; readonly nowMs: number }) {
  const t = useFleetWords();
  const { formats } = useReader();
  const heard =
    row.heardAtMs === null ? t('fleet.never') : t('fleet.heard', { when: formats.ago(row.heardAtMs, nowMs) });
  return (
    <Link to={buildingAddress(row.building)} className={classes.row}>
      <Stack gap={4}>
        <Text fw={650}>{row.name}</Text>
        <Needs needs={row.needs} />
      </Stack>
      <Text size="sm" c="dimmed">
        {heard}
        {row.unsentEntries > 0 && ` · ${t('fleet.unsent', { count: row.unsentEntries })}`}
        {row.software && (
          <>
            {' · '}
            <bdi className={classes.whole}>{row.software}</bdi>
          </>
        )}
      </Text>
      <Badge variant={row.online ? 'light' : 'outline'} color={row.online ? 'pine' : 'gray'}>
        {row.online ? t('fleet.online') : t('fleet.offline')}
      </Badge>
    </Link>
  );
}
