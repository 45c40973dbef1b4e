import type { LockDay, LockHealth } from '@lockerhub/protocol/http/locks.ts';
import { Text, VisuallyHidden } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { AlignedData, Series } from 'uplot';
import { bars, Plot, type PlotLook } from '../frame/plot.tsx';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import classes from './health.module.css';
import { isoDay, type PlottedDays, plottedDays } from './lock-days.ts';

const LATENCY_HEIGHT_PX = 200;
const JAMS_HEIGHT_PX = 110;
/** Both plots begin at the same place. */
const AXIS_WIDTH_PX = 62;
/** For one line of names. */
const AXIS_HEIGHT_PX = 30;
/** Between two lines of a low plot. */
const LINE_SPACE_PX = 22;
/** An axis of milliseconds that ends below this would make a mountain of a poll's blur. */
const LATENCY_TOP_MIN_MS = 100;
const JAMS_TOP_MIN = 2;

interface LockChartProps {
  readonly lock: LockHealth;
  readonly days: readonly LockDay[];
}

/** A lock over time: how long it took to open, and its jams, day by day; and as a table for who does not see that. */
export function LockChart({ lock, days }: LockChartProps) {
  const { t } = useReader();
  const nowMs = useHubNow();
  const today = Math.floor(nowMs / 86_400_000);
  const plotted = useMemo(() => plottedDays(days, today * 86_400_000), [days, today]);
  return (
    <>
      {lock.sensed && (
        <>
          <Text size="sm" fw={600}>
            {t('health.chart.latency')}
          </Text>
          <Latencies plotted={plotted} beforeMs={lock.baseline.medianMs} />
          <Legend hasBefore={lock.baseline.medianMs !== null} />
        </>
      )}
      <Text size="sm" fw={600} mt="sm">
        {t('health.chart.jams')}
      </Text>
      {days.some(({ jams }) => jams > 0) ? (
        <Jams plotted={plotted} />
      ) : (
        <Text size="sm" c="dimmed">
          {t('health.chart.noJams')}
        </Text>
      )}
      <DayTable days={days} />
    </>
  );
}

function useDayAxis() {
  const { formats } = useReader();
  return useCallback(
    ({ axis }: PlotLook) => ({
      ...axis,
      size: AXIS_HEIGHT_PX,
      grid: { show: false },
      // Whole days only, and as many names as fit.
      incrs: [1, 2, 7, 14, 28],
      space: 64,
      values: (_: unknown, at: number[]) =>
        at.map((day) => (Number.isInteger(day) ? formats.dayName(isoDay(day)) : '')),
    }),
    [formats],
  );
}

function useFrame(days: readonly number[], topMin: number) {
  return useMemo(
    () => ({
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [(days[0] ?? 0) - 0.6, (days.at(-1) ?? 0) + 0.6] as [number, number] },
        y: {
          range: (_: unknown, __: number, max: number): [number, number] => [0, Math.max(topMin, max * 1.1)],
        },
      },
    }),
    [days, topMin],
  );
}

interface LatenciesProps {
  readonly plotted: PlottedDays;
  readonly beforeMs: number | null;
}

function Latencies({ plotted, beforeMs }: LatenciesProps) {
  const { formats } = useReader();
  const dayAxis = useDayAxis();
  const frame = useFrame(plotted.days, LATENCY_TOP_MIN_MS);
  const data = useMemo(
    (): AlignedData => [plotted.days, plotted.days.map(() => beforeMs), plotted.p95Ms, plotted.medianMs],
    [plotted, beforeMs],
  );
  const options = useCallback(
    (look: PlotLook) => ({
      ...frame,
      axes: [
        dayAxis(look),
        {
          ...look.axis,
          size: AXIS_WIDTH_PX,
          values: (_: unknown, at: number[]) => at.map(formats.latency),
        },
      ],
      series: [{}, ...latencySeries(look)],
    }),
    [frame, dayAxis, formats],
  );
  return <Plot height={LATENCY_HEIGHT_PX} data={data} options={options} />;
}

