import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../testing/free-port.ts';
import { answerFrame, cutFrames, type RequestFrame } from './frames.ts';
import type { Plc } from './plc.ts';
import { EXCEPTION, type PlcAnswer } from './request.ts';
import { spoil, type WireFault } from './wire-faults.ts';

/**
 * How many connections the device takes. `one-refuse` resets a second one, `one-hang` accepts it and never answers;
 * both go on holding a connection whose peer has gone until `releaseDead()` if `keepsDead` is set, as an S7-1200
 * does for many minutes.
 */
type ConnectionManners = 'many' | 'one-refuse' | 'one-hang';

/** Options of `startPlcServer`. */
export interface PlcServerOptions {
  readonly plc: Plc;
  readonly host?: string;
  /** A free one if 0 or absent. It stays the same through `unplug`. */
  readonly port?: number;
  readonly connections?: ConnectionManners;
  readonly keepsDead?: boolean;
}

/** A running Modbus TCP server. */
export interface PlcServer {
  readonly host: string;
  readonly port: number;
  readonly faults: PlcServerFaults;
  /** Connections that are open now, dead ones that are still kept included. */
  readonly connections: number;
  /** Pulls the network cable: nothing listens, what is connected falls silent. */
  unplug(): Promise<void>;
  /** Puts it back: old connections are reset, the same port listens again. */
  plug(): Promise<void>;
  stop(): Promise<void>;
}

/** What goes wrong on the wire, chosen from outside. */
interface PlcServerFaults {
  /** The next `times` requests meet this fault, after those already queued. */
  next(fault: WireFault, times?: number): void;
  /** Every request meets this fault, after those queued by `next`; null ends it. */
  always(fault: WireFault | null): void;
  /** Sends the answers that `late` holds, in order. */
  release(): void;
  /** How many answers `late` holds. */
  readonly held: number;
  /** Resets every connection now. */
  resetAll(): void;
  /** Ends every connection in order (FIN) now. */
  endAll(): void;
  /** Sends bytes that nobody asked for to every connection. */
  send(bytes: Uint8Array): void;
  /** Lets go of connections whose peer has gone. */
  releaseDead(): void;
}

/** Answers that `late` may hold; the oldest is dropped at the limit. */
const HELD_LIMIT = 1_000;
/** Bytes of an unfinished request that a connection may hold; a Modbus TCP frame has 260 at most. */
const UNFINISHED_LIMIT = 64 * 1024;

/** Starts a Modbus TCP server on a PLC model. It answers within the very event that brought the request. */
export async function startPlcServer(options: PlcServerOptions): Promise<PlcServer> {
  const server = new TcpServer(options, options.port || (await freePort()));
  await server.listen();
  return server;
}

interface Connection {
  readonly socket: Socket;
  unread: Buffer;
  /** Reads and says nothing any more. */
  mute: boolean;
}

class TcpServer implements PlcServer, PlcServerFaults {
  readonly host: string;
  readonly port: number;
  readonly #plc: Plc;
  readonly #manners: ConnectionManners;
  readonly #keepsDead: boolean;
  readonly #connections = new Set<Connection>();
  readonly #unobserve: () => void;
  #listener: Server | undefined;
  #queued: WireFault[] = [];
  #always: WireFault | null = null;
  #held: (() => void)[] = [];
  #unplugged = false;

  constructor(options: PlcServerOptions, port: number) {
    this.#plc = options.plc;
    this.host = options.host ?? '127.0.0.1';
    this.port = port;
    this.#manners = options.connections ?? 'many';
    this.#keepsDead = options.keepsDead ?? false;
    this.#unobserve = options.plc.observe((event) => {
      if (event.kind === 'disconnected') for (const { socket } of this.#connections) socket.destroySoon();
      if (event.kind !== 'power' || this.#unplugged) return;
      if (event.on) for (const connection of this.#connections) connection.socket.resetAndDestroy();
      else for (const connection of this.#connections) connection.mute = true;
    });
  }

  get faults(): PlcServerFaults {
    return this;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<void> {
    // A device keeps a connection whose peer has gone only if its end of the socket does not close by itself.
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.port, this.host, () => {
        listener.off('error', reject);
        resolve();
      });
    });
    this.#listener = listener;
  }

