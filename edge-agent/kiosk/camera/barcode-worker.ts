/** Reads barcodes beside the page, so that its keys answer meanwhile; on a small board one picture takes some 200 ms. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import program from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { Reading } from './readings.ts';

/** A picture of the camera: RGBA, row after row. */
export interface Picture {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What it shows, or why nothing could be read. */
export type Answer = { readonly readings: readonly Reading[] } | { readonly error: string };

/**
 * What carriers print, and our own codes (QR). MaxiCode is left out: it says where a parcel goes, and UPS prints the
 * number beside it in Code 128.
 */
const FORMATS = [
  'Code128',
  'Code39',
  'ITF',
  'EAN13',
  'EAN8',
  'UPCA',
  'QRCode',
  'DataMatrix',
  'PDF417',
] as const;
/** A label has four at most (number, postal code, the carrier's matrix, the shop's); others may lie beside it. */
const MOST_AT_ONCE = 8;

// By itself it would fetch its program from the internet.
prepareZXingModule({ overrides: { locateFile: () => program } });

self.onmessage = ({ data: { data, width, height } }: MessageEvent<Picture>) => {
  readBarcodes(new ImageData(data, width, height), {
    formats: [...FORMATS],
    maxNumberOfSymbols: MOST_AT_ONCE,
    // As a wedge types it: without the brackets around GS1's identifiers.
    textMode: 'Plain',
  }).then(
    (found) => answer({ readings: found.map(({ text, symbology }) => ({ text, symbology })) }),
    (error: unknown) => answer({ error: String(error) }),
  );
};

function answer(to: Answer): void {
  self.postMessage(to);
}