const BEFORE_DASH = [6, 5];

/** The month before as a dashed line, the slow ones as hollow dots, the middle as a line with dots. */
function latencySeries({ color }: PlotLook): Series[] {
  const accent = color('--lockerhub-accent');
  const quiet = color('--mantine-color-dimmed');
  const ground = color('--lockerhub-surface');
  return [
    { stroke: quiet, width: 1.5, dash: BEFORE_DASH, points: { show: false } },
    { stroke: quiet, paths: () => null, points: { show: true, size: 6, width: 1.5, fill: ground } },
    { stroke: accent, width: 2, spanGaps: true, points: { show: true, size: 7, fill: accent } },
  ];
}

function Jams({ plotted }: { readonly plotted: PlottedDays }) {
  const { formats } = useReader();
  const dayAxis = useDayAxis();
  const frame = useFrame(plotted.days, JAMS_TOP_MIN);
  const data = useMemo((): AlignedData => [plotted.days, plotted.jams], [plotted]);
  const options = useCallback(
    (look: PlotLook) => ({
      ...frame,
      axes: [
        dayAxis(look),
        {
          ...look.axis,
          size: AXIS_WIDTH_PX,
          space: LINE_SPACE_PX,
          incrs: [1, 2, 5, 10, 20, 50],
          values: (_: unknown, at: number[]) => at.map(formats.count),
        },
      ],
      series: [
        {},
        {
          fill: look.color('--mantine-color-error'),
          stroke: 'transparent',
          ...bars({ size: [0.6, 18], radius: 0.15 }),
          points: { show: false },
        },
      ],
    }),
    [frame, dayAxis, formats],
  );
  return <Plot height={JAMS_HEIGHT_PX} data={data} options={options} />;
}

function Legend({ hasBefore }: { readonly hasBefore: boolean }) {
  const { t } = useReader();
  const mark = (children: React.ReactNode) => (
    <svg width="22" height="10" viewBox="0 0 22 10" aria-hidden="true">
      {children}
    </svg>
  );
  return (
    <ul className={classes.legend}>
      <li>
        {mark(
          <g stroke="var(--lockerhub-accent)" fill="var(--lockerhub-accent)">
            <path d="M0 5h22" strokeWidth="2" />
            <circle cx="11" cy="5" r="3" />
          </g>,
        )}
        {t('health.chart.median')}
      </li>
      <li>
        {mark(
          <circle cx="11" cy="5" r="3" fill="none" stroke="var(--mantine-color-dimmed)" strokeWidth="1.5" />,
        )}
        {t('health.chart.slow')}
      </li>
      {hasBefore && (
        <li>
          {mark(
            <path d="M0 5h22" stroke="var(--mantine-color-dimmed)" strokeWidth="1.5" strokeDasharray="6 5" />,
          )}
          {t('health.chart.before')}
        </li>
      )}
    </ul>
  );
}

function DayTable({ days }: { readonly days: readonly LockDay[] }) {
  const { t, formats } = useReader();
  const latency = (ms: number | null) => (ms === null ? t('health.unknown') : formats.latency(ms));
  return (
    <VisuallyHidden>
      <table>
        <caption>{t('health.chart.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('chart.day')}</th>
            <th scope="col">{t('health.column.openings')}</th>
            <th scope="col">{t('health.column.opens')}</th>
            <th scope="col">{t('health.column.slowest')}</th>
            <th scope="col">{t('health.chart.jams')}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, openings, medianMs, p95Ms, jams }) => (
            <tr key={day}>
              <th scope="row">{formats.dayName(day)}</th>
              <td>{formats.count(openings)}</td>
              <td>{latency(medianMs)}</td>
              <td>{latency(p95Ms)}</td>
              <td>{formats.count(jams)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