  async unplug(): Promise<void> {
    if (this.#unplugged) return;
    this.#unplugged = true;
    for (const connection of this.#connections) connection.mute = true;
    // Not awaited to its end: `close` calls back only when the last connection has gone, and they must stay.
    this.#listener?.close();
    this.#listener = undefined;
  }

  async plug(): Promise<void> {
    if (!this.#unplugged) return;
    this.#unplugged = false;
    this.resetAll();
    await this.listen();
  }

  async stop(): Promise<void> {
    this.#unobserve();
    const listener = this.#listener;
    this.#listener = undefined;
    this.resetAll();
    if (listener) await new Promise<void>((resolve) => listener.close(() => resolve()));
  }

  next(fault: WireFault, times = 1): void {
    for (let time = 0; time < times; time++) this.#queued.push(fault);
  }

  always(fault: WireFault | null): void {
    this.#always = fault;
  }

  get held(): number {
    return this.#held.length;
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const send of held) send();
  }

  resetAll(): void {
    for (const { socket } of this.#connections) socket.resetAndDestroy();
  }

  endAll(): void {
    for (const { socket } of this.#connections) socket.end();
  }

  send(bytes: Uint8Array): void {
    for (const connection of this.#connections) write(connection, Buffer.from(bytes));
  }

  releaseDead(): void {
    for (const { socket } of this.#connections) if (socket.readableEnded) socket.destroy();
  }

  #accept(socket: Socket): void {
    const second = this.#manners !== 'many' && this.#connections.size > 0;
    if (!this.#plc.powered || (second && this.#manners === 'one-refuse')) {
      socket.resetAndDestroy();
      return;
    }
    const connection: Connection = { socket, unread: Buffer.alloc(0), mute: second };
    this.#connections.add(connection);
    socket.on('data', (bytes) => this.#receive(connection, bytes));
    socket.on('end', () => {
      if (!this.#keepsDead && !connection.mute) socket.end();
    });
    // A reset by the peer is everyday life for a server; `close` follows and does what there is to do.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#connections.delete(connection));
  }

  #receive(connection: Connection, bytes: Buffer): void {
    if (connection.mute) return;
    const cut = cutFrames(connection.unread.length > 0 ? Buffer.concat([connection.unread, bytes]) : bytes);
    if (!cut || cut.rest.length > UNFINISHED_LIMIT) {
      connection.socket.resetAndDestroy();
      return;
    }
    connection.unread = cut.rest;
    for (const frame of cut.frames) this.#serve(connection, frame);
  }

  #serve(connection: Connection, frame: RequestFrame): void {
    const fault = this.#queued.shift() ?? this.#always;
    if (fault === 'reset-unexecuted') {
      connection.socket.resetAndDestroy();
    } else if (fault === 'exception') {
      write(connection, answerFrame(frame, { kind: 'exception', code: EXCEPTION.deviceBusy }));
    } else if ('exception' in frame.request) {
      write(connection, answerFrame(frame, { kind: 'exception', code: frame.request.exception }));
    } else {
      this.#plc.receive(frame.request, (answer) => this.#answer(connection, frame, answer, fault));
    }
  }

  #answer(connection: Connection, frame: RequestFrame, answer: PlcAnswer, fault: WireFault | null): void {
    const bytes = answerFrame(frame, answer);
    if (fault === null) {
      write(connection, bytes);
      return;
    }
    const isRead = frame.functionCode <= 4 && answer.kind === 'values';
    const send = (): void => {
      for (const part of spoil(fault, bytes, isRead)) write(connection, part);
    };
    if (fault === 'late') {
      if (this.#held.length >= HELD_LIMIT) this.#held.shift();
      this.#held.push(send);
    } else {
      send();
    }
    if (fault === 'reset') connection.socket.resetAndDestroy();
    if (fault === 'fin') connection.socket.end();
    if (fault === 'half-open') connection.mute = true;
  }
}

function write({ socket, mute }: Connection, bytes: Buffer): void {
  if (!mute && socket.writable) socket.write(bytes);
}
