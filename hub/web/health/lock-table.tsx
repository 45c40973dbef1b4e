import { Anchor, Badge, Paper, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useReader } from '../frame/reader.tsx';
import classes from './health.module.css';
import { LOCK_COLUMNS, type LockColumn, type LockOrder, type LockRow } from './lock-order.ts';
import { Unknown } from './unknown.tsx';
import { WearBadge } from './wear.tsx';

/** On a phone only what says whether somebody has to go there. */
const WIDE_ONLY: ReadonlySet<LockColumn> = new Set(['slowest', 'attempts', 'openings']);
const fromWidth = (column: LockColumn) => (WIDE_ONLY.has(column) ? { visibleFrom: 'sm' as const } : {});

interface LockTableProps {
  readonly bank: string;
  readonly rows: readonly LockRow[];
  readonly chosen: number | undefined;
  readonly order: LockOrder;
  readonly onOrder: (order: LockOrder) => void;
}

/** One row a lock: its last days in figures. */
export function LockTable({ bank, rows, chosen, order, onOrder }: LockTableProps) {
  return (
    <Paper withBorder className={classes.table}>
      <Table verticalSpacing={6} horizontalSpacing={8} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {LOCK_COLUMNS.map((column) => (
              <Head key={column} column={column} order={order} onOrder={onOrder} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row
              key={row.lock.compartment}
              bank={bank}
              row={row}
              isChosen={row.lock.compartment === chosen}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

interface HeadProps {
  readonly column: LockColumn;
  readonly order: LockOrder;
  readonly onOrder: (order: LockOrder) => void;
}

function Head({ column, order, onOrder }: HeadProps) {
  const { t } = useReader();
  const isBy = order.by === column;
  // The first click on a door brings the first one, on anything else the worst, which is the largest.
  const isAscending = (column === 'door') !== order.reversed;
  const Icon = !isBy ? IconArrowsSort : isAscending ? IconArrowUp : IconArrowDown;
  return (
    <Table.Th
      {...fromWidth(column)}
      aria-sort={isBy ? (isAscending ? 'ascending' : 'descending') : 'none'}
      className={column === 'door' ? undefined : classes.figure}
    >
      <UnstyledButton
        className={classes.sort}
        data-by={isBy || undefined}
        title={t(`health.columnWhat.${column}`)}
        onClick={() => onOrder({ by: column, reversed: isBy && !order.reversed })}
      >
        {t(`health.column.${column}`)}
        <Icon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}

interface RowProps {
  readonly bank: string;
  readonly row: LockRow;
  readonly isChosen: boolean;
}

function Row({ bank, row, isChosen }: RowProps) {
  const { t, formats } = useReader();
  const { lock, attempts, jamShare } = row;
  const { compartment, recent, sensed } = lock;
  const figure = (column: LockColumn, value: number | null, write: (value: number) => string) => (
    <Table.Td {...fromWidth(column)} className={classes.figure}>
      {value === null ? <Unknown /> : write(value)}
    </Table.Td>
  );
  return (
    <Table.Tr data-chosen={isChosen || undefined} className={classes.row}>
      <Table.Td>
        <Stack gap={2} align="flex-start">
          <Anchor
            aria-current={isChosen ? 'true' : undefined}
            renderRoot={(root) => (
              <Link
                {...root}
                to="/banks/$bank/health"
                params={{ bank }}
                search={{ lock: compartment }}
                resetScroll={false}
              />
            )}
          >
            {t('doors:door', { number: compartment })}
          </Anchor>
          {!lock.inService && (
            <Badge size="xs" variant="outline" color="gray">
              {t('door.outOfService')}
            </Badge>
          )}
        </Stack>
      </Table.Td>
      {sensed ? (
        figure('opens', recent.medianMs, formats.latency)
      ) : (
        <Table.Td className={classes.figure}>
          <Text size="xs" c="dimmed">
            {t('health.noSensor')}
          </Text>
        </Table.Td>
      )}
      {figure('slowest', recent.p95Ms, formats.latency)}
      {figure('attempts', attempts, formats.ratio)}
      {figure('jams', jamShare, formats.share)}
      {figure('openings', recent.openings, formats.count)}
      <Table.Td className={classes.figure}>
        <Trend row={row} />
      </Table.Td>
    </Table.Tr>
  );
}

function Trend({ row: { lock, slowerMs } }: { readonly row: LockRow }) {
  const { formats } = useReader();
  if (lock.wear) return <WearBadge />;
  return slowerMs === null ? <Unknown /> : <bdi>{formats.latencyChange(slowerMs)}</bdi>;
}
