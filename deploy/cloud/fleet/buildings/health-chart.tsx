import { Plot, type PlotLook } from '@lockerhub/hub/web/frame/plot.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import type { HealthPoint } from '@lockerhub/protocol/http/fleet.ts';
import { Group, Paper, SegmentedControl, Text, Title, VisuallyHidden } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import type { AlignedData } from 'uplot';
import { useHealth } from '../link/queries.ts';
import { useFleetWords } from '../words/words.ts';

const HEIGHT_PX = 200;
const MINUTE_MS = 60_000;
const DAY_S = 24 * 3600;
const SPAN_S = { day: DAY_S, month: 31 * DAY_S } as const;

/** How long the hub was silent, and how much waited on it, over time. */
export function HealthChart({ building }: { readonly building: string }) {
  const t = useFleetWords();
  const [range, setRange] = useState<'day' | 'month'>('day');
  const health = useHealth(building, range);
  // Of a hub that has never spoken nothing is.
  const isMeasured = health.data?.points.some(({ silentMs }) => silentMs !== null) ?? false;
  return (
    <Paper withBorder p="md" component="section">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {t('building.health')}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t('building.health')}
          value={range}
          onChange={(chosen) => setRange(chosen === 'day' ? 'day' : 'month')}
          data={[
            { value: 'day', label: t('building.day') },
            { value: 'month', label: t('building.month') },
          ]}
        />
      </Group>
      {health.isPending && <Loading rows={1} height={HEIGHT_PX} />}
      {health.isError && <Failed error={health.error} again={() => void health.refetch()} />}
      {health.data && !isMeasured && <Text c="dimmed">{t('building.noPoints')}</Text>}
      {health.data && isMeasured && <Chart points={health.data.points} spanS={SPAN_S[range]} />}
    </Paper>
  );
}

const AXIS_PX = 56;
/** From nothing to the highest: minutes and entries have a side each. */
const fromZero = {
  range: (_: unknown, _low: number, high: number) => [0, Math.max(1, high)] as [number, number],
};

/** One point is drawn as a dot: a line needs two. */
const dots = (points: readonly HealthPoint[]) => ({ show: points.length === 1 });

interface ChartProps {
  readonly points: readonly HealthPoint[];
  /** How much time is shown, up to the newest point. */
  readonly spanS: number;
}

function Chart({ points, spanS }: ChartProps) {
  const t = useFleetWords();
  const { formats } = useReader();
  const data = useMemo<AlignedData>(
    () => [
      points.map(({ atMs }) => atMs / 1_000),
      points.map(({ silentMs }) => (silentMs === null ? null : silentMs / MINUTE_MS)),
      points.map(({ unsentEntries }) => unsentEntries),
    ],
    [points],
  );
  const options = useCallback(
    ({ axis, color }: PlotLook) => ({
      cursor: { show: false },
      legend: { show: true, live: false },
      scales: {
        x: {
          range: (_: unknown, _low: number, newest: number) => [newest - spanS, newest] as [number, number],
        },
        y: fromZero,
        entries: fromZero,
      },
      axes: [
        {
          ...axis,
          values: (_: unknown, at: number[]) =>
            at.map((s) =>
              spanS === DAY_S
                ? formats.moment(s * 1_000, s * 1_000)
                : formats.dayName(formats.day(s * 1_000)),
            ),
        },
        { ...axis, size: AXIS_PX, values: (_: unknown, at: number[]) => at.map(formats.count) },
        {
          ...axis,
          scale: 'entries',
          side: 1 as const,
          grid: { show: false },
          size: AXIS_PX,
          values: (_: unknown, at: number[]) => at.map(formats.count),
        },
      ],
      series: [
        {},
        {
          // The plot runs from left to right in every language: an arrow says whose side is whose.
          label: `← ${t('building.silentSeries')}`,
          stroke: color('--lockerhub-accent'),
          width: 2,
          points: dots(points),
        },
        {
          label: `${t('building.unsentSeries')} →`,
          scale: 'entries',
          stroke: color('--mantine-color-error'),
          width: 2,
          dash: [6, 4],
          points: dots(points),
        },
      ],
    }),
    [t, formats, points, spanS],
  );
  return (
    <>
      <Plot height={HEIGHT_PX} data={data} options={options} />
      <Table points={points} />
    </>
  );
}

/** The same for who does not see the lines. */
function Table({ points }: { readonly points: readonly HealthPoint[] }) {
  const t = useFleetWords();
  const { formats } = useReader();
  return (
    <VisuallyHidden>
      <table>
        <thead>
          <tr>
            <th>{t('building.at')}</th>
            <th>{t('building.silentSeries')}</th>
            <th>{t('building.unsentSeries')}</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ atMs, silentMs, unsentEntries }) => (
            <tr key={atMs}>
              <td>{formats.exact(atMs)}</td>
              <td>{silentMs === null ? '' : formats.count(Math.round(silentMs / MINUTE_MS))}</td>
              <td>{formats.count(unsentEntries)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
