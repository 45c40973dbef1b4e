/**
 * Is this what a scanner reads off a parcel rather than a unit or a name that somebody typed? Carriers' numbers have
 * 8 characters and more, most of them digits (FINDINGS 7); units are shorter, names have none.
 */
export function looksLikeTracking(text: string): boolean {
  const compact = text.replace(/[\s-]/g, '');
  if (!/^[A-Za-z0-9]{8,60}$/.test(compact)) return false;
  const digits = compact.replace(/\D/g, '').length;
  return digits >= 6 && digits * 2 >= compact.length;
}

/** A tracking number short enough to show and long enough to compare: "1Z99…7843". */
export function shortTracking(tracking: string): string {
  return tracking.length <= 12 ? tracking : `${tracking.slice(0, 4)}…${tracking.slice(-4)}`;
}
