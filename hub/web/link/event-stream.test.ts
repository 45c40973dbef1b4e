import { STREAM_LOST_MS } from '@lockerhub/protocol/http/stream.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEventStream, RETRY_MS, type StreamState } from './event-stream.ts';

/** A clock that stands until it is told to go. */
class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; act: () => void }[] = [];
  wallMs = () => this.#now;
  monotonicMs = () => this.#now;
  after(delayMs: number, act: () => void) {
    const timer = { at: this.#now + delayMs, act };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
    return { cancel };
  }
  punctually(delayMs: number, act: () => void) {
    return this.after(delayMs, act);
  }
  async go(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { act } of due) act();
    await settled();
  }
}

/** Lets promises and stream reads that are due run; nothing here waits for time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Connection {
  readonly headers: Headers;
  send(text: string): Promise<void>;
  end(): Promise<void>;
  readonly aborted: () => boolean;
}

let clock: HandClock;
let connections: Connection[];
let states: StreamState[];
let events: unknown[];
let gaps: number;
let refuse: number | null;

const fakeFetch: typeof fetch = async (_url, init) => {
  if (refuse !== null) return new Response(null, { status: refuse });
  const headers = new Headers(init?.headers);
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
    },
  });
  let aborted = false;
  init?.signal?.addEventListener('abort', () => {
    if (!aborted) controller?.error(new DOMException('aborted', 'AbortError'));
    aborted = true;
  });
  connections.push({
    headers,
    aborted: () => aborted,
    async send(text) {
      controller?.enqueue(new TextEncoder().encode(text));
      await settled();
    },
    async end() {
      controller?.close();
      await settled();
    },
  });
  return new Response(body, { status: 200 });
};

function open() {
  return createEventStream({
    url: '/stream',
    clock,
    fetch: fakeFetch,
    onState: (state) => states.push(state),
    onEvent: (name, data) => events.push([name, data]),
    onGap: () => {
      gaps += 1;
    },
  });
}

beforeEach(() => {
  clock = new HandClock();
  connections = [];
  states = [];
  events = [];
  gaps = 0;
  refuse = null;
});

describe('the live stream', () => {
  it('reads events, however they are cut into pieces', async () => {
    open().start();
    await settled();
    await connections[0]?.send('id: b.1\nevent: entry\nda');
    await connections[0]?.send('ta: {"seq":1}\n\n: pulse\n\n');
    expect(events).toEqual([['entry', { seq: 1 }]]);
    expect(states).toEqual(['connecting', 'live']);
  });

  it('comes back with the last event id, and asks for all only where it has none', async () => {
    open().start();
    await settled();
    expect(gaps).toBe(1);
    await connections[0]?.send('id: b.7\nevent: reload\ndata: {}\n\n');
    await connections[0]?.end();
    expect(states.at(-1)).toBe('away');
    await clock.go(RETRY_MS[0]);
    expect(connections[1]?.headers.get('last-event-id')).toBe('b.7');
    expect(states.at(-1)).toBe('live');
    expect(gaps).toBe(1);
  });

  it('counts a silent hub as away, and a pulse as life', async () => {
    open().start();
    await settled();
    await clock.go(STREAM_LOST_MS - 1);
    await connections[0]?.send(': pulse\n\n');
    await clock.go(STREAM_LOST_MS - 1);
    expect(states.at(-1)).toBe('live');
    await clock.go(1);
    expect(connections[0]?.aborted()).toBe(true);
    expect(states.at(-1)).toBe('away');
  });

  it('waits longer the longer the hub is away, and not at all when told', async () => {
    refuse = 503;
    const stream = open();
    stream.start();
    await settled();
    await clock.go(RETRY_MS[0]);
    await clock.go(RETRY_MS[0]);
    refuse = null;
    expect(connections).toHaveLength(0);
    stream.retryNow();
    await settled();
    expect(states.at(-1)).toBe('live');
  });

  it('stops when nobody is signed in', async () => {
    refuse = 401;
    open().start();
    await settled();
    refuse = null;
    await clock.go(60_000);
    expect(states).toEqual(['connecting', 'signed-out']);
    expect(connections).toHaveLength(0);
  });

  it('does nothing any more once it is stopped', async () => {
    const stream = open();
    stream.start();
    await settled();
    stream.stop();
    await settled();
    await clock.go(60_000);
    expect(connections).toHaveLength(1);
    expect(connections[0]?.aborted()).toBe(true);
    expect(states).toEqual(['connecting', 'live']);
  });
});
