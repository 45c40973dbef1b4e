/** A serial bus beside the demo's banks, wired wrongly on purpose, for whoever wants to find out by a scan. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { type MiswiredPty, startMiswiredPty } from '../plc/miswired-pty.ts';
import { Plc } from '../plc/plc.ts';
import { hasSocat } from '../plc/pty-bus.ts';

/** A and B are exchanged; the boards are set to another speed than they are shipped with; two boards have one id. */
export const MISWIRED_BUSES = ['bus-swapped', 'bus-speed', 'bus-twins'] as const;
export type MiswiredBus = (typeof MISWIRED_BUSES)[number];

const SHIPPED = { baud: 9_600 };
const CHANGED = { baud: 19_200 };
const UNITS = [1, 2, 3];
const TWIN = 2;

/**
 * Lays the bus. Its port appears in `folder`.
 *
 * @returns the port's path, and how to take it away
 * @throws Error with what to do: there is no `socat`
 */
export async function layMiswiredBus(
  what: MiswiredBus,
  { folder, clock }: { readonly folder: string; readonly clock: Clock },
): Promise<{ path: string; stop: MiswiredPty['stop'] }> {
  if (!hasSocat)
    throw new Error('a serial bus needs "socat" on this machine; install it, or leave --miswired out');
  const path = join(folder, 'bus');
  // Of a demo that was killed.
  rmSync(path, { force: true });
  const plc = new Plc({
    clock,
    units: UNITS.map((unit) => ({
      unit,
      device: 'waveshare-relay',
      coils: 8,
      discreteInputs: 8,
      holdingRegisters: 0,
      inputRegisters: 0,
    })),
    doors: [],
  });
  const { bus, stop } = await startMiswiredPty({
    path,
    plc,
    clock,
    units: what === 'bus-speed' ? CHANGED : SHIPPED,
    swapped: what === 'bus-swapped',
  });
  if (what === 'bus-twins') bus.faults.always('twins', TWIN);
  return { path, stop };
}
