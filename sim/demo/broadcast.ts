/** Sends parts of the demo's state to browsers, as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { type DemoState, PARTS, type Part } from './state.ts';

/** Changes within this time go out as one. */
const GATHER_MS = 60;
/** A browser with more unsent than this is dropped; it comes back by itself and gets everything anew. */
const UNSENT_BYTES = 2 * 1024 * 1024;
const BROWSERS_AT_ONCE = 32;
/** A comment now and then, so that a browser that is gone is noticed. */
const PULSE_MS = 15_000;

export class Broadcast {
  readonly #read: <P extends Part>(part: P) => DemoState[P];
  readonly #clock: Clock;
  readonly #browsers = new Set<ServerResponse>();
  readonly #changed = new Set<Part>();
  #gathering: Timer | undefined;
  #pulse: Timer | undefined;

  constructor(clock: Clock, read: <P extends Part>(part: P) => DemoState[P]) {
    this.#clock = clock;
    this.#read = read;
  }

  /** A part changed: it goes out soon. */
  changed(part: Part): void {
    this.#changed.add(part);
    this.#gathering ??= this.#clock.after(GATHER_MS, () => this.#send());
  }

  /** Takes over a response. False if there are too many browsers already. */
  add(browser: ServerResponse): boolean {
    if (this.#browsers.size >= BROWSERS_AT_ONCE) return false;
    browser.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#browsers.add(browser);
    browser.once('close', () => this.#browsers.delete(browser));
    for (const part of PARTS) browser.write(this.#event(part));
    this.#beat();
    return true;
  }

  close(): void {
    this.#gathering?.cancel();
    this.#pulse?.cancel();
    for (const browser of this.#browsers) browser.destroy();
  }

  #beat(): void {
    this.#pulse ??= this.#clock.after(PULSE_MS, () => {
      this.#pulse = undefined;
      this.#writeAll(':\n\n');
      if (this.#browsers.size > 0) this.#beat();
    });
  }

  #send(): void {
    this.#gathering = undefined;
    const parts = [...this.#changed];
    this.#changed.clear();
    for (const part of parts) this.#writeAll(this.#event(part));
  }

  #event(part: Part): string {
    return `event: ${part}\ndata: ${JSON.stringify(this.#read(part))}\n\n`;
  }

  #writeAll(text: string): void {
    for (const browser of this.#browsers) {
      browser.write(text);
      if (browser.writableLength > UNSENT_BYTES) browser.destroy();
    }
  }
}
