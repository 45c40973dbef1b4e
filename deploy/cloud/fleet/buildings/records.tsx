/** What the cloud knows of a building by its log. */
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import { Button, Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from '../frame/rows.module.css';
import { useCases, useDeliveries } from '../link/queries.ts';
import { useFleetWords } from '../words/words.ts';

export function Cases({ building }: { readonly building: string }) {
  const t = useFleetWords();
  const staff = useTranslation(['staff']).t;
  const { formats } = useReader();
  const cases = useCases(building);
  return (
    <Paper withBorder component="section">
      <Title order={2} size="h5" p="md">
        {t('building.cases')}
      </Title>
      {cases.isPending && <Loading rows={2} />}
      {cases.isError && <Failed error={cases.error} again={() => void cases.refetch()} />}
      {cases.data?.items.length === 0 && (
        <Text c="dimmed" px="md" pb="md">
          {t('building.noCases')}
        </Text>
      )}
      <ul className={classes.rows}>
        {cases.data?.items.map((each) => (
          <li key={each.case} className={classes.row}>
            <Text fw={500}>{staff(`case.kind.${each.kind}.title`)}</Text>
            <Text size="sm" c="dimmed">
              {each.bank !== null && t('building.place', { bank: each.bank, door: each.compartment ?? '' })}{' '}
              {formats.exact(each.openedAt)}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  );
}

interface DeliveriesProps {
  readonly building: string;
  readonly nowMs: number;
}

export function Deliveries({ building, nowMs }: DeliveriesProps) {
  const t = useFleetWords();
  const staff = useTranslation(['staff']).t;
  const { formats } = useReader();
  const list = useDeliveries(building);
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Paper withBorder component="section">
      <Title order={2} size="h5" p="md">
        {t('building.deliveries')}
      </Title>
      {list.isPending && <Loading rows={3} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data && rows.length === 0 && (
        <Text c="dimmed" px="md" pb="md">
          {t('building.noDeliveries')}
        </Text>
      )}
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.delivery} className={classes.row}>
            <Text fw={500}>{row.unitName ?? t('building.noUnit')}</Text>
            <Text size="sm" c="dimmed">
              {row.bank === null
                ? t('building.desk')
                : t('building.place', { bank: row.bank, door: row.compartment })}{' '}
              · {row.size}
            </Text>
            <Text size="sm">{staff(`delivery.state.${row.state}`)}</Text>
            <Text size="sm" c="dimmed">
              {formats.moment(row.endedAt ?? row.depositedAt ?? row.assignedAt, nowMs)}
            </Text>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          m="md"
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('fleet.more')}
        </Button>
      )}
    </Paper>
  );
}
