import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Admission } from '../agents/agents.ts';
import { PacketGate } from './packet-gate.ts';

/** How much may wait for a slow agent before writes report "full"; aedes then waits `drainTimeout` and drops it. */
const UNSENT_BYTES = 64 * 1024;

/** A socket whose every byte passes the gate first; one byte too many and it is destroyed. */
export class GuardedSocket extends Duplex {
  readonly gate = new PacketGate();
  /** Who is at the other end, by certificate; undefined: a password has to say. */
  readonly admit: (() => Admission) | undefined;
  readonly #socket: Socket;

  constructor(socket: Socket, admit?: () => Admission) {
    super({ writableHighWaterMark: UNSENT_BYTES, allowHalfOpen: false });
    this.admit = admit;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  #receive(chunk: Buffer): void {
    const fault = this.gate.feed(chunk);
    if (fault) this.destroy(new Error(fault));
    else if (!this.push(chunk)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
