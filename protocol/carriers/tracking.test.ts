import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARRIER_HINTS, hasMod10, plainTracking, trackingHints } from './tracking.ts';

/** Numbers with right check digits, as carriers and their tools publish them as examples. */
const EXAMPLES = [
  ['1Z5R89390357567127', 'ups'],
  ['9361289878700317633795', 'usps'],
  ['420 94105 9361289878700317633795', 'usps'],
  ['9865 7878 8855', 'fedex'],
  ['3318810025', 'dhl'],
  ['4200030192', 'dhl'],
  ['RB123456785GB', 's10'],
  ['7035114477138472', 'canada-post'],
  ['(00) 1 06141411234567897', 'sscc'],
  ['TBA502887274000', 'amazon'],
  ['C11031500001879', 'ontrac'],
] as const;

const carriersOf = (text: string) => trackingHints(text).map(({ carrier }) => carrier);
const digit = fc.integer({ min: 0, max: 9 });
const digits = (length: number) => fc.array(digit, { minLength: length, maxLength: length });

/** The digit that makes the whole right. */
function completed(body: string, isRight: (text: string) => boolean): string {
  const check = [...'0123456789'].find((last) => isRight(body + last));
  return body + (check ?? '');
}

describe('a tracking number', () => {
  it.each(EXAMPLES)('%s looks like one of %s', (number, carrier) => {
    expect(carriersOf(number)[0]).toBe(carrier);
  });

  it('is read the same with blanks, dashes and small letters', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), fc.constantFrom(' ', '-', '  '), ([number], gap) => {
        const spaced = [...number.toLowerCase()].join(gap);
        expect(plainTracking(spaced)).toBe(plainTracking(number));
        expect(trackingHints(spaced)).toEqual(trackingHints(number));
      }),
    );
  });

  it('is believed only with a right check digit: any other single digit is not', () => {
    const bodies = [
      [
        'usps',
        fc.tuple(fc.constantFrom(92, 93, 94, 95), digits(19)).map(([head, rest]) => head + rest.join('')),
      ],
      ['canada-post', digits(15).map((all) => all.join(''))],
      ['sscc', digits(17).map((all) => `00${all.join('')}`)],
    ] as const;
    for (const [carrier, body] of bodies) {
      fc.assert(
        fc.property(body, fc.nat(), fc.integer({ min: 1, max: 9 }), (text, where, by) => {
          const number = completed(text, hasMod10);
          expect(trackingHints(number)).toContainEqual({ carrier, sureness: 'checked' });
          // Not in the digits that the format itself is known by.
          const at = 2 + (where % (number.length - 2));
          const wrong = number.slice(0, at) + ((Number(number[at]) + by) % 10) + number.slice(at + 1);
          expect(carriersOf(wrong)).not.toContain(carrier);
        }),
      );
    }
  });

  it('has every check digit of S10, FedEx and DHL once for each body', () => {
    const ways: readonly (readonly [string, fc.Arbitrary<string>, string])[] = [
      ['s10', digits(8).map((all) => `RR${all.join('')}`), 'DE'],
      ['fedex', digits(11).map((all) => all.join('')), ''],
      ['dhl', digits(9).map((all) => all.join('')), ''],
    ];
    for (const [carrier, body, tail] of ways) {
      fc.assert(
        fc.property(body, (text) => {
          const right = [...'0123456789'].filter((check) =>
            carriersOf(text + check + tail).includes(carrier as (typeof CARRIER_HINTS)[number]),
          );
          expect(right).toHaveLength(1);
        }),
      );
    }
  });

  it('never fails, whatever it is, and puts what is checked before what only has the shape', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const hints = trackingHints(text);
        const shaped = hints.findIndex(({ sureness }) => sureness === 'shaped');
        if (shaped >= 0)
          expect(hints.slice(shaped).every(({ sureness }) => sureness === 'shaped')).toBe(true);
        for (const { carrier } of hints) expect(CARRIER_HINTS).toContain(carrier);
      }),
    );
  });
});
