import { join } from 'node:path';
import { type PtyBus, startPtyBus } from '../plc/pty-bus.ts';
import type { Cable } from './cable.ts';

/** A serial bus to one device: a port at the agent, a port at the device, and two wires that a hand can pull. */
export class SerialCable implements Cable {
  readonly #agent: PtyBus;
  readonly #device: PtyBus;
  #pulled = false;

  private constructor(agent: PtyBus, device: PtyBus) {
    this.#agent = agent;
    this.#device = device;
    agent.onBytes((bytes) => {
      if (!this.#pulled) device.write(bytes);
    });
    device.onBytes((bytes) => {
      if (!this.#pulled) agent.write(bytes);
    });
  }

  /** @param folder where its ports appear */
  static async lay(folder: string): Promise<SerialCable> {
    const agent = await startPtyBus(join(folder, 'agent-port'));
    return new SerialCable(agent, await startPtyBus(join(folder, 'device-port')));
  }

  get agentPort(): string {
    return this.#agent.path;
  }

  get devicePort(): string {
    return this.#device.path;
  }

  pull(): void {
    this.#pulled = true;
  }

  plug(): void {
    this.#pulled = false;
  }

  async takeAway(): Promise<void> {
    await this.#agent.unplug();
    await this.#device.unplug();
  }
}
