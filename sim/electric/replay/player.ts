/** Sends what a recording sent, when it sent it, and hands back what came. */

import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { waitFor } from '../../testing/wait-for.ts';
import type { RecordedRequest, RecordedResponse, Recording } from './recording.ts';

/** The service under test. */
export interface Service {
  readonly url: string;
  /** Live requests that wait in it. */
  readonly waiting: number;
}

export interface Stage {
  readonly service: () => Service;
  sql(statement: string): Promise<void>;
  stopService(): Promise<void>;
  startService(): Promise<void>;
}

export interface Played {
  readonly request: RecordedRequest;
  readonly recorded: RecordedResponse;
  readonly answered: Answered;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly rows: number;
  readonly tookMs: number;
}

const WITHIN_MS = 30_000;

/** Plays one scenario. A live request is sent, and waits in the service, before the SQL that stands behind it. */
export async function play(recording: Recording, stage: Stage): Promise<readonly Played[]> {
  const player = new Player(stage);
  for (const step of recording.steps) {
    if ('sql' in step) await player.sql(step.sql);
    else if ('request' in step) await player.request(step.request, step.response);
    else await player.turn(step.service);
  }
  return player.finished();
}

/** Whether a request waited in the service until something came: refusals, and handles that are none, do not. */
function waits({ query: { live } }: RecordedRequest, { status, headers }: RecordedResponse): boolean {
  return live === 'true' && (status === 200 || (status === 409 && headers['electric-handle'] === undefined));
}

class Player {
  readonly #stage: Stage;
  readonly #played: Played[] = [];
  /** From what the recording called a handle or an offset to what it is called here. */
  readonly #here = new Map<string, string>();
  #pending: Promise<void>[] = [];
  #wasReleased = false;
  #lastEtag = '';
  /** Of the open event stream, how many have come; null: none is open. */
  #events: number | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** With an event stream open, it is waited for what the statement brings: the recorded one had pauses between. */
  async sql(statement: string): Promise<void> {
    const received = this.#events;
    await this.#stage.sql(statement);
    this.#wasReleased = true;
    if (received === null) return;
    await waitFor(
      () => this.#events === null || this.#events > received,
      WITHIN_MS,
      `events of ${statement}`,
    );
  }

  async turn(service: 'stopped' | 'started'): Promise<void> {
    await this.#settle();
    await (service === 'stopped' ? this.#stage.stopService() : this.#stage.startService());
  }

  async request(request: RecordedRequest, recorded: RecordedResponse): Promise<void> {
    const isReleasedLater = waits(request, recorded);
    if (!isReleasedLater || this.#wasReleased) await this.#settle();
    this.#wasReleased = false;
    const waitingBefore = this.#stage.service().waiting;
    const answer = this.#send(request, recorded).then((answered) => {
      this.#learn(recorded.headers, answered.headers);
      this.#played.push({ request, recorded, answered });
    });
    if (!isReleasedLater) return answer;
    this.#pending.push(answer);
    await waitFor(() => this.#stage.service().waiting > waitingBefore, WITHIN_MS, `a live request to wait`);
  }

  async finished(): Promise<readonly Played[]> {
    await this.#settle();
    return this.#played;
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#pending);
    this.#pending = [];
  }

  async #send(request: RecordedRequest, recorded: RecordedResponse): Promise<Answered> {
    const url = new URL(request.path, this.#stage.service().url);
    for (const [name, value] of Object.entries(request.query)) {
      if (value === undefined) continue;
      url.searchParams.set(name, this.#here.get(value) ?? value);
    }
    const headers = {
      'accept-encoding': 'gzip',
      // The recording leaves request headers out: a conditional request shows by its answer.
      ...(recorded.status === 304 ? { 'if-none-match': this.#lastEtag } : {}),
    };
    const beganMs = performance.now();
    const outgoing = send(url, { method: request.method, headers });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const body = await this.#readBody(response, recorded);
    const told = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    );
    this.#lastEtag = response.headers.etag ?? this.#lastEtag;
    const tookMs = performance.now() - beganMs;
    const rows = Array.isArray(body) ? body.length : 0;
    return { status: response.statusCode ?? 0, headers: told, body: shorten(body, recorded), rows, tookMs };
  }

  #learn(recorded: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): void {
    for (const name of ['electric-handle', 'electric-offset', 'electric-cursor']) {
      const [there, here] = [recorded[name], own[name]];
      if (there !== undefined && here !== undefined) this.#here.set(there, here);
    }
  }

  async #readBody(response: IncomingMessage, recorded: RecordedResponse): Promise<unknown> {
    if (response.headers['content-type'] === 'text/event-stream') return this.#readEvents(response, recorded);
    const raw = await buffer(response);
    const plain =
      response.headers['content-encoding'] === 'gzip' ? gunzipSync(raw).toString() : raw.toString();
    return /^[[{]/.test(plain) ? JSON.parse(plain) : plain;
  }

  /** As many events as were recorded; then the client hangs up, as it did then. */
  async #readEvents(response: IncomingMessage, { body }: RecordedResponse): Promise<string> {
    const wanted = String(body).split('\n\n').length;
    let received = '';
    this.#events = 0;
    for await (const chunk of response) {
      received += String(chunk);
      this.#events = received.split('\n\n').length - 1;
      if (this.#events >= wanted - 1) break;
    }
    this.#events = null;
    response.destroy();
    return received;
  }
}

/** Of a long body the recording keeps two messages at either end. */
function shorten(body: unknown, recorded: RecordedResponse): unknown {
  if (recorded.body_rows === undefined || !Array.isArray(body)) return body;
  return [...body.slice(0, 2), '…', ...body.slice(-2)];
}
