import type { DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconPackage, IconPackageOff } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useBuilding, useDeliveries, useResidents } from '../link/queries.ts';
import type { DeliveryFilter } from '../link/requests.ts';
import { createNames } from '../log/names.ts';
import { placeName } from '../log/speech.ts';
import { matchingResidents } from '../people/matching.ts';
import { knownTimeZone } from '../words/formats.ts';
import { carrierName } from './carrier-name.ts';
import { DayChart } from './day-chart.tsx';
import { dayStartMs } from './day-start.ts';
import classes from './deliveries.module.css';
import { type DeliveriesSearch, Filters, type Narrowing } from './filters.tsx';
import { StateBadge } from './state-badge.tsx';

/** All deliveries, newest first; what the search box finds is shown here too. */
export function DeliveriesPage() {
  const { t } = useReader();
  const navigate = useNavigate();
  const { q = '', ...narrowing }: DeliveriesSearch = useSearch({ strict: false });
  const isNarrowed = Object.values(narrowing).some((value) => value !== undefined);
  const list = useDeliveries(useFilter(q, narrowing));
  const narrow = (search: Narrowing) =>
    void navigate({ to: '/deliveries', search: { ...search, ...(q ? { q } : {}) } });
  return (
    <Page title={q ? `${t('delivery.title')}: ${q}` : t('delivery.title')}>
      {!q && !isNarrowed && <DayChart />}
      {q && <MatchingPeople q={q} />}
      <Filters search={narrowing} onChange={narrow} />
      {list.isPending && <Loading rows={8} height={56} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.rows?.length === 0 && <NoDelivery q={q} filtered={isNarrowed} />}
      {list.rows && list.rows.length > 0 && <Rows rows={list.rows} />}
      <ListEnd list={list} />
    </Page>
  );
}

/** What is asked of the hub: days become moments in the building's time. */
function useFilter(q: string, { state, carrier, bank, from, to }: Narrowing): DeliveryFilter {
  const zone = knownTimeZone(useBuilding().data?.timeZone ?? 'UTC');
  return {
    q,
    state: state ?? null,
    carrier: carrier ?? null,
    bank: bank ?? null,
    from: from === undefined ? null : dayStartMs(from, zone),
    // The day named is the last one that counts.
    to: to === undefined ? null : dayStartMs(to, zone, 1),
  };
}

function NoDelivery({ q, filtered }: { readonly q: string; readonly filtered: boolean }) {
  const { t } = useReader();
  if (!q && !filtered)
    return <Nothing icon={<IconPackage />} title={t('delivery.none')} what={t('delivery.noneWhat')} />;
  return (
    <Nothing
      icon={<IconPackageOff />}
      title={t('delivery.noneFound')}
      what={q ? t('delivery.noneFoundWhat', { q }) : t('delivery.noneFoundState')}
    >
      <Button variant="default" renderRoot={(root) => <Link {...root} to="/deliveries" search={{}} />}>
        {t('delivery.clear')}
      </Button>
    </Nothing>
  );
}

/** The search finds people too, also those without a delivery. */
function MatchingPeople({ q }: { readonly q: string }) {
  const { t } = useReader();
  const navigate = useNavigate();
  const residents = matchingResidents(useResidents().data ?? [], q).slice(0, 8);
  if (residents.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t('delivery.people')}
      </Text>
      <Group gap="xs">
        {residents.map(({ resident, name, unitName }) => (
          <Button
            key={resident}
            size="xs"
            variant="default"
            onClick={() => void navigate({ to: '/deliveries', search: { q: name } })}
          >
            {unitName} · {name}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}

function Rows({ rows }: { readonly rows: readonly DeliveryView[] }) {
  return (
    <Paper withBorder component="section">
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.delivery}>
            <Row delivery={row} />
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function Row({ delivery: row }: { readonly delivery: DeliveryView }) {
  const reader = useReader();
  const { t, formats } = reader;
  const nowMs = useHubNow();
  const names = createNames({ building: useBuilding().data });
  const atMs = row.endedAt ?? row.depositedAt ?? row.assignedAt;
  return (
    <Link to="/deliveries/$delivery" params={{ delivery: row.delivery }} className={classes.row}>
      <span className={classes.main}>
        {row.unitName} · {row.residentName ?? t('delivery.household')}
      </span>
      <span className={classes.more}>
        {carrierName(reader, row)}
        {row.tracking && (
          <>
            {' · '}
            <bdi dir="ltr">{row.tracking}</bdi>
          </>
        )}
      </span>
      <span className={classes.more}>
        {placeName({ t, names }, row)} · {row.size}
      </span>
      <span className={classes.state}>
        <StateBadge state={row.state} />
      </span>
      <time className={classes.when} dateTime={new Date(atMs).toISOString()} title={formats.exact(atMs)}>
        {formats.moment(atMs, nowMs)}
      </time>
    </Link>
  );
}
