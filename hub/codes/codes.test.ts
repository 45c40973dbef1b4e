import { CODE_SPACE, readCode, spaced } from '@lockerhub/protocol/codes/read-code.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeBook } from './code-book.ts';
import { deriveCode, deriveQr } from './derive.ts';
import { fobHash, keepFobs, readFob, readKeptFobs } from './fob.ts';
import { newPin, pinHash } from './pin.ts';

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

describe('PINs', () => {
  it('are eight digits, uniform: a word above the last whole multiple is drawn again', () => {
    const words = [0xff_ff_ff_ff, 4_200_000_000, 4_199_999_999];
    const drawn = { bytes: () => Buffer.from((words.shift() ?? 0).toString(16).padStart(8, '0'), 'hex') };
    expect([newPin(drawn), newPin(drawn)]).toEqual(['99999999', '00000000']);
  });

  it('are kept as a hash that only the code key makes, and that is another one for each resident', () => {
    const kept = pinHash(KEY, holder(1), '12345678');
    expect(kept).toMatch(/^[0-9a-f]{32}$/);
    expect(pinHash(KEY, holder(1), '12345678')).toBe(kept);
    const others = [
      pinHash(OTHER_KEY, holder(1), '12345678'),
      pinHash(KEY, holder(2), '12345678'),
      pinHash(KEY, holder(1), '12345679'),
    ];
    expect(others).not.toContain(kept);
  });
});

describe('fobs', () => {
  it.each([
    ['0001234567', '0001234567'],
    [' 04a1b2c3d4 ', '04A1B2C3D4'],
    ['1234 5A6B', '12345A6B'],
    ['123,45678', '123,45678'],
  ])('are read as a wedge types them: %j', (typed, number) => {
    expect(readFob(typed)).toBe(number);
  });

  it.each([
    '',
    '1234567',
    '12345678',
    '1234-5678',
    'LH1:12345678:0123456789abcdef',
    '9'.repeat(33),
    'مفتاح123',
  ])('are not %j', (typed) => expect(readFob(typed)).toBeUndefined());

  it('are kept as hashes under the code key, several in a row; what does not fit is none', () => {
    const fobs = [1, 2].map((n) => ({ fob: holder(n), hash: fobHash(KEY, `000000000${n}`) }));
    expect(fobHash(OTHER_KEY, '0000000001')).not.toBe(fobs[0]?.hash);
    expect(readKeptFobs(keepFobs(fobs))).toEqual(fobs);
    expect(readKeptFobs(`${keepFobs(fobs)} 0000000001`)).toEqual(fobs);
    expect([keepFobs([]), readKeptFobs(null)]).toEqual([null, []]);
  });
});
