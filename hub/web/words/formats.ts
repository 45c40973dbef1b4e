/** Times, numbers and durations as the reader reads them, in the building's time zone. */

export interface Formats {
  /** "14:05" today, "Nov 21, 14:05" otherwise. */
  moment(atMs: number, nowMs: number): string;
  /** Date and time to the second. */
  exact(atMs: number): string;
  /** "3 min. ago". */
  ago(atMs: number, nowMs: number): string;
  /** "2 hr 10 min", "850 ms". */
  duration(ms: number): string;
  /** "72 hr": where people count hours, not days. */
  hours(ms: number): string;
  /** "08:00", "8:00 PM": an hour of the day, 0 to 24. */
  hourOfDay(hour: number): string;
  /** A country by its code (ISO 3166-1). */
  country(code: string): string;
  /** "Mon", of 1 to 7, Monday first. */
  weekday(day: number): string;
  /** How long a door takes to open: "850 ms", "1.4 s". */
  latency(ms: number): string;
  /** How much longer or shorter: "+140 ms", "-20 ms". */
  latencyChange(ms: number): string;
  /** "12.5%" of 0.125. */
  share(value: number): string;
  /** "1.25": how many times. */
  ratio(value: number): string;
  count(value: number): string;
  bytes(value: number): string;
  /** The building's calendar day, as YYYY-MM-DD: to group by. */
  day(atMs: number): string;
  /** A day as made by `day`, in few letters: "Nov 21". */
  dayName(day: string): string;
  /** "Lobby, Garage and Yard". */
  list(names: readonly string[]): string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GIGABYTE = 1_000_000_000;

/**
 * The reader's locale: the region that their browser asks for, if it is of the language that the page speaks.
 * What is no language tag is passed over: Chromium under `LANG=C` asks for `en-US@posix`, at which `Intl` throws.
 */
export function localeFor(language: string, browser: readonly string[]): string {
  return browser.find((each) => languageOf(each) === language) ?? language;
}

function languageOf(locale: string): string | undefined {
  try {
    return new Intl.Locale(locale).language;
  } catch {
    return undefined;
  }
}

/** A time zone that this browser knows, else UTC, so that a strange name never takes the page down. */
export function knownTimeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch {
    return 'UTC';
  }
}

/** @param zone an IANA name, e.g. `Europe/Madrid` */
export function createFormats(locale: string, zone: string): Formats {
  const timeZone = knownTimeZone(zone);
  const time = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'short' });
  const dayAndTime = new Intl.DateTimeFormat(locale, {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });
  const hours = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' });
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short' });
  const exact = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'medium' });
  const isoDay = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dayName = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', day: 'numeric' });
  const regions = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const ratio = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const list = new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' });
  const unit = (name: string, digits = 0, signDisplay: 'auto' | 'exceptZero' = 'auto') =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
      signDisplay,
    });
  const latency = (ms: number, sign: 'auto' | 'exceptZero') =>
    Math.abs(ms) < SECOND
      ? unit('millisecond', 0, sign).format(Math.round(ms))
      : unit('second', 1, sign).format(ms / SECOND);

  type Unit = readonly [name: string, ms: number];
  /** "2 hr 10 min"; the smaller unit only if there is any of it. */
  function twoUnits(ms: number, [large, largeMs]: Unit, [small, smallMs]: Unit): string {
    const whole = Math.floor(ms / largeMs);
    const rest = Math.floor((ms - whole * largeMs) / smallMs);
    const text = unit(large).format(whole);
    return rest > 0 ? `${text} ${unit(small).format(rest)}` : text;
  }

  return {
    moment: (atMs, nowMs) =>
      isoDay.format(atMs) === isoDay.format(nowMs) ? time.format(atMs) : dayAndTime.format(atMs),
    exact: (atMs) => exact.format(atMs),
    country: (code) => regions.of(code) ?? code,
    ago(atMs, nowMs) {
      const ms = atMs - nowMs;
      const size = Math.abs(ms);
      if (size < MINUTE) return relative.format(Math.round(ms / SECOND), 'second');
      if (size < HOUR) return relative.format(Math.round(ms / MINUTE), 'minute');
      if (size < DAY) return relative.format(Math.round(ms / HOUR), 'hour');
      return relative.format(Math.round(ms / DAY), 'day');
    },
    duration(ms) {
      if (ms < SECOND) return unit('millisecond').format(Math.round(ms));
      if (ms < MINUTE) return unit('second').format(Math.round(ms / SECOND));
      if (ms < HOUR) return unit('minute').format(Math.round(ms / MINUTE));
      if (ms < DAY) return twoUnits(ms, ['hour', HOUR], ['minute', MINUTE]);
      return twoUnits(ms, ['day', DAY], ['hour', HOUR]);
    },
    hours: (ms) => unit('hour', 2).format(ms / HOUR),
    hourOfDay: (hour) => hours.format(hour * HOUR),
    // 5 January 1970 was a Monday.
    weekday: (day) => weekday.format((day + 3) * DAY),
    latency: (ms) => latency(ms, 'auto'),
    latencyChange: (ms) => latency(ms, 'exceptZero'),
    share: (value) => share.format(value),
    ratio: (value) => ratio.format(value),
    count: (value) => number.format(value),
    list: (names) => list.format(names),
    bytes: (value) =>
      value < GIGABYTE
        ? unit('megabyte', 1).format(value / 1_000_000)
        : unit('gigabyte', 1).format(value / GIGABYTE),
    day: (atMs) => isoDay.format(atMs),
    dayName: (day) => dayName.format(Date.parse(`${day}T00:00:00Z`)),
  };
}
