/** How long things take on a serial line. Pure; all in ms. */

/** A serial port and how it is set. Always eight data bits, as RTU demands. */
export interface SerialSettings {
  /** `/dev/ttyUSB0`, better `/dev/serial/by-id/…`; `COM3` on Windows. */
  readonly path: string;
  readonly baud: number;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** One start bit and eight data bits. */
const START_AND_DATA_BITS = 9;
/** The silence between two frames (MODBUS over Serial Line V1.02, section 2.5.1.1). */
const SILENT_CHARACTERS = 3.5;
/** Above this rate the silence is a fixed one (same section). */
const FIXED_SILENCE_ABOVE_BAUD = 19_200;
const FIXED_SILENCE_MS = 1.75;
/** On top of that silence: a tenth or more of it at any rate, for oscillators that differ. */
const MARGIN_MS = 0.25;

/** How long one character takes. */
export function characterMs({ baud, parity, stopBits }: Omit<SerialSettings, 'path'>): number {
  return ((START_AND_DATA_BITS + (parity === 'none' ? 0 : 1) + stopBits) * 1_000) / baud;
}

/** How long so many bytes take. */
export function transmissionMs(settings: Omit<SerialSettings, 'path'>, bytes: number): number {
  return characterMs(settings) * bytes;
}

/** How long the line has to be silent before the next frame: the standard's silence or the device's, and a margin. */
export function frameGapMs(settings: Omit<SerialSettings, 'path'>, deviceGapMs: number): number {
  const standardMs =
    settings.baud > FIXED_SILENCE_ABOVE_BAUD ? FIXED_SILENCE_MS : SILENT_CHARACTERS * characterMs(settings);
  return Math.max(standardMs, deviceGapMs) + MARGIN_MS;
}
