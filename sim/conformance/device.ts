import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { DEADLINE_MS } from '../testing/bank-hub.ts';
import { freePort } from '../testing/free-port.ts';
import { waitFor } from '../testing/wait-for.ts';

const DoorNumber = z.coerce.number().int().min(1);
const Ms = z.coerce.number().int().min(0);

/** What a device tells of itself, a line each. It is the device that counts, not the agent that asked. */
const Said = z.union([
  /** It takes requests, on that TCP port (0 on a serial line). */
  z.tuple([z.literal('ready'), z.coerce.number().int()]),
  /** A request told an output to energise its lock: so long, or (0) until a request ends it. */
  z.tuple([z.literal('asked'), DoorNumber, Ms]),
  /** Current flows, and has flowed for so long. */
  z.tuple([z.literal('on'), DoorNumber]),
  z.tuple([z.literal('off'), DoorNumber, Ms]),
  z.tuple([z.literal('opened'), DoorNumber, z.enum(['lock', 'hand'])]),
  z.tuple([z.literal('closed'), DoorNumber]),
  /** Somebody pushed a door shut whose lock is under current: it did not hold. */
  z.tuple([z.literal('ajar'), DoorNumber]),
  /** A request was answered by an exception: what it was, and its address. */
  z.tuple([z.literal('refused'), z.string(), z.coerce.number().int()]),
]);
type Said = z.infer<typeof Said>;

/** What somebody who stands at the locker can do to a door: open it by force, push it shut, hold it, let it go. */
type Hand = 'open' | 'close' | 'hold' | 'free';

/** How a device stands when its power comes on. */
export interface DeviceStart {
  readonly open?: readonly number[];
  /** Outputs that are energised. */
  readonly on?: readonly number[];
}

/** A device: its program, and where it is to listen. */
export interface DeviceProgram {
  readonly command: string;
  readonly options: readonly string[];
  readonly wire: 'tcp' | { readonly port: string; readonly baud: number };
}

/** The process of a device under the suite. Its doors, its locks and its count of pulses outlive a restart. */
export class Device {
  /** All that it has said since it was first started. */
  readonly said: Said[] = [];
  readonly #program: DeviceProgram;
  readonly #errors: string[] = [];
  /** Its TCP port, the same one after each start. */
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(program: DeviceProgram, port: number) {
    this.#program = program;
    this.port = port;
  }

  static async start(program: DeviceProgram): Promise<Device> {
    const device = new Device(program, await freePort());
    await device.begin();
    return device;
  }

  /** Switches it on, once more if it was switched off. */
  async begin({ open = [], on = [] }: DeviceStart = {}): Promise<void> {
    const { command, options, wire } = this.#program;
    const at =
      wire === 'tcp' ? ['--tcp', String(this.port)] : ['--rtu', wire.port, '--baud', String(wire.baud)];
    const doors = [
      ...(open.length > 0 ? ['--open', open.join()] : []),
      ...(on.length > 0 ? ['--on', on.join()] : []),
    ];
    const before = this.said.length;
    const child = spawn(command, [...options, ...doors, ...at], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stderr.on('data', (data) => this.#errors.push(String(data)));
    // A hand at a device that has just been switched off pushes at nothing.
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) =>
      this.said.push(Said.parse(line.split(' '))),
    );
    await waitFor(
      () => {
        if (child.exitCode !== null) throw new Error(`the device has ended: ${this.#errors.join('')}`);
        return this.said.slice(before).some(([word]) => word === 'ready');
      },
      DEADLINE_MS,
      `${command} to be ready`,
    );
  }

  /** Stops it in its tracks: it answers nothing, and does later what it was told meanwhile. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Cuts its power. What it was told and had not done is forgotten. */
  async cutPower(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  hand(act: Hand, door: number): void {
    this.#child?.stdin?.write(`${act} ${door}\n`);
  }

  /** Pushes a door shut as soon as its latch holds. */
  async close(door: number): Promise<void> {
    const before = this.said.length;
    await waitFor(
      () => {
        this.hand('close', door);
        return this.said.slice(before).some(([word, number]) => word === 'closed' && number === door);
      },
      DEADLINE_MS,
      `door ${door} to latch`,
    );
  }

  /** Waits until it has said so of a door. */
  async says(what: 'on' | 'off' | 'opened', door: number): Promise<void> {
    const isSaid = () => this.said.some(([word, number]) => word === what && number === door);
    await waitFor(isSaid, DEADLINE_MS, `the device to say ${what} of door ${door}`);
  }

  /** How often an output was told to energise its lock. */
  asked(door: number): number {
    return this.said.filter(([word, number]) => word === 'asked' && number === door).length;
  }

  /** The pulses of a lock that have ended: what was asked for, and how long current flowed, in ms. */
  pulses(door: number): { askedMs: number; lastedMs: number }[] {
    const of = (wanted: 'asked' | 'off') =>
      this.said.flatMap((said) => (said[0] === wanted && said[1] === door ? [said[2]] : []));
    const asked = of('asked');
    return of('off').map((lastedMs, index) => ({ askedMs: asked[index] ?? Number.NaN, lastedMs }));
  }

  /** Requests that it answered by an exception. */
  get refusals(): string[] {
    return this.said.flatMap((said) => (said[0] === 'refused' ? [`${said[1]} at ${said[2]}`] : []));
  }
}
