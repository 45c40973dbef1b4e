/**
 * The name of whose a code is, as it is compared: a unit's, or a carrier's for a courier's code. Lower case without
 * accents, blanks and punctuation; digits of any script as 0 to 9.
 */
export function ownerName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}]/gu, '')
    .toLowerCase()
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Decimal digits stand in Unicode in runs of ten that begin at a multiple of 16, or six behind one (The Unicode Standard, 4.6). */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}
