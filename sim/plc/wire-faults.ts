/** What can go wrong on the wire with one answer. The PLC has executed the request, unless the name says otherwise. */
export const WIRE_FAULTS = [
  /** A TCP reset instead of the answer. */
  'reset',
  /** A TCP reset; the request is not executed. */
  'reset-unexecuted',
  /** The connection is ended in order (FIN) instead of the answer. */
  'fin',
  /** From now on the connection is dead without a word: nothing is read, nothing is sent. */
  'half-open',
  /** No answer to this one request. */
  'silence',
  /** Eight bytes whose length field says 65535, instead of the answer. */
  'garbage',
  /** The answer is held until `release()`. */
  'late',
  /** The same answer twice. */
  'duplicate',
  'wrong-unit',
  'wrong-transaction',
  'wrong-protocol',
  'wrong-function',
  /** A read's byte count says 200. A write's answer has none and goes out as it is. */
  'wrong-byte-count',
  /** One more value byte than was asked for, with consistent lengths. */
  'too-long',
  /** A write's echo names another address; a read's answer goes out as it is. */
  'wrong-echo',
  /** The first five bytes, and never the rest. */
  'partial',
  /** Whole and right, byte by byte. */
  'split',
  /** The exception "server device busy"; the request is not executed. */
  'exception',
] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

/** The bytes that go out for an answer under a fault: none, or one or more writes. */
export function spoil(fault: WireFault, answer: Buffer, isRead: boolean): readonly Buffer[] {
  switch (fault) {
    case 'garbage':
      return [Buffer.from([0, 1, 0, 0, 0xff, 0xff, 1, 1])];
    case 'duplicate':
      return [Buffer.concat([answer, answer])];
    case 'wrong-unit':
      return [flip(answer, 6)];
    case 'wrong-transaction':
      return [flip(answer, 0)];
    case 'wrong-protocol':
      return [flip(answer, 3)];
    case 'wrong-function':
      return [flip(answer, 7)];
    case 'wrong-byte-count':
      return [isRead ? withByte(answer, 8, 200) : answer];
    case 'too-long':
      return [lengthened(answer, isRead)];
    case 'wrong-echo':
      return [isRead ? answer : flip(answer, 9)];
    case 'partial':
      return [answer.subarray(0, 5)];
    case 'split':
      return Array.from(answer, (byte) => Buffer.from([byte]));
    case 'silence':
    case 'reset':
    case 'reset-unexecuted':
    case 'fin':
    case 'half-open':
      return [];
    case 'late':
    case 'exception':
      return [answer];
  }
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(value, at);
  return copy;
}

function flip(bytes: Buffer, at: number): Buffer {
  return withByte(bytes, at, bytes.readUInt8(at) ^ 1);
}

function lengthened(answer: Buffer, isRead: boolean): Buffer {
  const longer = Buffer.concat([answer, Buffer.from([0])]);
  longer.writeUInt16BE(answer.readUInt16BE(4) + 1, 4);
  return isRead ? withByte(longer, 8, answer.readUInt8(8) + 1) : longer;
}
