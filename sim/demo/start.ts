/** `npm start`: the demo building, or with `--empty` a real one. Ctrl-C stops it cleanly. */

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { toString as qrCode } from 'qrcode';
import { inSight } from '../processes/progress.ts';
import { Stops } from '../processes/stops.ts';
import { SupervisedProcess } from '../processes/supervised.ts';
import { buildPages } from '../testing/pages.ts';
import type { Access } from './access.ts';
import { layMiswiredBus } from './miswired-bus.ts';
import { readOptions, type StartOptions } from './options.ts';
import { choosePort, type PortWish } from './ports.ts';
import { hubProgram } from './programs.ts';
import { startDemo } from './supervisor.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = ['edge-agent/kiosk/dist', 'hub/web/dist', 'sim/demo/page/dist'];
const KEY_BYTES = 9;

const stops = new Stops();
const startedMs = systemClock.monotonicMs();

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  console.log(options.kind === 'demo' ? 'Lockerhub: a demo building' : 'Lockerhub: an empty building');
  const pages = startPages();
  const ports = await choosePorts(options);
  await (options.kind === 'demo' ? demo : empty)(options, ports, pages);
  console.log(
    `\n  Ready after ${((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1)} s. Ctrl-C stops it.\n`,
  );
}

type Ports = {
  readonly hub: number;
  readonly mqtt: number;
  readonly mqtts: number;
  readonly control: number;
};

async function choosePorts({ hub, mqtt, mqtts, control, lan }: StartOptions): Promise<Ports> {
  const host = lan ? '0.0.0.0' : '127.0.0.1';
  const spoken = new Set<number>();
  const choose = async (wish: PortWish) => {
    const port = await choosePort(wish, host, spoken);
    if (port !== wish.port) console.log(`  Port ${wish.port} is taken; ${wish.what}: ${port}`);
    spoken.add(port);
    return port;
  };
  return {
    hub: await choose(hub),
    mqtt: await choose(mqtt),
    mqtts: await choose(mqtts),
    control: await choose(control),
  };
}

/**
 * Builds the pages if their sources changed. With pages of an earlier build there, that goes on beside the start;
 * without any, it comes first.
 */
function startPages(): { readonly built: Promise<void>; readonly isFirst: boolean } {
  const built = buildPages();
  // Whoever awaits it meets the error; until then it is no unhandled one.
  built.catch(() => {});
  return { built, isFirst: PAGES.some((page) => !existsSync(join(ROOT, page))) };
}

type Pages = ReturnType<typeof startPages>;

async function demo(options: StartOptions, ports: Ports, pages: Pages): Promise<void> {
  if (pages.isFirst) await inSight(systemClock, 'Building the pages, once', () => pages.built);
  const hostName = options.lan ? lanAddress() : '127.0.0.1';
  const access = await startDemo(
    {
      folder: options.folder,
      cloud: options.cloud,
      miswired: options.miswired === 'doors',
      host: options.lan ? '0.0.0.0' : '127.0.0.1',
      hostName,
      ports,
      controlKey: options.lan ? Buffer.from(systemRandom.bytes(KEY_BYTES)).toString('base64url') : null,
      clock: systemClock,
      random: systemRandom,
    },
    stops,
  );
  await pages.built;
  await sayDemo(access, hostName, ports);
  const { miswired } = options;
  if (miswired === null || miswired === 'doors') return;
  const { path, stop } = await layMiswiredBus(miswired, { folder: options.folder, clock: systemClock });
  stops.push(stop);
  console.log(`
  A bus        ${path}   something is wrong with it; find out what:
               npx edge-agent scan --serial ${path} --ids 1-4`);
}

async function sayDemo({ staff, couriers, controlKey }: Access, host: string, ports: Ports): Promise<void> {
  const [courier] = couriers;
  const key = controlKey === null ? '' : `?key=${controlKey}`;
  const demoAddress = `http://${host}:${ports.control}/demo/${key}`;
  console.log(`
  See it all   ${demoAddress}${key ? '' : `   (or http://${host}:${ports.hub}/demo)`}
  Staff page   http://${host}:${ports.hub}/   sign in as ${staff.login}, password ${staff.password}
  Kiosk        http://${host}:${ports.hub}/kiosk/   courier ${courier?.name} of ${courier?.carrier} has the code ${spaced(courier?.code ?? '')}
  API          http://${host}:${ports.hub}/docs/   MQTT broker on port ${ports.mqtt}, over TLS ${ports.mqtts}

  Try: open the first address, press "A parcel", then "Pull the hub's plug" in the middle of "A rush of 14".
       npm run walk   takes one parcel in and out by HTTP.`);
  if (key) console.log(`\n${await qrCode(demoAddress, { type: 'terminal', small: true })}`);
}

/** A real building: the hub alone, supervised. */
async function empty(options: StartOptions, ports: Ports, pages: Pages): Promise<void> {
  await inSight(systemClock, 'Building the pages', () => pages.built);
  const { folder, lan } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const host = lan ? '0.0.0.0' : '127.0.0.1';
  const hub = new SupervisedProcess(
    hubProgram({ folder, host, port: ports.hub, mqttPort: ports.mqtt, mqttsPort: ports.mqtts }),
    systemClock,
  );
  stops.push(() => hub.stop());
  await inSight(systemClock, 'Starting the hub (the first time it creates its store: some 10 s)', () =>
    hub.start(),
  );
  const address = `http://${lan ? lanAddress() : '127.0.0.1'}:${ports.hub}/`;
  console.log(`
  Open         ${address}   the first visit creates the administrator and the building
  API          ${address}docs/   MQTT for agents, over TLS, on port ${ports.mqtts}
  Data         ${folder}`);
  if (lan) console.log(`\n${await qrCode(address, { type: 'terminal', small: true })}`);
}

/** How others on the LAN reach this machine. */
function lanAddress(): string {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((each): each is NetworkInterfaceInfo => each?.family === 'IPv4' && !each.internal);
  const [first] = addresses;
  if (!first) throw new Error('this machine is on no network; start without --lan');
  return first.address;
}

/** npm passes a terminal's Ctrl-C on, so that one keystroke comes as two signals; people take longer for two. */
const SAME_KEYSTROKE_MS = 500;

/** Stops everything in order at the first signal, at once at the second. */
function stopAtSignals(): void {
  let firstMs: number | undefined;
  const end = () => {
    const nowMs = systemClock.monotonicMs();
    if (firstMs !== undefined) {
      if (nowMs - firstMs > SAME_KEYSTROKE_MS) process.exit(1);
      return;
    }
    firstMs = nowMs;
    console.log('\n  Stopping …');
    stops.run().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}

stopAtSignals();
try {
  await main();
} catch (error) {
  console.error(`\n  ${error instanceof Error ? error.message : String(error)}`);
  await stops.run();
  process.exit(1);
}
