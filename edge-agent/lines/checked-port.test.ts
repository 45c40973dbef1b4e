import { createServer, type Socket } from 'node:net';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckedPort } from './checked-port.ts';

const DEADLINE_MS = 10_000;
/** Unit 1 is asked for 10 coils from address 3, as modbus-serial asks its port (checksum left at zero). */
const ASKED = Buffer.from([1, 1, 0, 3, 0, 10, 0, 0]);
const TRANSACTION = 0x1235;
/** The right answer: transaction, protocol, length; unit, function, byte count, two bytes of coils. */
const RIGHT = Buffer.from([0x12, 0x35, 0, 0, 0, 5, 1, 1, 2, 0xa5, 0x01]);
const EXCEPTION = Buffer.from([0x12, 0x35, 0, 0, 0, 3, 1, 0x81, 2]);

interface Wire {
  readonly port: CheckedPort;
  readonly peer: Socket;
  readonly seen: { data: Buffer[]; garbage: string[]; lost: string[]; heard: number };
}

let sockets: Socket[] = [];
const server = createServer((socket) => {
  sockets.push(socket);
  socket.on('error', () => socket.destroy());
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** A connected port that has asked for 10 coils. */
async function asked(): Promise<Wire> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  sockets = [];
  const seen: Wire['seen'] = { data: [], garbage: [], lost: [], heard: 0 };
  const port = new CheckedPort({ host: '127.0.0.1', port: address.port }, TRANSACTION - 1, {
    lost: (message) => seen.lost.push(message),
    garbage: (message) => seen.garbage.push(message),
    heard: () => seen.heard++,
  });
  port.on('data', (bytes: Buffer) => seen.data.push(bytes));
  await new Promise<void>((resolve) => port.open(resolve));
  await waitFor(() => sockets.length === 1, DEADLINE_MS, 'the peer');
  const [peer] = sockets;
  if (!peer) throw new Error('no peer');
  const request = new Promise<Buffer>((resolve) => peer.once('data', resolve));
  port.write(ASKED);
  expect([...(await request)]).toEqual([0x12, 0x35, 0, 0, 0, 6, 1, 1, 0, 3, 0, 10]);
  return { port, peer, seen };
}

async function arrive({ peer, seen }: Wire, bytes: Buffer): Promise<void> {
  const heard = seen.heard;
  peer.write(bytes);
  await waitFor(() => seen.heard > heard, DEADLINE_MS, 'bytes to arrive');
}

async function end({ port, peer }: Wire): Promise<void> {
  await new Promise<void>((resolve) => port.destroy(resolve));
  peer.destroy();
}

describe('CheckedPort', () => {
  it.each([
    ['the answer', RIGHT],
    ['an exception', EXCEPTION],
  ])('hands on %s with a right checksum', async (_, frame) => {
    const wire = await asked();
    await arrive(wire, frame);
    const [handedOn] = wire.seen.data;
    expect(handedOn?.subarray(0, -2)).toEqual(frame.subarray(6));
    // The checksum of a frame with its checksum is zero (MODBUS over Serial Line V1.02, section 6.2.2).
    expect(checksum(handedOn ?? Buffer.alloc(0))).toBe(0);
    await end(wire);
  });

  it('puts an answer together from any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: RIGHT.length - 1 })), async (cuts) => {
        const wire = await asked();
        const ends = [...cuts.sort((a, b) => a - b), RIGHT.length];
        for (const [index, to] of ends.entries()) {
          expect(wire.seen.data).toEqual([]);
          await arrive(wire, RIGHT.subarray(ends[index - 1] ?? 0, to));
        }
        expect(wire.seen).toMatchObject({ garbage: [], lost: [] });
        expect(wire.seen.data).toHaveLength(1);
        await end(wire);
      }),
      { numRuns: 12 },
    );
  });

  it.each([RIGHT, EXCEPTION])('hands on no frame with one wrong byte before its data', async (frame) => {
    const header = frame === RIGHT ? 9 : 8;
    for (let at = 0; at < header; at++) {
      for (const bit of [0, 1, 6, 7]) {
        const wire = await asked();
        const wrong = Buffer.from(frame);
        wrong.writeUInt8(wrong.readUInt8(at) ^ (1 << bit), at);
        await arrive(wire, wrong);
        // Both kinds of answer, whatever came before: nothing of it may count for the request in flight.
        expect(wire.seen.data, `byte ${at}, bit ${bit}`).toEqual([]);
        // Another transaction's answer may come; a longer length waits for the rest, until the line's timeout.
        if (at > 5 || at === 2 || at === 3) expect(wire.seen.garbage).toHaveLength(1);
        await end(wire);
      }
    }
  });

  it.each([
    ['too short by its own count', Buffer.from([0x12, 0x35, 0, 0, 0, 4, 1, 1, 1, 0xa5])],
    ['too long by its own count', Buffer.from([0x12, 0x35, 0, 0, 0, 6, 1, 1, 3, 0xa5, 1, 0])],
    ['with less data than it counts', Buffer.from([0x12, 0x35, 0, 0, 0, 4, 1, 1, 2, 0xa5])],
    ['that is an exception with more to say', Buffer.from([0x12, 0x35, 0, 0, 0, 4, 1, 0x81, 2, 0])],
    ['without a function', Buffer.from([0x12, 0x35, 0, 0, 0, 1, 1])],
  ])('calls an answer %s garbage', async (_, frame) => {
    const wire = await asked();
    await arrive(wire, frame);
    expect(wire.seen.data).toEqual([]);
    expect(wire.seen.garbage).toHaveLength(1);
    await end(wire);
  });

  it('hands on one answer a request', async () => {
    const wire = await asked();
    await arrive(wire, Buffer.concat([RIGHT, RIGHT, RIGHT]));
    expect(wire.seen.data).toHaveLength(1);
    expect(wire.seen.garbage).toEqual([]);
    await end(wire);
  });

  it('says nothing more once destroyed', async () => {
    const wire = await asked();
    const closed = new Promise<void>((resolve) => wire.port.destroy(resolve));
    wire.peer.write(RIGHT);
    wire.peer.resetAndDestroy();
    await closed;
    expect(wire.seen).toMatchObject({ data: [], garbage: [], lost: [] });
    expect(wire.port.isOpen).toBe(false);
  });
});

/** CRC-16/MODBUS, bit by bit. */
function checksum(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
