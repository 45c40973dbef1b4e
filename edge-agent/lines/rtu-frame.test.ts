import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerLength, bodyOf, findAnswer, framesIn, isEcho, mismatch, sealed } from './rtu-frame.ts';

/** Unit 4 is asked for 10 coils from address 3. */
const ASKED = Buffer.from([4, 1, 0, 3, 0, 10]);
const ANSWER = sealed(Buffer.from([4, 1, 2, 0xa5, 0x01]));
const EXCEPTION = sealed(Buffer.from([4, 0x81, 2]));
const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

describe('an RTU frame', () => {
  it('is sealed as the example of the standard says', () => {
    // MODBUS over Serial Line V1.02, section 6.2.2: 02 07 has the checksum 41 12, the low byte first.
    expect([...sealed(Buffer.from([2, 7]))]).toEqual([2, 7, 0x41, 0x12]);
  });

  it.each([
    [[1, 1, 0, 0, 0, 1], 6],
    [[1, 2, 0, 0, 0, 8], 6],
    [[1, 2, 0, 0, 0, 9], 7],
    [[1, 3, 0, 0, 0, 1], 7],
    [[1, 4, 0, 0, 0, 125], 255],
    [[1, 5, 0, 0, 0xff, 0], 8],
    [[1, 6, 0, 0, 0, 1], 8],
    [[1, 16, 0, 0, 0, 2, 4, 0, 1, 0, 2], 8],
  ])('that asks %j is answered by %i bytes', (asked, length) => {
    expect(answerLength(Buffer.from(asked))).toBe(length);
  });
});

describe('the answer among what was heard', () => {
  it.each([
    ['an answer', ANSWER],
    ['an exception', EXCEPTION],
  ])('is found whatever came before and after: %s', (_, frame) => {
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const found = findAnswer(ASKED, Buffer.concat([before, frame, after]));
        expect(found?.frame).toEqual(frame);
        expect(Buffer.concat([found?.before ?? frame, found?.after ?? frame])).toEqual(
          Buffer.concat([before, after]),
        );
      }),
    );
  });

  it('is not there before its last byte', () => {
    for (let length = 0; length < ANSWER.length; length++) {
      expect(findAnswer(ASKED, ANSWER.subarray(0, length))).toBeNull();
    }
  });

  it('is not there with any bit changed', () => {
    for (const frame of [ANSWER, EXCEPTION]) {
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const wrong = Buffer.from(frame);
        wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(findAnswer(ASKED, wrong), `bit ${bit}`).toBeNull();
      }
    }
  });

  it.each([
    ['another unit', [5, 1, 2, 0xa5, 1]],
    ['another function', [4, 2, 2, 0xa5, 1]],
    ['an exception to another function', [4, 0x82, 2]],
    ['another byte count', [4, 1, 3, 0xa5, 1, 0]],
  ])('is not a sound frame of %s', (_, body) => {
    expect(mismatch(ASKED, Buffer.from(body))).not.toBeNull();
    expect(findAnswer(ASKED, sealed(Buffer.from(body)))).toBeNull();
  });

  it('is not a write’s echo with another address or value', () => {
    const asked = Buffer.from([4, 5, 2, 0, 0, 3]);
    expect(findAnswer(asked, sealed(asked))).not.toBeNull();
    expect(findAnswer(asked, sealed(Buffer.from([4, 5, 2, 1, 0, 3])))).toBeNull();
    expect(findAnswer(asked, sealed(Buffer.from([4, 5, 2, 0, 0, 4])))).toBeNull();
  });
});

describe('what was heard', () => {
  it('holds these frames, whatever is between them', () => {
    const gap = fc.constantFrom(Buffer.alloc(0), Buffer.from([0]), Buffer.from([0xff, 0xff, 0]));
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 4 }), (gaps) => {
        const heard = Buffer.concat(gaps.flatMap((bytes) => [bytes, ANSWER]));
        expect(framesIn(heard)).toEqual(gaps.map(() => ANSWER));
      }),
    );
    expect(framesIn(Buffer.concat([EXCEPTION, Buffer.from([1, 2, 3])]))).toEqual([EXCEPTION]);
    expect(framesIn(ANSWER.subarray(0, -1))).toEqual([]);
  });

  it('is an echo if it begins with all that was sent', () => {
    expect(isEcho(ASKED, Buffer.concat([sealed(ASKED), ANSWER]))).toBe(true);
    expect(isEcho(ASKED, sealed(ASKED).subarray(0, -1))).toBe(false);
    expect(isEcho(ASKED, ANSWER)).toBe(false);
  });

  it('is taken apart without its checksum', () => {
    expect(bodyOf(sealed(ASKED))).toEqual(ASKED);
  });
});
