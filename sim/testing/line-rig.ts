import type { Line } from '@lockerhub/edge-agent/lines/line.ts';
import { createTcpLine, type TcpLineOptions } from '@lockerhub/edge-agent/lines/tcp-line.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { Plc } from '../plc/plc.ts';
import { type PlcServer, type PlcServerOptions, startPlcServer } from '../plc/tcp-server.ts';
import { waitFor } from './wait-for.ts';

/** How long something over a loopback socket may take on a busy machine. */
const SOCKET_DEADLINE_MS = 10_000;

/** A line over a real socket to a simulated PLC. All timers are virtual: nothing times out until the test says so. */
export interface LineRig {
  readonly clock: VirtualClock;
  readonly plc: Plc;
  readonly server: PlcServer;
  readonly line: Line;
  /** Waits until the line is online, letting virtual time pass for its reconnecting. */
  online(): Promise<void>;
  /** Lets virtual time pass until it is so. */
  pass(until: () => boolean, what: string): Promise<void>;
  stop(): Promise<void>;
}

/** How long a request on the rig's line may take, in virtual time. */
export const RIG_TIMEOUT_MS = 500;

/** Holding register `address` of the rig's PLC holds this, so that an answer to another request is seen. */
export function rigRegister(address: number): number {
  return 1_000 + address * 7;
}

/** Starts a PLC (unit 1, one door, 64 registers), its server, and a line that is online. */
export async function startLineRig(
  options: { line?: Partial<TcpLineOptions>; server?: Partial<PlcServerOptions> } = {},
): Promise<LineRig> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const plc = new Plc({
    clock,
    units: [{ unit: 1, device: 'waveshare-relay' }],
    doors: [
      { number: 1, unit: 1, coil: 0, sensor: { area: 'discrete-inputs', address: 0, closed: 1 } },
      { number: 2, unit: 1, coil: 1, sensor: { area: 'discrete-inputs', address: 1, closed: 1 } },
    ],
  });
  for (let address = 0; address < 64; address++) {
    plc.execute({ unit: 1, kind: 'write-register', address, value: rigRegister(address) });
  }
  const server = await startPlcServer({ plc, ...options.server });
  const line = createTcpLine({
    id: 'rig',
    host: server.host,
    port: server.port,
    timeoutMs: RIG_TIMEOUT_MS,
    clock,
    random: new SeededRandom(1),
    ...options.line,
  });
  const pass = async (until: () => boolean, what: string): Promise<void> => {
    const deadline = performance.now() + SOCKET_DEADLINE_MS;
    while (!until()) {
      if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
      await turns();
      if (!until()) await clock.advance(50);
    }
  };
  const rig: LineRig = {
    clock,
    plc,
    server,
    line,
    pass,
    online: () => pass(() => line.online, 'the line to be online'),
    stop: async () => {
      await line.stop();
      await server.stop();
    },
  };
  line.start();
  await waitFor(() => line.online, SOCKET_DEADLINE_MS, 'the line to be online at first');
  return rig;
}

/** Both ends of the sockets live in this process: what is under way arrives within a few turns of its event loop. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
