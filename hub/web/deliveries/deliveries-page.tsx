import { DELIVERY_STATES, type DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Chip, Group, Paper, ScrollArea, Stack, Text } from '@mantine/core';
import { IconPackage, IconPackageOff } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useHubNow, useReader } from '../frame/reader.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { useBuilding, useDeliveries, useResidents } from '../link/queries.ts';
import { createNames } from '../log/names.ts';
import { doorName } from '../log/speech.ts';
import { matchingResidents } from '../people/matching.ts';
import { DayChart } from './day-chart.tsx';
import classes from './deliveries.module.css';
import { StateBadge } from './state-badge.tsx';

type State = DeliveryView['state'];

/** All deliveries, newest first; what the search box finds is shown here too. */
export function DeliveriesPage() {
  const { t } = useReader();
  const navigate = useNavigate();
  const { q = '', state } = useSearch({ strict: false }) as { q?: string; state?: State };
  const list = useDeliveries({ q, state: state ?? null });
  const filter = (chosen: string) =>
    void navigate({
      to: '/deliveries',
      search: { ...(q ? { q } : {}), ...(chosen === 'all' ? {} : { state: chosen as State }) },
    });
  return (
    <Page title={q ? `${t('delivery.title')}: ${q}` : t('delivery.title')}>
      {!q && !state && <DayChart />}
      {q && <MatchingPeople q={q} />}
      <ScrollArea type="never">
        <Chip.Group value={state ?? 'all'} onChange={filter}>
          <Group gap="xs" wrap="nowrap" role="radiogroup" aria-label={t('delivery.filter')} py={2}>
            <Chip value="all" variant="light">
              {t('delivery.anyState')}
            </Chip>
            {DELIVERY_STATES.map((each) => (
              <Chip key={each} value={each} variant="light">
                {t(`delivery.state.${each}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </ScrollArea>
      {list.isPending && <Loading rows={8} height={56} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.rows?.length === 0 && <NoDelivery q={q} filtered={state !== undefined} />}
      {list.rows && list.rows.length > 0 && <Rows rows={list.rows} />}
      <ListEnd list={list} />
    </Page>
  );
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
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const names = createNames({ building: useBuilding().data });
  const atMs = row.endedAt ?? row.depositedAt ?? row.assignedAt;
  return (
    <Link to="/deliveries/$delivery" params={{ delivery: row.delivery }} className={classes.row}>
      <span className={classes.main}>
        {row.unitName} · {row.residentName ?? t('delivery.household')}
      </span>
      <span className={classes.more}>
        {row.carrier ?? t('delivery.unknownCarrier')}
        {row.tracking && (
          <>
            {' · '}
            <bdi dir="ltr">{row.tracking}</bdi>
          </>
        )}
      </span>
      <span className={classes.more}>
        {doorName({ t, names }, row.bank, row.compartment)} · {row.size}
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
