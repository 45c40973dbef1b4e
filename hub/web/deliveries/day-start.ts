/** A calendar day of the building, as a moment. */

/** How far the zone's clocks are ahead of UTC at a moment, ms. */
function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(atMs);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const asUtcMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return asUtcMs - Math.floor(atMs / 1_000) * 1_000;
}

/**
 * When a day begins, in ms since 1970. Where clocks jump over midnight it is the moment of the jump.
 *
 * @param day YYYY-MM-DD
 * @param timeZone an IANA name that `Intl` knows
 * @param after so many days later
 */
export function dayStartMs(day: string, timeZone: string, after = 0): number {
  const midnightMs = Date.parse(`${day}T00:00:00Z`) + after * 24 * 3600_000;
  // The offset at UTC's midnight may be another one than at the zone's: look again from there.
  const guessMs = midnightMs - offsetMs(midnightMs, timeZone);
  return midnightMs - Math.min(offsetMs(guessMs, timeZone), offsetMs(guessMs - 1, timeZone));
}
