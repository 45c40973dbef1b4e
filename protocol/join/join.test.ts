import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JOIN_CODE_BYTES, joinCodeText, readJoinCode } from './join-code.ts';
import { isMac, joinKeys, macOf } from './join-keys.ts';

const anyCode = fc.uint8Array({ minLength: JOIN_CODE_BYTES, maxLength: JOIN_CODE_BYTES });

it('shows a code as four groups of four, and reads it back however it is typed', () => {
  fc.assert(
    fc.property(anyCode, fc.constantFrom('', ' ', '-', ' – '), fc.boolean(), (bytes, gap, isLower) => {
      const text = joinCodeText(bytes);
      expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
      const misread = text.replaceAll('-', gap).replace('0', 'o').replace('1', 'l');
      expect(readJoinCode(isLower ? ` ${misread.toLowerCase()} ` : misread)).toEqual(bytes);
    }),
  );
});

it.each(['', '7K3M-Q2ZV-8RWX', '7K3M-Q2ZV-8RWX-T4HJ5', '7K3M-Q2ZV-8RWX-T4HU', '7K3M.Q2ZV.8RWX.T4HJ'])(
  'takes %j for no code',
  (typed) => {
    expect(readJoinCode(typed)).toBeUndefined();
  },
);

it('derives keys that belong to their code, and a MAC that belongs to key and text', () => {
  fc.assert(
    fc.property(anyCode, fc.string(), (bytes, text) => {
      const keys = joinKeys(bytes);
      const other = joinKeys(bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)));
      const mac = macOf(keys.request, text);
      expect(isMac(keys.request, text, mac)).toBe(true);
      expect(isMac(keys.answer, text, mac)).toBe(false);
      expect(isMac(other.request, text, mac)).toBe(false);
      expect(isMac(keys.request, `${text}.`, mac)).toBe(false);
      expect(isMac(keys.request, text, mac.slice(2))).toBe(false);
      expect(keys.name).not.toBe(other.name);
    }),
    { numRuns: 50 },
  );
});

it('keeps its derivation: agents and hubs of other versions have to agree', () => {
  const keys = joinKeys(new Uint8Array(JOIN_CODE_BYTES).fill(7));
  expect([keys.name, macOf(keys.request, 'a'), macOf(keys.answer, 'a')]).toMatchInlineSnapshot(`
    [
      "e745c33ffebd58583ccde036d7146e64",
      "ec708951fb58268cdd2857dddd6f9145f9a708f1b51e4ca96f476506096e525d",
      "00abed3e5258c0b3f7244fe795518caa4192257f20b715d25c8df3f932283a98",
    ]
  `);
});
