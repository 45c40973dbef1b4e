/** A bank whose PLC a hub reaches itself: a relay board behind Modbus TCP that takes one connection, as many do. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Plc } from '../plc/plc.ts';
import { type PlcServer, startPlcServer } from '../plc/tcp-server.ts';
import { bankFileText } from './hub-rig.ts';

export class PlcBank {
  readonly bank: string;
  readonly plc: Plc;
  readonly #server: PlcServer;
  readonly #doors: number;

  private constructor(bank: string, doors: number, plc: Plc, server: PlcServer) {
    this.bank = bank;
    this.#doors = doors;
    this.plc = plc;
    this.#server = server;
  }

  static async start(bank: string, doors = 4): Promise<PlcBank> {
    const plc = new Plc({
      clock: systemClock,
      units: [{ unit: 1, device: 'waveshare-relay', coils: 32, discreteInputs: 32 }],
      doors: Array.from({ length: doors }, (_, index) => ({
        number: index + 1,
        unit: 1,
        coil: index,
        sensor: { area: 'discrete-inputs', address: index, closed: 1 } as const,
        lock: { latencyMs: 5, duty: 'pulsed' } as const,
      })),
    });
    return new PlcBank(bank, doors, plc, await startPlcServer({ plc, connections: 'one-refuse' }));
  }

  /** For the page or API that takes bank files. */
  get file(): string {
    return bankFileText(this.bank, this.#doors, this.#server.port);
  }

  /** Where its PLC listens, at 127.0.0.1. */
  get port(): number {
    return this.#server.port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#server.connections;
  }

  /** How often the lock of a door was energised. */
  pulses(door: number): number {
    return this.plc.record.filter((event) => event.kind === 'energised' && event.door === door).length;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}
