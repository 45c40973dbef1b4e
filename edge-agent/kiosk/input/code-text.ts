import { spaced } from '@lockerhub/protocol/codes/read-code.ts';

/** "1234567" → "1234 567" while it can still be one of our codes; anything else (a QR's text) as it is. */
export function groupedCode(text: string): string {
  const compact = text.replace(/\s/g, '');
  if (!/^\d{5,8}$/.test(compact)) return /^\d+$/.test(compact) ? compact : text;
  return spaced(compact);
}

/** How many digits there are, or undefined if it is not digits alone. */
export function digitCount(text: string): number | undefined {
  const compact = text.replace(/\s/g, '');
  return /^\d*$/.test(compact) ? compact.length : undefined;
}
