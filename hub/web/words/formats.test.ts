import { describe, expect, it } from 'vitest';
import { createFormats, knownTimeZone, localeFor } from './formats.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;
/** ICU separates with several kinds of spaces. */
const plain = (text: string) => text.replace(/\s/g, ' ');

describe('formats', () => {
  it('write times in the building’s zone, with the day only where it is not today', () => {
    const { moment } = createFormats('en-GB', 'Europe/Berlin');
    expect(plain(moment(NOON, NOON))).toBe('13:00');
    expect(plain(moment(NOON - 24 * HOUR, NOON))).toBe('21 Nov, 13:00');
    // 23:30 in London is tomorrow in Berlin.
    expect(createFormats('en', 'Europe/Berlin').day(Date.parse('2026-11-22T23:30:00Z'))).toBe('2026-11-23');
  });

  it.each([
    [850, '850 ms'],
    [59_400, '59 sec'],
    [130_000, '2 min'],
    [2 * HOUR + 600_000, '2 hr 10 min'],
    [2 * HOUR, '2 hr'],
    [51 * HOUR, '2 days 3 hr'],
  ])('say %d ms as "%s"', (ms, text) => {
    expect(plain(createFormats('en', 'UTC').duration(ms))).toBe(text);
  });

  it('say how long a door takes, and how much longer', () => {
    const { latency, latencyChange, share, ratio } = createFormats('en', 'UTC');
    const texts = [
      latency(41.6),
      latency(1_440),
      latencyChange(140),
      latencyChange(-1_500),
      latencyChange(0.2),
    ];
    expect(texts.map(plain)).toEqual(['42 ms', '1.4 sec', '+140 ms', '-1.5 sec', '0 ms']);
    expect([share(0.125), ratio(1.254)]).toEqual(['12.5%', '1.25']);
  });

  it('say how long ago', () => {
    const { ago } = createFormats('en', 'UTC');
    expect(plain(ago(NOON - 3 * 60_000, NOON))).toBe('3 min. ago');
    expect(plain(ago(NOON, NOON))).toBe('now');
  });

  it('stand a time zone that no browser knows', () => {
    expect(knownTimeZone('Europe/Madrid')).toBe('Europe/Madrid');
    expect(knownTimeZone('Moon/Tycho')).toBe('UTC');
  });

  it('take the reader’s region if it is of the page’s language', () => {
    expect(localeFor('en', ['de-DE', 'en-GB'])).toBe('en-GB');
    expect(localeFor('es', ['en-GB'])).toBe('es');
  });

  it.each([[['en-US@posix']], [['', '_', 'en_US.UTF-8']], [[]]])(
    'stand %j, which is no region to go by',
    (asked) => {
      expect(localeFor('en', asked)).toBe('en');
      expect(localeFor('en', [...asked, 'en-GB'])).toBe('en-GB');
    },
  );
});
