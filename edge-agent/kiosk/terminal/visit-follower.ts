import { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Hub } from './hub.ts';
import { isGone } from './terminal-error.ts';

/** Beside a live stream we still ask now and then: a stream can die without a sound. */
const ASK_BESIDE_STREAM_MS = 5_000;
/** Without a stream we ask as often as a person in front of a door would like to see it. */
const ASK_ALONE_MS = 1_000;

/** A visit as it was when we heard it, so that its remaining times can be counted down. */
export interface SeenVisit {
  readonly view: VisitView;
  /** By our own clock. */
  readonly seenAtMs: number;
}

export interface VisitFollowerOptions {
  readonly hub: Pick<Hub, 'visit' | 'streamAddress'>;
  readonly clock: Clock;
  readonly visit: VisitView;
  /** Server-sent events of an address; `EventSource` in a browser. */
  readonly openStream: (address: string, listener: StreamListener) => { close(): void };
  readonly onSeen: (seen: SeenVisit) => void;
  /** `false` while the hub does not answer. */
  readonly onReachable: (reachable: boolean) => void;
  /** The hub no longer knows the visit, or this terminal. */
  readonly onGone: () => void;
}

export interface StreamListener {
  readonly onOpen: () => void;
  readonly onVisit: (json: string) => void;
  readonly onError: () => void;
}

/**
 * Keeps up with one visit: live views by a stream, requests beside it, requests alone while there is no stream.
 *
 * Answers and stream overtake each other, and a view carries no number. But the stream tells of every change, in
 * order. So an answer counts only if the stream said nothing since it was asked for: what it says then is newer, or
 * more will follow.
 */
export class VisitFollower {
  readonly #options: VisitFollowerOptions;
  #heard = 0;
  #streaming = false;
  #stopped = true;
  #timer: Timer | undefined;
  #stream: { close(): void } | undefined;

  constructor(options: VisitFollowerOptions) {
    this.#options = options;
  }

  start(): void {
    const { hub, visit, openStream } = this.#options;
    this.#stopped = false;
    this.#show(visit);
    this.#stream = openStream(hub.streamAddress(visit.visit), {
      onOpen: () => {
        this.#streaming = true;
      },
      onVisit: (json) => this.#hear(json),
      onError: () => {
        this.#streaming = false;
        this.#askIn(ASK_ALONE_MS);
      },
    });
    this.#askIn(ASK_ALONE_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#stream?.close();
    this.#timer?.cancel();
  }

  /** Runs a request that answers with the visit, and shows the answer if nothing newer came meanwhile. */
  async tell(request: () => Promise<VisitView>): Promise<VisitView> {
    const heardBefore = this.#heard;
    const view = await request();
    this.#options.onReachable(true);
    if (this.#heard === heardBefore) this.#show(view);
    return view;
  }

  #show(view: VisitView): void {
    if (this.#stopped || view.visit !== this.#options.visit.visit) return;
    this.#options.onSeen({ view, seenAtMs: this.#options.clock.monotonicMs() });
  }

  #hear(json: string): void {
    const view = parseView(json);
    if (!view) {
      this.#askIn(0);
      return;
    }
    this.#heard += 1;
    this.#options.onReachable(true);
    this.#show(view);
  }

  #askIn(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    try {
      await this.tell(() => this.#options.hub.visit(this.#options.visit.visit));
    } catch (error) {
      if (this.#stopped) return;
      if (isGone(error)) {
        this.#options.onGone();
        return;
      }
      this.#options.onReachable(false);
    }
    this.#askIn(this.#streaming ? ASK_BESIDE_STREAM_MS : ASK_ALONE_MS);
  }
}

/** A view from the stream; undefined if it does not fit, then we ask. */
function parseView(json: string): VisitView | undefined {
  try {
    return VisitView.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Server-sent events by the browser's own client, which comes back by itself. */
export function browserStream(address: string, listener: StreamListener): { close(): void } {
  const source = new EventSource(address);
  source.addEventListener('open', listener.onOpen);
  source.addEventListener('visit', (event: MessageEvent<string>) => listener.onVisit(event.data));
  source.addEventListener('error', listener.onError);
  return source;
}
