/**
 * Follows the hub's live stream (`GET /api/v1/stream`) with `Last-Event-ID`, and comes back by itself.
 *
 * Not the browser's `EventSource`: that sees neither silence nor the status of a refusal, and gives up at the latter.
 */
import { STREAM_LOST_MS } from '@lockerhub/protocol/http/stream.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { createParser } from 'eventsource-parser';

/** The waits before another try: quick at first, since a hub's restart takes seconds; the last one repeats. */
export const RETRY_MS = [250, 1_000, 2_000, 5_000] as const;
/** One event is far below this; more without an end is no event stream. */
const MAX_EVENT_CHARS = 256 * 1024;

/** `live`: events arrive. `away`: no connection; tried again by itself. `signed-out`: the hub knows no such session. */
export type StreamState = 'connecting' | 'live' | 'away' | 'signed-out';

export interface StreamOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly onState: (state: StreamState) => void;
  /** `data` is the event's JSON, not yet checked. */
  readonly onEvent: (name: string, data: unknown) => void;
  /** Connected without a place to go on from: events from before may be missing. */
  readonly onGap: () => void;
}

export interface EventStream {
  start(): void;
  stop(): void;
  /** Tries at once, if it waits for its next try. */
  retryNow(): void;
}

/** Makes a stream; nothing happens before `start`. */
export function createEventStream(options: StreamOptions): EventStream {
  const { clock } = options;
  let running: AbortController | undefined;
  let retry: Timer | undefined;
  let failures = 0;
  let lastEventId: string | undefined;

  async function run(): Promise<void> {
    retry = undefined;
    const connection = new AbortController();
    running = connection;
    const state = await follow(connection).catch((): StreamState => 'away');
    if (connection !== running) return;
    options.onState(state);
    if (state === 'signed-out') return;
    const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0;
    failures += 1;
    retry = clock.after(waitMs, () => void run());
  }

  async function follow(connection: AbortController): Promise<StreamState> {
    let silence = clock.after(STREAM_LOST_MS, () => connection.abort());
    try {
      const response = await options.fetch(options.url, {
        credentials: 'same-origin',
        signal: connection.signal,
        headers: { accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
      });
      if (response.status === 401) return 'signed-out';
      if (!response.ok || !response.body) return 'away';
      arrived();
      for await (const text of chunks(response.body)) {
        silence.cancel();
        silence = clock.after(STREAM_LOST_MS, () => connection.abort());
        parser.feed(text);
      }
      return 'away';
    } finally {
      silence.cancel();
      parser.reset();
      connection.abort();
    }
  }

  function arrived(): void {
    failures = 0;
    options.onState('live');
    if (lastEventId === undefined) options.onGap();
  }

  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: ({ id, event, data }) => {
      if (id !== undefined) lastEventId = id;
      options.onEvent(event ?? 'message', JSON.parse(data));
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') running?.abort();
    },
  });

  return {
    start() {
      options.onState('connecting');
      void run();
    },
    stop() {
      retry?.cancel();
      const connection = running;
      running = undefined;
      connection?.abort();
    },
    retryNow() {
      if (!retry) return;
      retry.cancel();
      retry = undefined;
      void run();
    },
  };
}

async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
