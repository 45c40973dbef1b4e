/**
 * The internet between a hub and the cloud, as bad as a test wants it: an HTTP proxy before one server that loses,
 * truncates, slows, doubles and delays requests, or is cut altogether.
 *
 *     const internet = await FaultProxy.start(gateway.url);
 *     internet.choose = faultsByChance(seededRandom(7), 0.3);
 *     internet.cut();  // every connection breaks, new ones are refused
 *     internet.mend();
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Clock, delay, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { type ChooseFault, type Fault, type FaultKind, NO_FAULT } from './fault.ts';

/** A request that is kept to be sent again; larger ones break the connection. */
const REQUEST_BYTES = 16 * 1024 * 1024;
/** Late requests that are under way at once; one more is lost for good. */
const LATE_REQUESTS = 100;

/** A request that was read whole, to be sent once or more. */
interface Held {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export class FaultProxy {
  /** Decides what happens to each request; may be changed at any time. */
  choose: ChooseFault = () => NO_FAULT;
  /** How often each fault happened, so that a test can see that it tried something. */
  readonly tally: Partial<Record<FaultKind, number>> = {};
  readonly #target: URL;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #late = new Set<() => void>();
  #isCut = false;

  private constructor(target: string, clock: Clock) {
    this.#target = new URL(target);
    this.#clock = clock;
    this.#server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => {
        // Whatever broke, the client sees a broken connection: that is what this is for.
        incoming.socket.destroy();
      });
    });
    this.#server.on('connection', (socket) => this.#admit(socket));
  }

  /** @param target Of the server: `http://127.0.0.1:3000`. @param port to listen on; a free one if absent */
  static async start(target: string, clock: Clock = systemClock, port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, clock);
    proxy.#server.listen(port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Where clients find the server now. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all connections, and each new one at once. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Ends it; what is late never arrives. */
  async stop(): Promise<void> {
    this.#late.clear();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #admit(socket: Socket): void {
    socket.on('error', () => {
      // A broken connection is an everyday thing here.
    });
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const held = await hold(incoming);
    const fault = this.choose({ method: held.method, url: held.url });
    this.tally[fault.kind] = (this.tally[fault.kind] ?? 0) + 1;
    await this.#suffer(fault, held, outgoing);
    if (fault.kind !== 'late') this.#letLateOnesGo();
  }

  async #suffer(fault: Fault, held: Held, outgoing: ServerResponse): Promise<void> {
    switch (fault.kind) {
      case 'none':
        return this.#answer(held, outgoing);
      case 'request-lost':
        return breakOff(outgoing);
      case 'answer-lost':
        await this.#sendAndForget(held);
        return breakOff(outgoing);
      case 'truncated':
        return this.#answer(held, outgoing, fault.bytes);
      case 'slow':
        await delay(this.#clock, fault.delayMs);
        return this.#answer(held, outgoing, Number.POSITIVE_INFINITY, fault.delayMs);
      case 'duplicated': {
        const first = this.#sendAndForget(held);
        await this.#answer(held, outgoing);
        return first;
      }
      case 'late':
        this.#keepForLater(held, fault.afterMs);
        return breakOff(outgoing);
      case 'held':
        await fault.until;
        return outgoing.destroyed ? undefined : this.#answer(held, outgoing);
      case 'must-refetch':
        outgoing
          .writeHead(409, { 'content-type': 'application/json; charset=utf-8' })
          .end('[{"headers":{"control":"must-refetch"}}]');
        return;
      case 'refused':
        outgoing
          .writeHead(fault.status, { 'content-type': 'text/html' })
          .end('<h1>Something in between</h1>');
        return;
    }
  }

  /** Hands the server's answer on, as it comes. */
  async #answer(
    held: Held,
    outgoing: ServerResponse,
    bytes = Number.POSITIVE_INFINITY,
    delayMs = 0,
  ): Promise<void> {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const answer = await this.#send(held, gone.signal);
    if (delayMs > 0) await delay(this.#clock, delayMs);
    const { connection: _connection, 'keep-alive': _keepAlive, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, headers);
    outgoing.flushHeaders();
    await pipeline(answer, (source: AsyncIterable<Buffer>) => cutAfter(source, bytes, outgoing), outgoing);
  }

  /** The server gets it and answers; nobody hears. A live request would wait: it is not waited for. */
  async #sendAndForget(held: Held): Promise<void> {
    // A server that is away as well makes it no worse: nobody hears in any case.
    const answer = await this.#send(held, new AbortController().signal).catch(() => null);
    answer?.resume();
  }

  async #send({ method, url, headers, body }: Held, signal: AbortSignal): Promise<IncomingMessage> {
    if (this.#isCut) throw new Error('the internet is cut');
    const { host: _host, connection: _connection, 'transfer-encoding': _chunks, ...rest } = headers;
    const length = body.length > 0 ? { 'content-length': `${body.length}` } : {};
    const target = new URL(url, this.#target);
    // No pooled connection: one that the server just closed would be a fault of our own.
    const sent = request(target, { method, headers: { ...rest, ...length }, signal, agent: false });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  }

  #keepForLater(held: Held, afterMs: number): void {
    if (this.#late.size >= LATE_REQUESTS) return;
    const arrive = () => {
      if (this.#late.delete(arrive)) void this.#sendAndForget(held);
    };
    this.#late.add(arrive);
    this.#clock.after(afterMs, arrive);
  }

  #letLateOnesGo(): void {
    for (const arrive of [...this.#late]) arrive();
  }
}

async function hold(incoming: IncomingMessage): Promise<Held> {
  if (Number(incoming.headers['content-length'] ?? 0) > REQUEST_BYTES) {
    throw new Error(`a request of more than ${REQUEST_BYTES} bytes`);
  }
  const { method = 'GET', url = '/', headers } = incoming;
  return { method, url, headers, body: await buffer(incoming) };
}

function breakOff(outgoing: ServerResponse): void {
  outgoing.socket?.destroy();
}

async function* cutAfter(
  source: AsyncIterable<Buffer>,
  bytes: number,
  outgoing: ServerResponse,
): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of source) {
    if (chunk.length >= left) {
      outgoing.write(chunk.subarray(0, left));
      breakOff(outgoing);
      return;
    }
    left -= chunk.length;
    yield chunk;
  }
}
