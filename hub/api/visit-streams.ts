/** A kiosk follows its visit: each change as a whole `VisitView`. */
import type { ServerResponse } from 'node:http';
import { STREAM_PULSE_MS } from '@lockerhub/protocol/http/stream.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { HubError } from '../error.ts';
import { formatEvent, openEventStream, writeEvent } from './event-streams.ts';

/** Kiosks that listen at once, over all visits; a kiosk that reloads may leave one behind for a moment. */
const MAX_VISIT_STREAMS = 200;

interface Listener {
  readonly outgoing: ServerResponse;
  /** Asked at each pulse and change: a terminal that was revoked hears no more. */
  readonly mayListen: () => boolean;
}

export class VisitStreams {
  readonly #clock: Clock;
  readonly #visit: (visit: string) => VisitView | undefined;
  readonly #listeners = new Map<string, Set<Listener>>();
  #count = 0;
  #pulse: Timer | undefined;

  constructor(clock: Clock, visit: (visit: string) => VisitView | undefined) {
    this.#clock = clock;
    this.#visit = visit;
  }

  start(): void {
    this.#pulse = this.#clock.after(STREAM_PULSE_MS, () => {
      for (const listeners of this.#listeners.values()) {
        for (const listener of listeners) write(listener, ': pulse\n\n');
      }
      this.start();
    });
  }

  stop(): void {
    this.#pulse?.cancel();
    for (const listeners of this.#listeners.values()) for (const { outgoing } of listeners) outgoing.end();
  }

  /** Takes over a response; tells the visit as it is at once. @throws HubError `too-many-streams`. */
  listen(visit: string, outgoing: ServerResponse, mayListen: () => boolean): void {
    if (this.#count >= MAX_VISIT_STREAMS) {
      throw new HubError('too-many-streams', 'too many kiosks listen; try again in a moment');
    }
    const listeners = this.#listeners.get(visit) ?? new Set();
    this.#listeners.set(visit, listeners);
    openEventStream(outgoing);
    const listener = { outgoing, mayListen };
    listeners.add(listener);
    this.#count += 1;
    outgoing.once('close', () => {
      this.#count -= 1;
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(visit);
    });
    this.#tell(visit, [listener]);
  }

  /** The visit has changed. */
  changed(visit: string): void {
    const listeners = this.#listeners.get(visit);
    if (listeners) this.#tell(visit, listeners);
  }

  #tell(visit: string, listeners: Iterable<Listener>): void {
    const view = this.#visit(visit);
    if (!view) return;
    const text = formatEvent('visit', view);
    for (const listener of listeners) {
      write(listener, text);
      if (view.state === 'ended') listener.outgoing.end();
    }
  }
}

function write({ outgoing, mayListen }: Listener, text: string): void {
  if (mayListen()) writeEvent(outgoing, text);
  else outgoing.end();
}
