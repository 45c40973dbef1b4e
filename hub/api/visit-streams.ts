/** A kiosk follows its visit: each change as a whole `VisitView`. */
import type { ServerResponse } from 'node:http';
import { STREAM_PULSE_MS } from '@lockerhub/protocol/http/stream.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { HubError } from '../error.ts';
import { formatEvent, openEventStream, writeEvent } from './event-streams.ts';

/** Kiosks that listen at once, over all visits; a kiosk that reloads may leave one behind for a moment. */
const MAX_VISIT_STREAMS = 200;

export class VisitStreams {
  readonly #clock: Clock;
  readonly #visit: (visit: string) => VisitView | undefined;
  readonly #listeners = new Map<string, Set<ServerResponse>>();
  #count = 0;
  #pulse: Timer | undefined;

  constructor(clock: Clock, visit: (visit: string) => VisitView | undefined) {
    this.#clock = clock;
    this.#visit = visit;
  }

  start(): void {
    this.#pulse = this.#clock.after(STREAM_PULSE_MS, () => {
      for (const listeners of this.#listeners.values()) {
        for (const outgoing of listeners) writeEvent(outgoing, ': pulse\n\n');
      }
      this.start();
    });
  }

  stop(): void {
    this.#pulse?.cancel();
    for (const listeners of this.#listeners.values()) for (const outgoing of listeners) outgoing.end();
  }

  /** Takes over a response; tells the visit as it is at once. @throws HubError `too-many-streams`. */
  listen(visit: string, outgoing: ServerResponse): void {
    if (this.#count >= MAX_VISIT_STREAMS) {
      throw new HubError('too-many-streams', 'too many kiosks listen; try again in a moment');
    }
    const listeners = this.#listeners.get(visit) ?? new Set();
    this.#listeners.set(visit, listeners);
    openEventStream(outgoing);
    listeners.add(outgoing);
    this.#count += 1;
    outgoing.once('close', () => {
      this.#count -= 1;
      listeners.delete(outgoing);
      if (listeners.size === 0) this.#listeners.delete(visit);
    });
    this.#tell(visit, [outgoing]);
  }

  /** The visit has changed. */
  changed(visit: string): void {
    const listeners = this.#listeners.get(visit);
    if (listeners) this.#tell(visit, listeners);
  }

  #tell(visit: string, listeners: Iterable<ServerResponse>): void {
    const view = this.#visit(visit);
    if (!view) return;
    const text = formatEvent('visit', view);
    for (const outgoing of listeners) {
      writeEvent(outgoing, text);
      if (view.state === 'ended') outgoing.end();
    }
  }
}
