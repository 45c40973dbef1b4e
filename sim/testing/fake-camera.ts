/** What a test's camera sees: barcodes on paper, as a video that Chromium takes for its camera. */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule as prepareReader, readBarcodes } from 'zxing-wasm/reader';
import {
  prepareZXingModule as prepareWriter,
  type WriteInputBarcodeFormat,
  writeBarcode,
} from 'zxing-wasm/writer';

const WIDTH = 1280;
const HEIGHT = 720;
const FRAMES_EACH_SECOND = 10;
/** As bright as paper and print are in a hall (0 to 255). */
const PAPER = 235;
const INK = 30;
/** Around each code, in modules (GS1 General Specifications 5.4.3: ten beside a Code 128). */
const QUIET_MODULES = 10;
/** A linear code is so high, as on a label of 10 × 15 cm. */
const BARS_PX = 160;

/** Kinds whose rows are all alike. */
const LINEAR = /^(Code|ITF|EAN)/;

const { resolve } = createRequire(import.meta.url);
const WRITER = resolve('zxing-wasm/writer/zxing_writer.wasm');
const READER = resolve('zxing-wasm/reader/zxing_reader.wasm');

/** A barcode that lies before the camera. */
export interface Shown {
  readonly format: WriteInputBarcodeFormat;
  readonly text: string;
}

/**
 * Writes a video (y4m) that shows these codes side by side, over and over.
 *
 * @param path where to; pass it on to `launchBrowser({ video })`
 * @param scenes one after another, a second each: the codes of each
 * @throws Error if they don't fit
 */
export async function fakeCamera(path: string, ...scenes: readonly (readonly Shown[])[]): Promise<void> {
  prepareWriter({ overrides: { wasmBinary: await program(WRITER) } });
  const parts: Uint8Array[] = [
    text(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_EACH_SECOND}:1 Ip A1:1 C420jpeg\n`),
  ];
  // Two planes of colour, a quarter each: none.
  const colours = new Uint8Array((WIDTH * HEIGHT) / 2).fill(128);
  for (const codes of scenes) {
    const picture = await draw(codes);
    for (let frame = 0; frame < FRAMES_EACH_SECOND; frame += 1) parts.push(text('FRAME\n'), picture, colours);
  }
  await writeFile(path, Buffer.concat(parts));
}

/** What the barcodes of a picture (PNG, JPEG) say. */
export async function barcodesIn(picture: Uint8Array): Promise<string[]> {
  prepareReader({ overrides: { wasmBinary: await program(READER) } });
  const found = await readBarcodes(picture);
  return found.map(({ text }) => text);
}

/** The first picture inside a mail as `Mailbox` keeps it. @throws Error if there is none */
export function pictureIn(html: string): Uint8Array {
  const [, base64] = /src="data:image\/png;base64,([^"]+)"/.exec(html) ?? [];
  if (!base64) throw new Error('there is no picture in this mail');
  return Buffer.from(base64, 'base64');
}

async function program(path: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(path)).buffer;
}

const text = (line: string) => new TextEncoder().encode(line);

/** The picture's brightness, row after row. */
async function draw(codes: readonly Shown[]): Promise<Uint8Array> {
  const picture = new Uint8Array(WIDTH * HEIGHT).fill(PAPER);
  const share = Math.floor(WIDTH / Math.max(1, codes.length));
  for (const [at, code] of codes.entries()) {
    const { symbol, error } = await writeBarcode(code.text, { format: code.format, addQuietZones: false });
    if (error) throw new Error(`${code.format} "${code.text}": ${error}`);
    const isLinear = LINEAR.test(code.format);
    const byWidth = Math.floor(share / (symbol.width + 2 * QUIET_MODULES));
    const px = isLinear
      ? byWidth
      : Math.min(byWidth, Math.floor(HEIGHT / (symbol.height + 2 * QUIET_MODULES)));
    if (px < 1) throw new Error(`${codes.length} codes beside each other are too many`);
    const height = isLinear ? BARS_PX : symbol.height * px;
    const left = at * share + Math.floor((share - symbol.width * px) / 2);
    const top = Math.floor((HEIGHT - height) / 2);
    for (let y = 0; y < height; y += 1) {
      const row = isLinear ? 0 : Math.floor(y / px);
      for (let x = 0; x < symbol.width * px; x += 1) {
        const isPaper = (symbol.data[row * symbol.width + Math.floor(x / px)] ?? 0) > 127;
        picture[(top + y) * WIDTH + left + x] = isPaper ? PAPER : INK;
      }
    }
  }
  return picture;
}
