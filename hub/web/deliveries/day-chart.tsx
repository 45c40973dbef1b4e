import type { DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Paper, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { AlignedData } from 'uplot';
import { bars, Plot, type PlotLook } from '../frame/plot.tsx';
import { useReader } from '../frame/reader.tsx';
import { keys } from '../link/keys.ts';
import { deliveries, EVERY_DELIVERY } from '../link/requests.ts';
import classes from './deliveries.module.css';
import { type DayCount, deliveriesPerDay } from './per-day.ts';

/** At most so many deliveries are counted: a month of a large building, in a few requests. */
const COUNTED = 1_000;
const ROWS_AT_ONCE = 200;

async function newest(
  signal: AbortSignal,
): Promise<{ readonly rows: DeliveryView[]; readonly complete: boolean }> {
  const rows: DeliveryView[] = [];
  let before: string | null = null;
  do {
    const page = await deliveries(EVERY_DELIVERY, before, ROWS_AT_ONCE, signal);
    rows.push(...page.items);
    before = page.before;
  } while (before !== null && rows.length < COUNTED);
  return { rows, complete: before === null };
}

/** Deliveries a day as bars, and as a table for who does not see them. */
export function DayChart() {
  const { t, formats } = useReader();
  const counted = useQuery({
    queryKey: [...keys.deliveries, 'per-day'],
    queryFn: ({ signal }) => newest(signal),
  });
  const days = useMemo(
    () =>
      counted.data ? deliveriesPerDay(counted.data.rows, counted.data.complete, formats.day) : undefined,
    [counted.data, formats],
  );
  if (!days || days.length < 2) return null;
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5">
        {t('chart.title')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('chart.what', { count: counted.data?.rows.length ?? 0 })}
      </Text>
      <Bars days={days} />
      <VisuallyHidden>
        <table>
          <caption>{t('chart.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('chart.day')}</th>
              <th scope="col">{t('chart.count')}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, count }) => (
              <tr key={day}>
                <th scope="row">{formats.dayName(day)}</th>
                <td>{formats.count(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </Paper>
  );
}

const HEIGHT_PX = 170;

function Bars({ days }: { readonly days: readonly DayCount[] }) {
  const { formats } = useReader();
  const data = useMemo(
    (): AlignedData => [days.map((_, index) => index), days.map(({ count }) => count)],
    [days],
  );
  const options = useCallback(
    ({ color, axis }: PlotLook) => ({
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.6, days.length - 0.4] as [number, number] },
        y: { range: (_: unknown, __: number, max: number): [number, number] => [0, Math.max(4, max * 1.1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          // Whole days only, and as many names as fit.
          incrs: [1, 2, 5, 7, 14],
          space: 64,
          values: (_: unknown, at: number[]) =>
            at.map((index) => (days[index] ? formats.dayName(days[index].day) : '')),
        },
        {
          ...axis,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
          values: (_: unknown, at: number[]) => at.map(formats.count),
        },
      ],
      series: [
        {},
        {
          fill: color('--mantine-primary-color-filled'),
          stroke: 'transparent',
          ...bars({ size: [0.7, 48], radius: 0.15 }),
          points: { show: false },
        },
      ],
    }),
    [days, formats],
  );
  return (
    <div className={classes.chart}>
      <Plot height={HEIGHT_PX} data={data} options={options} />
    </div>
  );
}
