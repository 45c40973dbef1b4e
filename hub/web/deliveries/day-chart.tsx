import 'uplot/dist/uPlot.min.css';
import type { DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Paper, Text, Title, useComputedColorScheme, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { useReader } from '../frame/reader.tsx';
import { keys } from '../link/keys.ts';
import { deliveries } from '../link/requests.ts';
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
    const page = await deliveries({ q: '', state: null }, before, ROWS_AT_ONCE, signal);
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
  const scheme = useComputedColorScheme('light');
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the document when the scheme changes
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const style = getComputedStyle(parent);
    const ink = style.getPropertyValue('--mantine-color-dimmed');
    const line = style.getPropertyValue('--mantine-color-default-border');
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const { bars } = uPlot.paths;
    const plot = new uPlot(
      {
        width: parent.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [-0.6, days.length - 0.4] },
          y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            // Whole days only, and as many names as fit.
            incrs: [1, 2, 5, 7, 14],
            space: 64,
            values: (_, at) => at.map((index) => (days[index] ? formats.dayName(days[index].day) : '')),
          },
          { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500], values: (_, at) => at.map(formats.count) },
        ],
        series: [
          {},
          {
            fill: style.getPropertyValue('--mantine-primary-color-filled'),
            stroke: 'transparent',
            ...(bars ? { paths: bars({ size: [0.7, 48], radius: 0.15 }) } : {}),
            points: { show: false },
          },
        ],
      },
      [days.map((_, index) => index), days.map(({ count }) => count)],
      parent,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: parent.clientWidth, height: HEIGHT_PX }));
    watch.observe(parent);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [days, formats, scheme]);
  return <div ref={box} className={classes.chart} aria-hidden dir="ltr" />;
}
