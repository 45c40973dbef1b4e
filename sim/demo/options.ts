/** What `npm start` was told: flags before environment before defaults. */
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MISWIRED_BUSES, type MiswiredBus } from './miswired-bus.ts';
import type { PortWish } from './ports.ts';

const DATA = join(import.meta.dirname, '..', '..', 'data');
/** The defaults of hub and broker (hub/config), and what comes after them. */
const PORTS = { port: 8080, mqttPort: 1883, mqttsPort: 8883, demoPort: 8090 } as const;

export interface StartOptions {
  readonly kind: 'demo' | 'empty';
  /** Other machines may reach it. */
  readonly lan: boolean;
  /** With a cloud on this machine. */
  readonly cloud: boolean;
  /** What is wired wrongly on purpose: the lobby's doors, or a bus beside it. */
  readonly miswired: 'doors' | MiswiredBus | null;
  readonly folder: string;
  readonly hub: PortWish;
  readonly mqtt: PortWish;
  readonly mqtts: PortWish;
  readonly control: PortWish;
}

type Flags = {
  readonly empty?: boolean;
  readonly lan?: boolean;
  readonly cloud: boolean;
  readonly miswired?: 'doors' | MiswiredBus;
  readonly data?: string;
  readonly port?: number;
  readonly mqttPort?: number;
  readonly mqttsPort?: number;
  readonly demoPort?: number;
};

/** Reads flags and environment; ends the process with a message at one that cannot be understood. */
export function readOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const flags = new Command('npm start --')
    .description('Runs a demo building, or (with --empty) a real one that is empty.')
    .option('--empty', 'a real building with nothing in it: the first visit sets it up')
    .option('--no-cloud', 'without a cloud on this machine (a real Postgres, some 100 MB)')
    .option('--lan', 'other machines may reach it; sign-ins are made by chance')
    .addOption(
      new Option(
        '--miswired [what]',
        'some cables are mixed up on purpose: of the doors in the lobby (find them by the commissioning walk: staff ' +
          'page, Banks), or of a serial bus beside it (find out by a scan; needs socat)',
      )
        .choices(['doors', ...MISWIRED_BUSES])
        .preset('doors'),
    )
    .option('--data <folder>', 'where everything is kept; default: data/demo, data/demo-lan or data/building')
    .option('--port <port>', `of pages and API; default: ${PORTS.port} or the next free one`, toPort)
    .option(
      '--mqtt-port <port>',
      `of the MQTT broker; default: ${PORTS.mqttPort} or the next free one`,
      toPort,
    )
    .option(
      '--mqtts-port <port>',
      `of MQTT over TLS; default: ${PORTS.mqttsPort} or the next free one`,
      toPort,
    )
    .option(
      '--demo-port <port>',
      `of the demo's own control; default: ${PORTS.demoPort} or the next free one`,
      toPort,
    )
    .parse([...words], { from: 'user' })
    .opts<Flags>();
  const kind = flags.empty ? 'empty' : 'demo';
  const lan = flags.lan ?? false;
  const wish = (name: keyof typeof PORTS, flag: string, variable: string, what: string): PortWish => {
    const asked = flags[name];
    if (asked !== undefined) return { what, port: asked, askedBy: flag };
    const text = environment[variable];
    if (text === undefined) return { what, port: PORTS[name], askedBy: undefined };
    return { what, port: fromEnvironment(variable, text), askedBy: variable };
  };
  return {
    kind,
    lan,
    cloud: flags.cloud,
    miswired: flags.miswired ?? null,
    folder: flags.data ?? environment.LOCKERHUB_DATA ?? join(DATA, folderOf(kind, lan)),
    hub: wish('port', '--port', 'LOCKERHUB_PORT', "the hub's pages"),
    mqtt: wish('mqttPort', '--mqtt-port', 'LOCKERHUB_MQTT_PORT', 'the MQTT broker'),
    mqtts: wish('mqttsPort', '--mqtts-port', 'LOCKERHUB_MQTTS_PORT', 'MQTT over TLS'),
    control: wish('demoPort', '--demo-port', 'LOCKERHUB_DEMO_PORT', "the demo's control"),
  };
}

/** The demo's sign-ins are known to everybody, so one for the LAN is another building. */
function folderOf(kind: 'demo' | 'empty', lan: boolean): string {
  if (kind === 'empty') return 'building';
  return lan ? 'demo-lan' : 'demo';
}

function fromEnvironment(variable: string, text: string): number {
  try {
    return toPort(text);
  } catch (cause) {
    throw new Error(`${variable}: ${(cause as Error).message}`, { cause });
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError(`"${text}" is no port (1 to 65535)`);
  return port;
}
