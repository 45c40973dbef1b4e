/**
 * Server-sent events for any number of pages: one serialised string an event, written to the raw response (FINDINGS
 * 6), and a page that does not keep up is dropped instead of waited for.
 */
import type { ServerResponse } from 'node:http';
import { STREAM_PULSE_MS, type StreamEvents } from '@lockerhub/protocol/http/stream.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { HubError } from '../error.ts';

/** More unsent bytes than this and a page is dropped; it comes back by `Last-Event-ID`. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** Events kept for pages that come back. */
const MAX_KEPT = 1_000;
/** Pages that listen at once. */
const MAX_STREAMS = 200;
const RETRY_MS = 1_000;

interface KeptEvent {
  readonly number: number;
  readonly text: string;
}

interface Listener {
  readonly outgoing: ServerResponse;
  /** Asked at each pulse: a page whose rights ended is closed. */
  readonly mayListen: () => boolean;
}

export interface EventStreamsOptions {
  readonly clock: Clock;
  /** Marks event ids, because another boot counts anew. */
  readonly bootId: string;
}

export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #listeners = new Set<Listener>();
  readonly #kept: KeptEvent[] = [];
  #number = 0;
  #pulse: Timer | undefined;

  constructor(options: EventStreamsOptions) {
    this.#options = options;
  }

  /** Pages that listen now. */
  get listening(): number {
    return this.#listeners.size;
  }

  start(): void {
    this.#pulse = this.#options.clock.after(STREAM_PULSE_MS, () => {
      for (const listener of this.#listeners) {
        if (listener.mayListen()) this.#write(listener, ': pulse\n\n');
        else this.#end(listener);
      }
      this.start();
    });
  }

  /** Closes the pages of those whose rights have ended, now and not at the next pulse. */
  endForeign(): void {
    for (const listener of this.#listeners) if (!listener.mayListen()) this.#end(listener);
  }

  stop(): void {
    this.#pulse?.cancel();
    for (const listener of this.#listeners) this.#end(listener);
  }

  /** Tells all pages. */
  send<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name]): void {
    this.#number += 1;
    const text = formatEvent(name, data, this.#id(this.#number));
    this.#kept.push({ number: this.#number, text });
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    for (const listener of this.#listeners) this.#write(listener, text);
  }

  /** Takes over a response. @throws HubError `too-many-streams`. */
  listen(outgoing: ServerResponse, lastEventId: string | undefined, mayListen: () => boolean): void {
    if (this.#listeners.size >= MAX_STREAMS) {
      throw new HubError('too-many-streams', `${MAX_STREAMS} pages listen already; close some`, {
        retryAfterMs: RETRY_MS,
      });
    }
    openEventStream(outgoing);
    const listener = { outgoing, mayListen };
    this.#listeners.add(listener);
    outgoing.once('close', () => this.#listeners.delete(listener));
    this.#write(listener, `retry: ${RETRY_MS}\n\n`);
    for (const text of this.#missed(lastEventId)) this.#write(listener, text);
  }

  /** What a page that comes back has missed; `reload` if that is no longer known. */
  #missed(lastEventId: string | undefined): string[] {
    if (lastEventId === undefined) return [];
    const last = Number(lastEventId.split('.')[1]);
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    const known = lastEventId === this.#id(last) && last >= oldest - 1 && last <= this.#number;
    if (!known) return [formatEvent('reload', {}, this.#id(this.#number))];
    return this.#kept.filter((event) => event.number > last).map((event) => event.text);
  }

  #id(number: number): string {
    return `${this.#options.bootId}.${number}`;
  }

  #write(listener: Listener, text: string): void {
    if (!writeEvent(listener.outgoing, text)) this.#listeners.delete(listener);
  }

  #end(listener: Listener): void {
    this.#listeners.delete(listener);
    listener.outgoing.end();
  }
}

/** The head of a stream; written at once, so that the page knows that it is heard. */
export function openEventStream(outgoing: ServerResponse): void {
  outgoing.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  outgoing.flushHeaders();
}

/** Writes, unless too much is unsent: then the connection is dropped. `false`: it is gone. */
export function writeEvent(outgoing: ServerResponse, text: string): boolean {
  if (outgoing.destroyed || outgoing.writableEnded) return false;
  if (outgoing.writableLength > MAX_UNSENT_BYTES) {
    outgoing.destroy();
    return false;
  }
  outgoing.write(text);
  return true;
}

/** One event as it goes over the wire. JSON has no raw line break, so one `data` line is enough. */
export function formatEvent(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
