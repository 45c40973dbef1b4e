/** A whole cloud for tests: Postgres, the gateway, and the stand-in shape server, or a real Electric where one is named. */
import type { RunningGateway } from '@lockerhub/deploy/cloud/gateway/gateway.ts';
import { pino } from 'pino';
import { type ShapeServer, startShapeServer } from '../electric/shape-server.ts';
import { CloudRig } from './cloud-rig.ts';
import { freePort } from './free-port.ts';

/** A live request of the stand-in: short, so that a stop waits for none. */
const LIVE_TIMEOUT_MS = 5_000;

export class CloudWorld {
  readonly rig: CloudRig;
  readonly #shapesPort: number;
  readonly #gateway: RunningGateway;
  #shapes: ShapeServer | null;

  private constructor(
    rig: CloudRig,
    shapesPort: number,
    gateway: RunningGateway,
    shapes: ShapeServer | null,
  ) {
    this.rig = rig;
    this.#shapesPort = shapesPort;
    this.#gateway = gateway;
    this.#shapes = shapes;
  }

  static async start(): Promise<CloudWorld> {
    const shapesPort = await freePort();
    const electric = { url: `http://127.0.0.1:${shapesPort}`, secret: undefined };
    const rig = await CloudRig.start({ electric });
    const shapes = await startShapes(rig, shapesPort);
    return new CloudWorld(rig, shapesPort, await rig.gateway(), shapes);
  }

  get gateway(): RunningGateway {
    return this.#gateway;
  }

  /** Of the gateway. */
  get url(): string {
    return this.#gateway.url;
  }

  /** Ends the stand-in; shapes are answered 503 until it is back. */
  async stopShapes(): Promise<void> {
    await this.#shapes?.stop();
    this.#shapes = null;
  }

  async startShapes(): Promise<void> {
    this.#shapes = await startShapes(this.rig, this.#shapesPort);
  }

  async end(): Promise<void> {
    await this.rig.end();
    await this.stopShapes();
  }
}

function startShapes(rig: CloudRig, port: number): Promise<ShapeServer> {
  return startShapeServer({
    databaseUrl: rig.ownerUrl,
    port,
    liveTimeoutMs: LIVE_TIMEOUT_MS,
    log: pino({ level: 'silent' }),
  });
}
