/**
 * What a tracking number tells of its carrier: by its shape, and by its check digit where it has one. A hint, never a
 * gate: every number of fourteen or fifteen digits fits some format of somebody's.
 */

/** Carriers whose numbers have a shape of their own. `sscc`, `s10`: any that use the GS1 or UPU scheme. */
export const CARRIER_HINTS = [
  'ups',
  'usps',
  'fedex',
  'dhl',
  'amazon',
  'ontrac',
  'canada-post',
  's10',
  'sscc',
] as const;
export type CarrierHint = (typeof CARRIER_HINTS)[number];

export interface TrackingHint {
  readonly carrier: CarrierHint;
  /** `checked`: its check digit is right. `shaped`: it only looks like one. */
  readonly sureness: 'checked' | 'shaped';
}

interface Format {
  readonly carrier: CarrierHint;
  readonly shape: RegExp;
  /** Absent: the format has no check digit. */
  readonly check?: (text: string) => boolean;
}

/** Longer than any barcode of a carrier (USPS: 420 + ZIP+4 + 22). */
const MAX_LENGTH = 60;

/** As it is compared and kept: without spaces, dashes and case, and without the brackets around a (00). */
export function plainTracking(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .slice(0, MAX_LENGTH);
}

const digitsOf = (text: string): number[] => [...text].map(Number);

/** The weighted sum of digits, the weights repeated from the left. */
function weighted(digits: readonly number[], weights: readonly number[]): number {
  return digits.reduce((sum, digit, at) => sum + digit * (weights[at % weights.length] ?? 0), 0);
}

/** Mod 10 with weights 3, 1 from the right (GS1 General Specifications 7.9.1; USPS Pub. 199, FedEx Ground, Canada Post). */
export function hasMod10(text: string): boolean {
  const [check = -1, ...rest] = digitsOf(text).reverse();
  return (10 - (weighted(rest, [3, 1]) % 10)) % 10 === check;
}

/** UPS: letters count (ASCII − 3) mod 10, every second character twice. */
function hasUpsCheck(text: string): boolean {
  const values = [...text.slice(2)].map((sign) =>
    /\d/.test(sign) ? Number(sign) : (sign.charCodeAt(0) - 3) % 10,
  );
  const check = values.pop();
  return (10 - (weighted(values, [1, 2]) % 10)) % 10 === check;
}

/** FedEx Express: weights 1, 7, 3 from the right, mod 11, then mod 10. */
function hasFedexCheck(text: string): boolean {
  const [check = -1, ...rest] = digitsOf(text).reverse();
  return (weighted(rest, [1, 3, 7]) % 11) % 10 === check;
}

/** DHL Express: the first nine digits mod 7. */
function hasDhlCheck(text: string): boolean {
  return Number(text.slice(0, -1)) % 7 === Number(text.at(-1));
}

/** UPU standard S10: weights 8 6 4 2 3 5 9 7, mod 11. */
function hasS10Check(text: string): boolean {
  const digits = digitsOf(text.slice(2, 11));
  const check = digits.pop();
  const left = 11 - (weighted(digits, [8, 6, 4, 2, 3, 5, 9, 7]) % 11);
  return (left === 10 ? 0 : left === 11 ? 5 : left) === check;
}

/** USPS puts 420 and the ZIP code before the number itself; of others' numbers these are digits like all. */
const ZIP = /^420\d{5}(?:\d{4})?(?=9[2-5]\d{20}$)/;

const FORMATS: readonly Format[] = [
  { carrier: 'ups', shape: /^1Z[0-9A-Z]{15}\d$/, check: hasUpsCheck },
  { carrier: 'amazon', shape: /^TB[ACM]\d{12}$/ },
  { carrier: 'ontrac', shape: /^[CD]\d{14}$/ },
  { carrier: 's10', shape: /^[A-Z]{2}\d{9}[A-Z]{2}$/, check: hasS10Check },
  { carrier: 'usps', shape: /^9[2-5]\d{20}$/, check: hasMod10 },
  { carrier: 'sscc', shape: /^00\d{18}$/, check: hasMod10 },
  { carrier: 'fedex', shape: /^\d{12}$/, check: hasFedexCheck },
  { carrier: 'fedex', shape: /^(?:\d{15}|\d{18}|\d{20}|\d{22})$/, check: hasMod10 },
  { carrier: 'dhl', shape: /^\d{10}$/, check: hasDhlCheck },
  { carrier: 'canada-post', shape: /^\d{16}$/, check: hasMod10 },
];

/**
 * Whose number it may be, the likeliest first: a right check digit goes before a mere shape, a wrong one says nothing.
 *
 * @param text as it was scanned or typed.
 */
export function trackingHints(text: string): TrackingHint[] {
  const plain = plainTracking(text).replace(ZIP, '');
  const hints = FORMATS.filter(({ shape }) => shape.test(plain)).flatMap(
    ({ carrier, check }): TrackingHint[] => {
      if (!check) return [{ carrier, sureness: 'shaped' }];
      return check(plain) ? [{ carrier, sureness: 'checked' }] : [];
    },
  );
  return hints.sort((a, b) => Number(a.sureness === 'shaped') - Number(b.sureness === 'shaped'));
}
