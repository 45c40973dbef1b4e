/** The whole demo in a folder of its own on free ports, for tests: real hub and agent processes, real sockets. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { Access } from '../demo/access.ts';
import { startDemo } from '../demo/supervisor.ts';
import { Stops } from '../processes/stops.ts';
import { freePort } from '../testing/free-port.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';

export interface DemoRig {
  readonly folder: string;
  readonly access: Access;
  /** Stops everything and starts it again on the same folder and ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param cloud with a cloud on this machine */
export async function startDemoRig(cloud = false): Promise<DemoRig> {
  const store = await freshStoreFolder();
  const folder = join(store.folder, 'demo');
  const ports = {
    hub: await freePort(),
    mqtt: await freePort(),
    mqtts: await freePort(),
    control: await freePort(),
  };
  const options = {
    folder,
    cloud,
    host: '127.0.0.1',
    hostName: '127.0.0.1',
    ports,
    // Tests that start at once would find the same ports free.
    otherPorts: {
      window: await freePort(),
      room: await freePort(),
      agent: await freePort(),
      cloud: await freePort(),
    },
    plcPorts: { lobby: await freePort(), garage: await freePort(), room: await freePort() },
    emptyStore: join(store.folder, 'store'),
    controlKey: null,
    clock: systemClock,
    random: systemRandom,
  };
  const stops = new Stops();
  try {
    const access = await startDemo(options, stops);
    return {
      folder,
      access,
      async restart() {
        await stops.run();
        await startDemo(options, stops);
      },
      async stop() {
        await stops.run();
        await rm(store.folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stops.run();
    throw error;
  }
}
