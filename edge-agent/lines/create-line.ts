import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Line } from './line.ts';
import { createSerialLine, type SerialLineOptions } from './serial-line.ts';
import { createTcpLine, type TcpLineOptions } from './tcp-line.ts';

/** All that there is to say of a line, apart from the time and chance that it runs on. */
export type LineSettings =
  | ({ readonly kind: 'tcp' } & Omit<TcpLineOptions, 'clock' | 'random'>)
  | ({ readonly kind: 'serial' } & Omit<SerialLineOptions, 'clock' | 'random'>);

/** Makes a line of either kind. Does nothing until `start`. */
export function createLine(settings: LineSettings, on: { clock: Clock; random: Random }): Line {
  return settings.kind === 'tcp'
    ? createTcpLine({ ...settings, ...on })
    : createSerialLine({ ...settings, ...on });
}
