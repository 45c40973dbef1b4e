import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFrame } from './rtu-faults.ts';
import { withChecksum } from './serial-bus.ts';
import { collided, heardAs } from './uart.ts';

const FRAME = withChecksum(Buffer.from([1, 3, 2, 0x12, 0x34]));
const settings = fc.record({
  baud: fc.constantFrom(9_600, 19_200, 38_400, 115_200),
  parity: fc.constantFrom('none', 'even', 'odd'),
  stopBits: fc.constantFrom(1, 2),
});

describe('characters on a pair of wires', () => {
  it('are heard as they were sent by whoever is set alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), settings, (bytes, alike) => {
        const heard = heardAs(bytes, { spoken: alike, heard: alike, swapped: false });
        expect(heard).toEqual([...bytes].map((byte) => ({ byte, sound: true })));
      }),
    );
  });

  it('are no frame over swapped wires, nor at another rate', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 40 }), (body) => {
        const frame = withChecksum(body);
        for (const wrong of [
          { spoken: { baud: 9_600 }, heard: { baud: 9_600 }, swapped: true },
          { spoken: { baud: 9_600 }, heard: { baud: 19_200 }, swapped: false },
          { spoken: { baud: 115_200 }, heard: { baud: 9_600 }, swapped: false },
        ]) {
          const heard = Buffer.from(heardAs(frame, wrong).map(({ byte }) => byte));
          expect(heard.equals(frame)).toBe(false);
          expect(heard.length === frame.length && isFrame(heard)).toBe(false);
        }
      }),
    );
  });

  it('are marked as unsound with another parity', () => {
    const heard = heardAs(FRAME, {
      spoken: { baud: 9_600 },
      heard: { baud: 9_600, parity: 'even' },
      swapped: false,
    });
    expect(heard.some(({ sound }) => !sound)).toBe(true);
  });

  it('are no frame when two devices answer, and more than the noise of an adapter', () => {
    const heard = collided(FRAME);
    expect(heard.length).toBeGreaterThan(2);
    expect(isFrame(heard)).toBe(false);
  });
});
