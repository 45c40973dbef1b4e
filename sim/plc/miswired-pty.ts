/** A serial bus behind a pty of this machine, connected or set wrongly on purpose. Needs `socat` and Linux. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { miswireBus } from './miswired-bus.ts';
import type { Plc } from './plc.ts';
import { startPtyBus } from './pty-bus.ts';
import { type RtuServer, startRtuServer } from './rtu-server.ts';
import type { BusSettings } from './serial-bus.ts';

export interface MiswiredPtyOptions {
  /** Where the port appears. */
  readonly path: string;
  readonly plc: Plc;
  readonly clock: Clock;
  /** How the units are set. */
  readonly units: BusSettings;
  /** A and B are swapped. */
  readonly swapped?: boolean;
}

/** A miswired bus; `stop` takes its port away. */
export interface MiswiredPty {
  readonly bus: RtuServer;
  stop(): Promise<void>;
}

/**
 * Puts the units of a PLC on such a bus. A pty hands on bytes whatever its two ends are set to; what a wire would make of
 * them is worked out from how whoever opened the port has set it. A pty of Linux keeps no parity (drivers/tty/pty.c), so
 * that is taken for the units' own.
 */
export async function startMiswiredPty(options: MiswiredPtyOptions): Promise<MiswiredPty> {
  const { path, plc, clock, units, swapped = false } = options;
  const pty = await startPtyBus(path);
  // Open before the agent is, which lets nobody open its port after it.
  const port = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const end = miswireBus(pty, { swapped, units, agent: () => ({ ...units, ...settingsOf(port) }) });
  const bus = startRtuServer({ plc, end, clock, ...units });
  return {
    bus,
    stop: async () => {
      bus.stop();
      closeSync(port);
      await pty.unplug();
    },
  };
}

/** How a terminal is set, its parity aside. */
function settingsOf(terminal: number): Omit<BusSettings, 'parity'> {
  const { stdout, status, stderr } = spawnSync('stty', ['-a'], {
    stdio: [terminal, 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const baud = /speed (\d+) baud/.exec(stdout)?.[1];
  if (status !== 0 || baud === undefined) throw new Error(`stty does not say how the port is set: ${stderr}`);
  return { baud: Number(baud), stopBits: stdout.split(/\s+/).includes('cstopb') ? 2 : 1 };
}
