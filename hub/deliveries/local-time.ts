/** The hour and the day that people in the building read, for an instant. The other way round has no one answer. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `hour`: 0 to 23; `day`: such as `2026-08-01`. @param timeZone IANA's name of a zone. @throws RangeError if there is none. */
export function localTime(wallMs: number, timeZone: string): { readonly hour: number; readonly day: string } {
  let format = formats.get(timeZone);
  if (!format) {
    // Sweden writes days as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const [day = '', hour = ''] = format.format(wallMs).split(' ');
  return { hour: Number(hour), day };
}

/** Of a day such as `2026-08-01`: 1 Monday to 7 Sunday (ISO 8601). */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}
