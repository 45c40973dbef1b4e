/** A whole cloud for tests: Postgres, the gateway, and the stand-in shape server, or a real Electric where one is named. */
import type { RunningGateway } from '@lockerhub/deploy/cloud/gateway/gateway.ts';
import { pino } from 'pino';
import { type ShapeServer, startShapeServer } from '../electric/shape-server.ts';
import { FaultProxy } from '../internet/fault-proxy.ts';
import { CloudRig } from './cloud-rig.ts';
import { freePort } from './free-port.ts';
import { type RealElectric, realElectric } from './real-electric.ts';

/** A live request of the stand-in: short, so that a stop waits for none. */
const LIVE_TIMEOUT_MS = 5_000;

/** What gives the shapes. */
interface Shapes {
  /** Between it and the gateway. */
  readonly line: FaultProxy;
  /** They are answered 503 until it is back. */
  away(): Promise<void>;
  back(): Promise<void>;
  end(): Promise<void>;
}

export class CloudWorld {
  readonly rig: CloudRig;
  readonly #gateway: RunningGateway;
  readonly #shapes: Shapes;

  private constructor(rig: CloudRig, gateway: RunningGateway, shapes: Shapes) {
    this.rig = rig;
    this.#gateway = gateway;
    this.#shapes = shapes;
  }

  /** Electric and its database as the environment names them, or the stand-in on a Postgres of its own. */
  static async start(): Promise<CloudWorld> {
    const electric = realElectric(process.env);
    const { rig, shapes } = await (electric ? overALine(electric) : overStandIn());
    return new CloudWorld(rig, await rig.gateway(), shapes);
  }

  get gateway(): RunningGateway {
    return this.#gateway;
  }

  /** Of the gateway. */
  get url(): string {
    return this.#gateway.url;
  }

  /** Between the gateway and what gives the shapes. */
  get shapesLine(): FaultProxy {
    return this.#shapes.line;
  }

  stopShapes(): Promise<void> {
    return this.#shapes.away();
  }

  startShapes(): Promise<void> {
    return this.#shapes.back();
  }

  async end(): Promise<void> {
    await this.rig.end();
    await this.#shapes.end();
  }
}

interface Ground {
  readonly rig: CloudRig;
  readonly shapes: Shapes;
}

async function overStandIn(): Promise<Ground> {
  const port = await freePort();
  const line = await FaultProxy.start(`http://127.0.0.1:${port}`);
  const rig = await CloudRig.start({ electric: { url: line.url, secret: undefined } });
  let server: ShapeServer | null = null;
  const away = async () => {
    await server?.stop();
    server = null;
  };
  const back = async () => {
    const log = pino({ level: 'silent' });
    server = await startShapeServer({
      databaseUrl: rig.ownerUrl,
      port,
      liveTimeoutMs: LIVE_TIMEOUT_MS,
      log,
    });
  };
  await back();
  const end = async () => {
    await away();
    await line.stop();
  };
  return { rig, shapes: { line, away, back, end } };
}

/** Nobody here can stop it, but the line to it can be cut. */
async function overALine({ url, secret, databaseUrl }: RealElectric): Promise<Ground> {
  const line = await FaultProxy.start(url);
  const rig = await CloudRig.start({ electric: { url: line.url, secret }, databaseUrl });
  const shapes: Shapes = {
    line,
    away: async () => line.cut(),
    back: async () => line.mend(),
    end: () => line.stop(),
  };
  return { rig, shapes };
}
