/** Modbus frames as a serial line carries them: unit, function, data, checksum. Pure. */

/** The checksum at the end of a frame. */
const CRC_BYTES = 2;
/** An answer that is an exception sets this bit of the function. */
const EXCEPTION_BIT = 0x80;
/** An exception without its checksum: unit, function, code. */
const EXCEPTION_BYTES = 3;
/** An answer to a write, without its checksum: unit, function, address, value or quantity. */
const ECHO_BYTES = 6;
/** Unit, function and byte count come before the data of a read's answer. */
const READ_HEADER_BYTES = 3;
/** The shortest frame there is: unit, function, checksum (MODBUS over Serial Line V1.02, section 2.3). */
const FRAME_BYTES_MIN = 4;
/** The longest frame (same document, section 2.5.1). */
export const FRAME_BYTES_MAX = 256;

/** `body` with its checksum behind it. */
export function sealed(body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(body.length + CRC_BYTES);
  frame.set(body, 0);
  frame.writeUInt16LE(crc16(frame, body.length), body.length);
  return frame;
}

/** A frame without its checksum. */
export function bodyOf(frame: Buffer): Buffer {
  return frame.subarray(0, frame.length - CRC_BYTES);
}

/** How many bytes the right answer to `asked` (a request without its checksum) has, its checksum included. */
export function answerLength(asked: Buffer): number {
  return answerBodyLength(asked) + CRC_BYTES;
}

function answerBodyLength(asked: Buffer): number {
  return asked.readUInt8(1) > 4 ? ECHO_BYTES : READ_HEADER_BYTES + dataLength(asked);
}

/** How many bytes of data a read asks for. */
function dataLength(asked: Buffer): number {
  const quantity = asked.readUInt16BE(4);
  return asked.readUInt8(1) <= 2 ? Math.ceil(quantity / 8) : quantity * 2;
}

/**
 * Why `answer` can't answer what was asked, or null if it does. An exception answers everything.
 *
 * @param asked the request without its checksum: unit, function, address, …
 * @param answer likewise, at least a unit and a function
 */
export function mismatch(asked: Buffer, answer: Buffer): string | null {
  const unit = answer.readUInt8(0);
  const functionCode = answer.readUInt8(1);
  const askedFunction = asked.readUInt8(1);
  if (unit !== asked.readUInt8(0)) return `an answer of unit ${unit} instead of unit ${asked.readUInt8(0)}`;
  if (functionCode === (askedFunction | EXCEPTION_BIT)) {
    return answer.length === EXCEPTION_BYTES
      ? null
      : `an exception of ${answer.length} bytes instead of ${EXCEPTION_BYTES}`;
  }
  if (functionCode !== askedFunction) return `function ${functionCode} instead of ${askedFunction}`;
  if (askedFunction > 4) {
    return answer.compare(asked, 0, ECHO_BYTES) === 0 ? null : 'an echo that differs from the write';
  }
  const data = dataLength(asked);
  return answer.length === answerBodyLength(asked) && answer.readUInt8(2) === data
    ? null
    : `a byte count or length that does not fit ${data} bytes of data`;
}

/** An answer and what was heard around it. */
interface FoundAnswer {
  readonly before: Buffer;
  /** Whole, checksum included. */
  readonly frame: Buffer;
  readonly after: Buffer;
}

/**
 * Looks for the answer to `asked` among what was heard, whatever else was heard before it: an adapter's noise when
 * it turns round, a frame of another unit.
 *
 * @returns null if it is not there (yet)
 */
export function findAnswer(asked: Buffer, heard: Buffer): FoundAnswer | null {
  const lengths = [answerLength(asked), EXCEPTION_BYTES + CRC_BYTES];
  for (let from = 0; from < heard.length; from++) {
    if (heard[from] !== asked[0]) continue;
    for (const length of lengths) {
      const frame = heard.subarray(from, from + length);
      if (frame.length !== length || !isSound(frame) || mismatch(asked, bodyOf(frame)) !== null) continue;
      return { before: heard.subarray(0, from), frame, after: heard.subarray(from + length) };
    }
  }
  return null;
}

/** Whether what was heard is the request itself: the adapter hears what it sends, and every write seems answered. */
export function isEcho(asked: Buffer, heard: Buffer): boolean {
  const frame = sealed(asked);
  return heard.length >= frame.length && heard.compare(frame, 0, frame.length, 0, frame.length) === 0;
}

/** The whole frames in what was heard, in order; bytes that belong to none are passed over. */
export function framesIn(heard: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let from = 0; from + FRAME_BYTES_MIN <= heard.length; ) {
    const length = frameLengthAt(heard, from);
    if (length > 0) frames.push(heard.subarray(from, from + length));
    from += Math.max(1, length);
  }
  return frames;
}

/** The length of the frame that begins there, or 0. */
function frameLengthAt(heard: Buffer, from: number): number {
  const most = Math.min(heard.length - from, FRAME_BYTES_MAX);
  let crc = CRC_START;
  for (let length = 1; length <= most; length++) {
    crc = crcStep(crc, heard.readUInt8(from + length - 1));
    if (crc === 0 && length >= FRAME_BYTES_MIN) return length;
  }
  return 0;
}

/** The checksum of a frame with its checksum is zero. */
function isSound(frame: Buffer): boolean {
  return crc16(frame, frame.length) === 0;
}

/** CRC-16/MODBUS over the first `length` bytes (MODBUS over Serial Line V1.02, section 6.2.2). */
function crc16(bytes: Uint8Array, length: number): number {
  let crc = CRC_START;
  for (let index = 0; index < length; index++) crc = crcStep(crc, bytes[index] ?? 0);
  return crc;
}

function crcStep(crc: number, byte: number): number {
  return (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
}

const CRC_START = 0xffff;
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});
