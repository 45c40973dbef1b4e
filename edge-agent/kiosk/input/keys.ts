import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

/**
 * A keyboard wedge types a whole code in one burst and ends it with Enter; the slowest that we know (Bluetooth
 * scanners with an inter-character delay) leaves 50 ms between characters. A person's key stands alone for longer.
 */
const BURST_GAP_MS = 80;
/** Shorter bursts are a person who drums on the keys. */
const SHORTEST_SCAN = 4;
/** The longest that we take (GS1 codes and QR texts of ours are shorter); what goes beyond is dropped. */
const LONGEST_SCAN = 120;

export interface KeysOptions {
  readonly clock: Clock;
  /** A scanned text. */
  readonly onScan: (text: string) => void;
  /** A single key that a person pressed: one character, or `Enter`. */
  readonly onKey: (key: string) => void;
}

/** Tells scans from keys on screens without a field. */
export class Keys {
  readonly #options: KeysOptions;
  #burst = '';
  #timer: Timer | undefined;

  constructor(options: KeysOptions) {
    this.#options = options;
  }

  /** @param key as `KeyboardEvent.key` has it */
  press(key: string): void {
    this.#timer?.cancel();
    if (key === 'Enter') this.#enter();
    if ([...key].length !== 1) return;
    if (this.#burst.length < LONGEST_SCAN) this.#burst += key;
    this.#timer = this.#options.clock.after(BURST_GAP_MS, () => this.#pause());
  }

  /** In the middle of a burst that Enter may end as a scan. */
  get isScanning(): boolean {
    return this.#burst.length > 0;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#burst = '';
  }

  #enter(): void {
    const burst = this.#burst;
    this.#burst = '';
    if (burst.length >= SHORTEST_SCAN) {
      this.#options.onScan(burst);
    } else {
      for (const key of burst) this.#options.onKey(key);
      this.#options.onKey('Enter');
    }
  }

  /** Nothing followed: a lone character was a person; several without Enter were neither scan nor choice. */
  #pause(): void {
    const burst = this.#burst;
    this.#burst = '';
    if (burst.length === 1) this.#options.onKey(burst);
  }
}
