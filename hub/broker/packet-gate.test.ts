import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BYTES_BEFORE_AUTH, MAX_PACKET_BYTES, PacketGate } from './packet-gate.ts';

/** A packet with a body of so many bytes, its length in MQTT's seven-bit groups. */
function packet(bodyBytes: number): Buffer {
  const length: number[] = [];
  let left = bodyBytes;
  do {
    const group = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? group | 0x80 : group);
  } while (left > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

/** Cuts bytes at the given places. */
function chunks(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

function firstFault(gate: PacketGate, parts: readonly Buffer[]): string | undefined {
  for (const part of parts) {
    const fault = gate.feed(part);
    if (fault) return fault;
  }
  return undefined;
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('the gate before the MQTT parser', () => {
  it('lets packets of any allowed size through, however they are cut', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: MAX_PACKET_BYTES }), { maxLength: 4 });
    fc.assert(
      fc.property(sizes, cuts, (bodies, at) => {
        const gate = new PacketGate();
        gate.authenticated();
        expect(firstFault(gate, chunks(Buffer.concat(bodies.map(packet)), at))).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('stops a larger packet at its header, whatever came before it', () => {
    const sizes = fc.integer({ min: MAX_PACKET_BYTES + 1, max: 200_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), sizes, cuts, (before, body, at) => {
        const gate = new PacketGate();
        gate.authenticated();
        const head = packet(body).subarray(0, 5);
        expect(firstFault(gate, chunks(Buffer.concat([packet(before), head]), at))).toContain(
          `${body} bytes`,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('stops everything above 1 kB before the sign-in, in one packet or in many', () => {
    expect(new PacketGate().feed(packet(MAX_BYTES_BEFORE_AUTH + 1).subarray(0, 3))).toContain('at most');
    const many = Array.from({ length: 200 }, () => packet(10));
    expect(firstFault(new PacketGate(), many)).toContain('before the sign-in');
  });

  it('stops a length of five bytes, which MQTT does not know', () => {
    expect(new PacketGate().feed(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]))).toContain('malformed');
  });
});
