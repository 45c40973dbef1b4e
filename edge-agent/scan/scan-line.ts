/** Scans a serial port or a TCP address with the profiles that come with the agent. */
import type { ScanProgress, ScanReport, ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { builtInProfiles, loadProfile } from '../devices/built-in-profiles.ts';
import { type OpenSerialWire, openSerialPort } from '../lines/serial-wire.ts';
import { type ScanOptions, scan } from './scan.ts';
import { ALL_UNITS } from './scan-plan.ts';
import { openSerialAsker } from './serial-asker.ts';
import { openTcpAsker } from './tcp-asker.ts';

/** What to scan. */
export type ScanTarget =
  | { readonly kind: 'serial'; readonly path: string; readonly speeds: readonly ScanSpeed[] }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface ScanLineOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** All without it. */
  readonly units?: readonly number[] | undefined;
  /** Instead of `ANSWERS_WITHIN_MS`. */
  readonly withinMs?: number | undefined;
  readonly onProgress: (progress: ScanProgress) => void;
  readonly signal: AbortSignal;
  /** Instead of a port of this machine. */
  readonly openWire?: OpenSerialWire;
}

/**
 * How long an id may take to begin its answer. A serial device takes a few tens of ms; one that takes longer is
 * heard while the next id is asked, and asked again. A gateway waits for its own bus first.
 */
export const ANSWERS_WITHIN_MS: Readonly<Record<ScanTarget['kind'], number>> = { serial: 200, tcp: 1_500 };

/**
 * Scans a line. Nothing but reads is sent, and nobody else may use the line meanwhile.
 *
 * @throws AgentError `scan-failed`
 */
export async function scanLine(target: ScanTarget, options: ScanLineOptions): Promise<ScanReport> {
  const { clock, random, openWire = openSerialPort, units, withinMs, onProgress, signal } = options;
  const profiles = await Promise.all((await builtInProfiles()).map((name) => loadProfile(name)));
  return await scan({
    ...waysOf(target, { clock, random, openWire }),
    units: units ?? ALL_UNITS,
    withinMs: withinMs ?? ANSWERS_WITHIN_MS[target.kind],
    profiles,
    onProgress,
    signal,
  });
}

/** How to open the line, and at which speeds. */
function waysOf(
  target: ScanTarget,
  { clock, random, openWire }: Pick<Required<ScanLineOptions>, 'clock' | 'random' | 'openWire'>,
): Pick<ScanOptions, 'ways'> {
  if (target.kind === 'tcp') {
    return { ways: [{ speed: null, open: () => openTcpAsker({ ...target, clock, random }) }] };
  }
  const { path, speeds } = target;
  return {
    ways: speeds.map((speed) => ({ speed, open: () => openSerialAsker({ path, speed, clock, openWire }) })),
  };
}
