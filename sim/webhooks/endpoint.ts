/**
 * A program that a hub's webhook calls, over real HTTP, well behaved or not. It checks the signature of each call as the
 * page for integrators says, with a check of its own.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Calls that are kept; the oldest is forgotten first. */
const MAX_KEPT = 10_000;
/** Calls signed longer ago are replays (Standard Webhooks). */
const SIGNED_WITHIN_S = 300;

/**
 * How it takes calls. `failing`: 500. `hung`: it reads them and never answers. `closing`: it hangs up in their middle.
 * `moved`: it redirects. `babbling`: it takes them and answers without an end.
 */
export type EndpointManner = 'good' | 'failing' | 'hung' | 'closing' | 'moved' | 'babbling';

export interface ReceivedCall {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what it checks
  readonly body: any;
  readonly isSigned: boolean;
}

export class WebhookEndpoint {
  manner: EndpointManner = 'good';
  /** By this it checks; a hub's signature may be by one of several. */
  secret = '';
  /** All calls that were read to their end, whatever was answered. */
  readonly calls: ReceivedCall[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<WebhookEndpoint> {
    const endpoint = new WebhookEndpoint();
    await new Promise<void>((resolve) => endpoint.#server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const id = String(request.headers['webhook-id']);
    this.calls.push({ id, body: JSON.parse(body), isSigned: this.#isSigned(request, id, body) });
    this.calls.splice(0, this.calls.length - MAX_KEPT);
    switch (this.manner) {
      case 'good':
        return void response.writeHead(204).end();
      case 'failing':
        return void response.writeHead(500).end('out of order');
      case 'closing':
        return void request.socket.destroy();
      case 'moved':
        return void response.writeHead(307, { location: this.url }).end();
      case 'babbling':
        return void response.writeHead(200).write('x'.repeat(64));
      case 'hung':
        return;
    }
  }

  #isSigned(request: IncomingMessage, id: string, body: string): boolean {
    const timestamp = String(request.headers['webhook-timestamp']);
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > SIGNED_WITHIN_S) return false;
    const key = Buffer.from(this.secret.replace('whsec_', ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
    return String(request.headers['webhook-signature'])
      .split(' ')
      .map((each) => Buffer.from(each.replace('v1,', ''), 'base64'))
      .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  }
}
