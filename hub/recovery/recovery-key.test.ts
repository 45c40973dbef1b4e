import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newRecoveryKey, readRecoveryKey, sealingKey } from './recovery-key.ts';

const anyKey = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => newRecoveryKey({ bytes: () => bytes }));
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

it('is seven groups of five, and is read however it is typed', () => {
  fc.assert(
    fc.property(anyKey, fc.constantFrom('', ' ', '-', ' – '), fc.boolean(), (key, gap, isLower) => {
      expect(key).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){6}[0-9A-HJKMNP-TV-Z]{5}$/);
      const typed = key.replaceAll('-', gap).replace('0', 'o').replace('1', 'l');
      expect(sealingKey(readRecoveryKey(isLower ? ` ${typed.toLowerCase()} ` : typed))).toBe(
        sealingKey(readRecoveryKey(key)),
      );
    }),
    { numRuns: 50 },
  );
});

const mistyped = expect.objectContaining({ code: 'recovery-key-mistyped' });
const refusalOf = (typed: string) => {
  try {
    readRecoveryKey(typed);
    return null;
  } catch (error) {
    return error;
  }
};

it('finds every single wrong character, and every two that changed places', () => {
  const at = fc.nat({ max: 34 });
  fc.assert(
    fc.property(anyKey, at, at, fc.constantFrom(...ALPHABET), (key, one, other, character) => {
      const letters = [...key.replaceAll('-', '')];
      const wrong = letters.with(one, character).join('');
      if (letters[one] !== character) expect(refusalOf(wrong)).toEqual(mistyped);
      const swapped = letters
        .with(one, letters[other] ?? '')
        .with(other, letters[one] ?? '')
        .join('');
      if (letters[one] !== letters[other]) expect(refusalOf(swapped)).toEqual(mistyped);
    }),
  );
});

it.each(['', '7K3MQ', '7K3M-Q2ZV-8RWX-T4HJ'])('takes %j for no recovery key', (typed) => {
  expect(refusalOf(typed)).toEqual(mistyped);
});

it('keeps its derivation: a print is good for decades', () => {
  const key = newRecoveryKey({ bytes: (length) => new Uint8Array(length).fill(7) });
  expect([key, sealingKey(readRecoveryKey(key))]).toMatchInlineSnapshot(`
    [
      "0W3GE-1R70W-3GE1R-70W3G-E1R70-W3GE1-R7KBC",
      "MCowBQYDK2VuAyEA7SJQTuCsyzoOCzpQw2v5iJSHxjbmJ9iQnQmTjUQwpkY=",
    ]
  `);
});

it('is another one each time', () => {
  expect(newRecoveryKey(systemRandom)).not.toBe(newRecoveryKey(systemRandom));
});
