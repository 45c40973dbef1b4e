import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

/** The theme as a plot reads it: a canvas knows no CSS. */
export interface PlotLook {
  /** The value of a CSS variable. */
  color(variable: string): string;
  /** An axis in the theme's colours. */
  readonly axis: Pick<uPlot.Axis, 'stroke' | 'grid' | 'ticks'>;
}

/** A series drawn as bars. `size`: share of the room for one, and its largest width in px. */
export function bars(options: { size: [number, number]; radius: number }): Pick<uPlot.Series, 'paths'> {
  const { bars: pathsOf } = uPlot.paths;
  return pathsOf ? { paths: pathsOf(options) } : {};
}

interface PlotProps {
  readonly height: number;
  readonly data: uPlot.AlignedData;
  /** Memoised by the caller: a new function draws anew. */
  readonly options: (look: PlotLook) => Omit<uPlot.Options, 'width' | 'height'>;
}

/** A plot by uPlot as wide as its place, drawn anew when the colours change; whoever cannot see it needs a table. */
export function Plot({ height, data, options }: PlotProps) {
  const scheme = useComputedColorScheme('light');
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the document when the scheme changes
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const style = getComputedStyle(parent);
    const color = (variable: string) => style.getPropertyValue(variable);
    const axis = {
      stroke: color('--mantine-color-dimmed'),
      grid: { stroke: color('--mantine-color-default-border'), width: 1 },
      ticks: { show: false },
    };
    const size = () => ({ width: parent.clientWidth, height });
    const plot = new uPlot({ ...options({ color, axis }), ...size() }, data, parent);
    const watch = new ResizeObserver(() => plot.setSize(size()));
    watch.observe(parent);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [height, data, options, scheme]);
  return <div ref={box} style={{ width: '100%', minHeight: height }} aria-hidden dir="ltr" />;
}
