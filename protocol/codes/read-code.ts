/** What a code looks like: the part of it that needs no key. */

/** Digits of a code: what a person can read, keep in mind for a moment and type. */
export const CODE_DIGITS = 8;
/** Shown in groups of so many. */
const GROUP = 4;
/** How many codes there are. */
export const CODE_SPACE = 10 ** CODE_DIGITS;

/** What was typed or scanned: the digits, and the tag of a scanned QR code (null when typed). */
export interface TypedCode {
  readonly digits: string;
  readonly tag: string | null;
}

const TYPED = /^(?:LH1:)?(\d{8})(?::([0-9a-f]{16}))?$/i;

/** Reads a typed or scanned code; spaces and dashes don't matter. Undefined: this can be no code. */
export function readCode(input: string): TypedCode | undefined {
  const [, digits, tag] = TYPED.exec(input.replace(/[\s\u2010-\u2015-]/g, '')) ?? [];
  return digits === undefined ? undefined : { digits, tag: tag?.toLowerCase() ?? null };
}

/** A code, or a PIN, as it is shown to people everywhere: `12345678` → `1234 5678`. */
export function spaced(code: string): string {
  return `${code.slice(0, GROUP)} ${code.slice(GROUP)}`;
}
