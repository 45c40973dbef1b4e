/** A serial bus over a pty of this machine: what a USB adapter is to an agent. Needs `socat`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { BusEnd } from './serial-bus.ts';

/** Whether this machine has `socat`. */
export const hasSocat = spawnSync('socat', ['-V']).status === 0;

/** What socat says once bytes go through. */
const READY = 'starting data transfer loop';

/** A pty whose other end is in this process. */
export interface PtyBus extends BusEnd {
  /** The port to open. */
  readonly path: string;
  /** Pulls the adapter: the port is gone, an open one fails. */
  unplug(): Promise<void>;
  /** Plugs it in again, under the same path. */
  plug(): Promise<void>;
}

/** Makes a pty at `path`, which must not exist. Ended by `unplug`. */
export async function startPtyBus(path: string): Promise<PtyBus> {
  const bus = new SocatPty(path);
  await bus.plug();
  return bus;
}

class SocatPty implements PtyBus {
  readonly path: string;
  #socat: ChildProcess | undefined;
  #listener: (bytes: Buffer) => void = () => {};

  constructor(path: string) {
    this.path = path;
  }

  write(bytes: Buffer): void {
    const input = this.#socat?.stdin;
    if (input?.writable) input.write(bytes);
  }

  onBytes(listener: (bytes: Buffer) => void): void {
    this.#listener = listener;
  }

  async plug(): Promise<void> {
    const socat = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${this.path}`, 'STDIO']);
    this.#socat = socat;
    socat.stdout.on('data', (bytes: Buffer) => this.#listener(bytes));
    // What was on its way when the adapter was pulled is lost; that is what pulling it means.
    socat.stdin.on('error', () => socat.stdin.destroy());
    let said = '';
    await new Promise<void>((resolve, reject) => {
      socat.once('error', reject);
      socat.once('exit', (code) =>
        reject(new Error(`socat ended with ${code} before it was ready: ${said}`)),
      );
      socat.stderr.on('data', (words: Buffer) => {
        said += String(words);
        if (said.includes(READY)) resolve();
      });
    });
    socat.removeAllListeners('exit');
  }

  async unplug(): Promise<void> {
    const socat = this.#socat;
    this.#socat = undefined;
    if (!socat || socat.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => socat.once('exit', () => resolve()));
    socat.kill('SIGKILL');
    await ended;
    // Killed, it leaves its link behind.
    rmSync(this.path, { force: true });
  }
}
