import { createServer, type Server, Socket } from 'node:net';

/** What lies between agent and device. While it is pulled nothing passes, and what was sent meanwhile is lost. */
export interface Cable {
  pull(): void;
  plug(): void;
  takeAway(): Promise<void>;
}

/** One connection through the cable: the agent's end and the device's. */
interface Strand {
  readonly agent: Socket;
  readonly device: Socket;
}

/**
 * A network cable to a device. While it is pulled no end of a connection passes either: both ends go on believing in
 * theirs.
 */
export class NetworkCable implements Cable {
  /** Connections that went through it so far. */
  connections = 0;
  readonly #server: Server;
  readonly #strands = new Set<Strand>();
  #pulled = false;

  private constructor(devicePort: number) {
    // An end that closes must not close the other by itself: that has to cross the cable.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (agent) => {
      // A connection that is made while the cable is pulled reaches nobody, and is never answered.
      this.connections += 1;
      const device = new Socket({ allowHalfOpen: true });
      const strand = { agent, device };
      this.#strands.add(strand);
      join(agent, device, () => this.#pulled);
      join(device, agent, () => this.#pulled);
      if (!this.#pulled) device.connect(devicePort, '127.0.0.1');
    });
  }

  static async lay(devicePort: number): Promise<NetworkCable> {
    const cable = new NetworkCable(devicePort);
    await new Promise<void>((resolve, reject) => {
      cable.#server.once('error', reject);
      cable.#server.listen(0, '127.0.0.1', resolve);
    });
    return cable;
  }

  /** Where the agent finds the device. */
  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the cable has been taken away');
    return address.port;
  }

  pull(): void {
    this.#pulled = true;
  }

  plug(): void {
    this.#pulled = false;
  }

  async takeAway(): Promise<void> {
    for (const { agent, device } of this.#strands) {
      agent.destroy();
      device.destroy();
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Passes on what comes from one end. What meets an end that has gone is answered with a reset, as a system does. */
function join(from: Socket, to: Socket, isPulled: () => boolean): void {
  from.on('data', (bytes) => {
    if (isPulled()) return;
    const unknownThere = to.destroyed || (to.pending && !to.connecting);
    if (unknownThere) from.resetAndDestroy();
    else to.write(bytes);
  });
  from.on('end', () => {
    from.end();
    if (!isPulled()) to.end();
  });
  from.on('error', () => {
    from.destroy();
    if (!isPulled()) to.destroy();
  });
}
