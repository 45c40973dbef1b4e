/**
 * A provider of text messages and the phones behind it, over real HTTP: Twilio's API of 2010-04-01 at
 * `/2010-04-01/Accounts/<account>/Messages.json`, and a signed call a message at `/messages`. It can be out of order,
 * hang, deliver twice, and tells what became of a message only when it is asked to.
 */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSigned, signedHeaders } from '@lockerhub/protocol/webhooks/signature.ts';

/** Text messages that are kept; the oldest is forgotten first. */
const MAX_KEPT = 10_000;
const MAX_BODY_BYTES = 64 * 1024;

export interface TextMessage {
  readonly to: string;
  readonly text: string;
  /** Where the sender wants to be told what became of it. */
  readonly callback: string | undefined;
}

/** How the provider is. `down`: it answers 503; `hung`: it takes calls and never answers. */
export type ProviderState = 'up' | 'down' | 'hung';

export class PhoneProvider {
  readonly account = 'AC0123456789abcdef';
  readonly token: string;
  readonly secret: string;
  state: ProviderState = 'up';
  /** Phones get each message so often. */
  copies = 1;
  /** Calls that were made, whatever became of them. */
  calls = 0;
  /** Numbers that do not exist. */
  readonly unknown = new Set<string>();
  readonly messages: TextMessage[] = [];
  /** A phone got a message. */
  onMessage: (message: TextMessage) => void = () => {};
  readonly #server: Server;

  private constructor({ token, secret }: { readonly token: string; readonly secret: string }) {
    this.token = token;
    this.secret = secret;
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  static async start(secrets: { readonly token: string; readonly secret: string }): Promise<PhoneProvider> {
    const provider = new PhoneProvider(secrets);
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a phone shows, oldest first. */
  textsTo(to: string): readonly string[] {
    return this.messages.filter((message) => message.to === to).map(({ text }) => text);
  }

  /** Tells the sender what became of a message. @returns the status of the answer; 0: nowhere to tell */
  async tell({ callback }: TextMessage, state: 'delivered' | 'failed', nowMs: number): Promise<number> {
    if (callback === undefined) return 0;
    const isTwilio = callback.includes('/twilio/');
    const form = { MessageStatus: state === 'failed' ? 'undelivered' : state, ErrorCode: '30003' };
    const body = isTwilio
      ? new URLSearchParams(form).toString()
      : JSON.stringify({ state, reason: 'no signal' });
    const headers = isTwilio
      ? {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': twilioSignature(this.token, callback, form),
        }
      : { 'content-type': 'application/json', ...signedHeaders(this.secret, callback, nowMs, body) };
    return (await fetch(callback, { method: 'POST', headers, body })).status;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    const body = await read(request);
    if (this.state === 'hung') return;
    if (this.state === 'down') return void response.writeHead(503).end();
    const message = this.#read(request, body);
    if (typeof message === 'number') return void response.writeHead(message).end();
    if (this.unknown.has(message.to)) return void response.writeHead(400).end('{"code":21211}');
    for (let copy = 0; copy < this.copies; copy += 1) {
      this.messages.push(message);
      this.onMessage(message);
    }
    this.messages.splice(0, this.messages.length - MAX_KEPT);
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"status":"queued"}');
  }

  /** The message, or the status that refuses it. */
  #read(request: IncomingMessage, body: string): TextMessage | number {
    if (request.url === `/2010-04-01/Accounts/${this.account}/Messages.json`) {
      const expected = `Basic ${Buffer.from(`${this.account}:${this.token}`).toString('base64')}`;
      if (request.headers.authorization !== expected) return 401;
      const form = new URLSearchParams(body);
      const callback = form.get('StatusCallback') ?? undefined;
      return { to: form.get('To') ?? '', text: form.get('Body') ?? '', callback };
    }
    if (request.url !== '/messages') return 404;
    const header = (name: string) => request.headers[name]?.toString();
    if (!isSigned(this.secret, header, body)) return 401;
    const { to, text, callback } = JSON.parse(body) as TextMessage;
    return { to, text, callback };
  }
}

function twilioSignature(token: string, address: string, form: Readonly<Record<string, string>>): string {
  const fields = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = address + fields.map(([name, value]) => name + value).join('');
  return createHmac('sha1', token).update(text).digest('base64');
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY_BYTES) throw new RangeError('the body is too large');
  }
  return body;
}
