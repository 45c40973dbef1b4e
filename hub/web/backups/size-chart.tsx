import type { BackupView } from '@lockerhub/protocol/http/backup.ts';
import { Paper, Text, Title } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { AlignedData } from 'uplot';
import { Plot, type PlotLook } from '../frame/plot.tsx';
import { useReader } from '../frame/reader.tsx';

const HEIGHT_PX = 160;
/** "1,234 MB" beside the axis. */
const AXIS_PX = 72;

/** How large they became over time; the list below says the same to who does not see the line. */
export function SizeChart({ backups }: { readonly backups: readonly BackupView[] }) {
  const { t, formats } = useReader();
  const data = useMemo<AlignedData>(() => {
    const dated = backups.toSorted((a, b) => a.madeAt - b.madeAt);
    return [dated.map(({ madeAt }) => madeAt / 1_000), dated.map(({ bytes }) => bytes)];
  }, [backups]);
  const options = useCallback(
    ({ axis, color }: PlotLook) => ({
      cursor: { show: false },
      legend: { show: false },
      scales: {
        y: {
          range: (_: unknown, _low: number, high: number): [number, number] => [0, Math.max(1, high) * 1.1],
        },
      },
      axes: [
        {
          ...axis,
          space: 72,
          values: (_: unknown, at: number[]) => at.map((s) => formats.dayName(formats.day(s * 1_000))),
        },
        { ...axis, size: AXIS_PX, values: (_: unknown, at: number[]) => at.map(formats.bytes) },
      ],
      series: [{}, { stroke: color('--lockerhub-accent'), width: 2, points: { show: true, size: 6 } }],
    }),
    [formats],
  );
  if (backups.length < 2) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('backups.sizes')}>
      <Title order={2} size="h5">
        {t('backups.sizes')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('backups.sizesWhat')}
      </Text>
      <Plot height={HEIGHT_PX} data={data} options={options} />
    </Paper>
  );
}
