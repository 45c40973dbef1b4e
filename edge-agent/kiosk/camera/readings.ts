/** Which of the barcodes that a camera sees is the one that is meant: a wedge is aimed at one, a camera sees them all. */
import { trackingHints } from '@lockerhub/protocol/carriers/tracking.ts';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { looksLikeTracking } from '../input/tracking.ts';

/** One barcode of one picture. */
export interface Reading {
  readonly text: string;
  /** Which kind, as zxing-cpp calls it: `Code128`, `EANUPC`, `QRCode`… */
  readonly symbology: string;
}

/** What is looked for: a code of ours that begins a visit, or the tracking number of a parcel. */
export type Wanted = 'code' | 'label';

/** What was read goes nowhere again until it has been out of sight for so long. */
const GONE_AFTER_MS = 1_500;

/**
 * In so many pictures in a row. Kinds without a check digit of their own are misread now and then (a part of an ITF is one,
 * too). EAN and UPC are a shop's, printed on what is in the box, and count only while nothing better comes into sight.
 */
const PICTURES: Readonly<Record<string, number>> = { ITF: 2, Code39: 2, EANUPC: 8 };

/** UPS and USPS print where it goes, too: 420 and the ZIP code. */
const POSTAL_CODE = /^420\d{5}(?:\d{4})?$/;

/** Without the signs that separate GS1's fields: no wedge types them into a field. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f]/g, '').trim();
}

/** How much somebody will have meant this one; 0: not at all. */
const WORTH: Record<Wanted, (text: string) => number> = {
  // Only what is signed as ours: a box's barcode that has eight digits would count as a guess at a code.
  code: (text) => (readCode(text)?.tag ? 1 : 0),
  label: (text) => {
    if (!looksLikeTracking(text) || POSTAL_CODE.test(text)) return 0;
    return trackingHints(text)[0]?.sureness === 'checked' ? 2 : 1;
  },
};

interface ReadingsOptions {
  readonly clock: Clock;
  readonly wanted: Wanted;
  /** What was read last: it may still be in sight. */
  readonly before: string | null;
}

/** What a camera reads, until the one that is meant. */
export class Readings {
  readonly #options: ReadingsOptions;
  #inARow = new Map<string, number>();
  /** While it is in sight, and a while longer. */
  #before: { readonly text: string; readonly seenAtMs: number } | null;

  constructor(options: ReadingsOptions) {
    this.#options = options;
    const { before, clock } = options;
    this.#before = before === null ? null : { text: before, seenAtMs: clock.monotonicMs() };
  }

  /** All barcodes of one picture. @returns the one that is meant, if it is sure by now */
  see(readings: readonly Reading[]): string | null {
    const { wanted } = this.#options;
    const inARow = new Map<string, number>();
    const sure: { readonly text: string; readonly worth: number }[] = [];
    for (const { text: raw, symbology } of readings) {
      const text = plain(raw);
      const worth = WORTH[wanted](text);
      if (worth === 0 || this.#isStillThere(text)) continue;
      const count = (this.#inARow.get(text) ?? 0) + 1;
      inARow.set(text, count);
      if (count >= (PICTURES[symbology] ?? 1)) sure.push({ text, worth });
    }
    this.#inARow = inARow;
    return sure.sort((a, b) => b.worth - a.worth)[0]?.text ?? null;
  }

  #isStillThere(text: string): boolean {
    const before = this.#before;
    if (before?.text !== text) return false;
    const seenAtMs = this.#options.clock.monotonicMs();
    const isGone = seenAtMs - before.seenAtMs > GONE_AFTER_MS;
    this.#before = isGone ? null : { text, seenAtMs };
    return !isGone;
  }
}
