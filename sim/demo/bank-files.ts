/** The bank files of the demo: what an installer would have written for these two banks. */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { stringify } from 'yaml';
import { LOBBY } from './linden-court.ts';
import { fireContactOf } from './plcs.ts';

/**
 * A bank file (edge-agent/bank/bank-file.ts) for one PLC on this machine. The lobby's relay board times its pulses;
 * the garage's PLC does not, so the locks there limit themselves.
 */
export function bankFileOf(layout: Layout, unsensed: ReadonlySet<number>, port: number): string {
  const relayBoard = layout.bank === LOBBY.bank;
  return stringify({
    layout,
    lines: [
      {
        id: 'plc',
        host: '127.0.0.1',
        port,
        profile: relayBoard ? 'waveshare-relay-32-inputs' : 'generic-coils',
        locks: relayBoard ? 'pulsed' : 'hardware-limited',
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
