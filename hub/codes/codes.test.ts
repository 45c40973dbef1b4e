import {
  GuessLimit,
  guessesPerDay,
  PAUSE_MS,
  WRONG_PER_TERMINAL,
} from '@lockerhub/protocol/codes/guess-limit.ts';
import { CODE_SPACE, readCode } from '@lockerhub/protocol/codes/read-code.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { CodeBook } from './code-book.ts';
import { deriveCode, deriveQr, spaced } from './derive.ts';

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);
const holder = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const issued = (n: number, generation: number) =>
  ({
    type: 'code.issued',
    data: { holder: holder(n), generation },
    at: 0,
    clock: 'trusted',
    by: { kind: 'hub' },
  }) as const;
const revoked = (n: number) =>
  ({
    type: 'code.revoked',
    data: { holder: holder(n) },
    at: 0,
    clock: 'trusted',
    by: { kind: 'hub' },
  }) as const;

describe('deriving', () => {
  it('gives eight digits that depend on key, holder and generation', () => {
    const code = deriveCode(KEY, holder(1), 0);
    expect(code).toMatch(/^\d{8}$/);
    expect(deriveCode(KEY, holder(1), 0)).toBe(code);
    const others = [
      deriveCode(OTHER_KEY, holder(1), 0),
      deriveCode(KEY, holder(2), 0),
      deriveCode(KEY, holder(1), 1),
    ];
    expect(others).not.toContain(code);
  });

  it('spreads codes evenly', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let n = 0; n < 5_000; n += 1) {
      const bucket = Math.floor((Number(deriveCode(KEY, holder(n), 0)) * 10) / CODE_SPACE);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // 500 expected in each; six standard deviations are 127.
    for (const count of buckets) expect(Math.abs(count - 500)).toBeLessThan(127);
  });

  it('reads what people type and scanners send', () => {
    fc.assert(
      fc.property(fc.nat(CODE_SPACE - 1), fc.constantFrom('', ' ', '-', ' – '), (number, gap) => {
        const digits = String(number).padStart(8, '0');
        expect(readCode(` ${digits.slice(0, 4)}${gap}${digits.slice(4)} `)).toEqual({ digits, tag: null });
        expect(readCode(spaced(digits))).toEqual({ digits, tag: null });
        expect(readCode(`LH1:${digits}`)).toEqual({ digits, tag: null });
      }),
    );
    expect(readCode(deriveQr(KEY, holder(1), 0))).toMatchObject({ digits: deriveCode(KEY, holder(1), 0) });
    for (const no of ['', '1234567', '123456789', 'abcdefgh', 'LH2:12345678', 'LH1:12345678:00']) {
      expect(readCode(no)).toBeUndefined();
    }
  });
});

describe('CodeBook', () => {
  it('finds holders by their codes until they are revoked or get another', () => {
    const book = new CodeBook(KEY);
    book.apply(issued(1, 0));
    const digits = book.digitsOf(holder(1)) ?? '';
    expect(book.find({ digits, tag: null })).toEqual({ holder: holder(1), revoked: false });
    book.apply(revoked(1));
    expect(book.find({ digits, tag: null })).toEqual({ holder: holder(1), revoked: true });
    expect(book.digitsOf(holder(1))).toBeUndefined();
    expect(book.qrOf(holder(1))).toBeUndefined();
    book.apply(issued(1, book.nextGeneration(holder(1), new Set())));
    expect(book.find({ digits, tag: null })).toBeUndefined();
    expect(book.digitsOf(holder(1))).toMatch(/^\d{8}$/);
  });

  it('takes a scanned code only with its own tag', () => {
    const book = new CodeBook(KEY);
    book.apply(issued(1, 0));
    book.apply(issued(2, 0));
    const typed = readCode(book.qrOf(holder(1)) ?? '');
    const other = readCode(book.qrOf(holder(2)) ?? '');
    if (!typed || !other) throw new Error('no QR');
    expect(book.find(typed)?.holder).toBe(holder(1));
    expect(book.find({ digits: typed.digits, tag: other.tag })).toBeUndefined();
  });

  it('raises the generation until no living code has the same digits', () => {
    const book = new CodeBook(KEY);
    const wanted = deriveCode(KEY, holder(1), 0);
    expect(book.nextGeneration(holder(1), new Set([wanted]))).toBe(1);
    expect(book.nextGeneration(holder(1), new Set())).toBe(0);
    const taken = new Set<string>();
    book.nextGeneration(holder(1), taken);
    expect(taken).toEqual(new Set([wanted]));
  });

  it('refuses a key that is too short', () => {
    expect(() => new CodeBook(new Uint8Array(8))).toThrow(/at least 16/);
  });
});

describe('GuessLimit', () => {
  it('pauses a terminal after five wrong codes, and no other', async () => {
    const clock = new VirtualClock(0);
    const limit = new GuessLimit(clock);
    for (let n = 0; n < WRONG_PER_TERMINAL; n += 1) {
      expect(limit.waitMs('lobby', 10)).toBe(0);
      limit.wrong('lobby', 10);
    }
    expect(limit.waitMs('lobby', 10)).toBe(PAUSE_MS);
    expect(limit.waitMs('garage', 10)).toBe(0);
    clock.setWall(0);
    await clock.advance(PAUSE_MS);
    expect(limit.waitMs('lobby', 10)).toBe(0);
  });

  it('holds P(hit) to 0.1 % a day, however many terminals guess', () => {
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 50 }),
        async (codes, terminals) => {
          const clock = new VirtualClock(0);
          const limit = new GuessLimit(clock);
          let guesses = 0;
          for (let minute = 0; minute < 24 * 60; minute += 10) {
            for (let n = 0; n < terminals; n += 1) {
              while (limit.waitMs(`t${n}`, codes) === 0) {
                limit.wrong(`t${n}`, codes);
                guesses += 1;
              }
            }
            await clock.advance(10 * 60_000);
          }
          expect((guesses * codes) / CODE_SPACE).toBeLessThanOrEqual(0.001);
          expect(guesses).toBeLessThanOrEqual(guessesPerDay(codes));
          expect(guesses).toBeGreaterThan(0);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('forgets old wrong codes', async () => {
    const clock = new VirtualClock(0);
    const limit = new GuessLimit(clock);
    for (let n = 0; n < 20; n += 1) {
      limit.wrong('lobby', 10);
      expect(limit.waitMs('lobby', 10)).toBe(0);
      await clock.advance(2 * 60_000);
    }
  });
});
