/** The bank files of the demo: what an installer would have written for its banks. */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { stringify } from 'yaml';
import { controllerOf, fireContactOf } from './plcs.ts';

/**
 * A bank file (edge-agent/bank/bank-file.ts) for one PLC on this machine. Relay boards time their pulses; the garage's
 * PLC does not, so the locks there limit themselves.
 */
export function bankFileOf(layout: Layout, unsensed: ReadonlySet<number>, port: number): string {
  const { profile, locks } = controllerOf(layout);
  return stringify({
    layout,
    lines: [
      {
        id: 'plc',
        host: '127.0.0.1',
        port,
        profile,
        locks,
      },
    ],
    wiring: placedCompartments(layout).map(({ number }) => ({
      compartment: number,
      line: 'plc',
      unit: 1,
      output: number,
      sensor: unsensed.has(number) ? 'none' : { point: number },
    })),
    emergency: { line: 'plc', unit: 1, point: fireContactOf(layout), release: 0 },
  });
}
