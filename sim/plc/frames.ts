/**
 * Modbus frames as a server sees them: on TCP (MODBUS Messaging on TCP/IP V1.0b, section 3.1.3), and the part that a
 * serial line has in common with it.
 */
import { EXCEPTION, type PlcAnswer, type PlcArea, type PlcRequest } from './request.ts';

/** Transaction, protocol and length (2 bytes each) come before what `length` counts. */
const PREFIX_BYTES = 6;
/** The longest `length`: a unit id and a PDU of 253 bytes. */
const LENGTH_MAX = 254;
const EXCEPTION_BIT = 0x80;

const AREA_OF_FUNCTION: ReadonlyMap<number, PlcArea> = new Map([
  [1, 'coils'],
  [2, 'discrete-inputs'],
  [3, 'holding-registers'],
  [4, 'input-registers'],
]);

/** A request off the wire: `request` is what it asks, or the exception that answers it. */
export interface RequestBody {
  readonly unit: number;
  readonly functionCode: number;
  readonly request: PlcRequest | { readonly exception: number };
}

/** The same on TCP. */
export interface RequestFrame extends RequestBody {
  readonly transaction: number;
}

/**
 * Cuts whole frames off the front of `bytes`.
 *
 * @returns the frames and the bytes left over, or null if this can't be Modbus TCP
 */
export function cutFrames(bytes: Buffer): { frames: RequestFrame[]; rest: Buffer } | null {
  const frames: RequestFrame[] = [];
  let rest = bytes;
  while (rest.length >= PREFIX_BYTES) {
    const length = rest.readUInt16BE(4);
    if (rest.readUInt16BE(2) !== 0 || length < 2 || length > LENGTH_MAX) return null;
    if (rest.length < PREFIX_BYTES + length) break;
    const body = rest.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
    frames.push({ transaction: rest.readUInt16BE(0), ...readBody(body) });
    rest = rest.subarray(PREFIX_BYTES + length);
  }
  return { frames, rest };
}

/** What a unit and a PDU ask. @param body two bytes at least */
export function readBody(body: Buffer): RequestBody {
  const unit = body.readUInt8(0);
  const functionCode = body.readUInt8(1);
  return { unit, functionCode, request: readRequest(unit, functionCode, body) };
}

function readRequest(unit: number, functionCode: number, body: Buffer): RequestFrame['request'] {
  const area = AREA_OF_FUNCTION.get(functionCode);
  const known = area !== undefined || functionCode === 5 || functionCode === 6 || functionCode === 16;
  if (!known) return { exception: EXCEPTION.illegalFunction };
  if (body.length < 6) return { exception: EXCEPTION.illegalValue };
  const address = body.readUInt16BE(2);
  const word = body.readUInt16BE(4);
  if (area) return { unit, kind: 'read', area, address, count: word };
  if (functionCode === 5) return { unit, kind: 'write-coil', address, value: word };
  if (functionCode === 6) return { unit, kind: 'write-register', address, value: word };
  if (body.length !== 7 + word * 2 || body.readUInt8(6) !== word * 2)
    return { exception: EXCEPTION.illegalValue };
  const values = Array.from({ length: word }, (_, index) => body.readUInt16BE(7 + index * 2));
  return { unit, kind: 'write-registers', address, values };
}

/** The frame that answers `frame`. */
export function answerFrame(frame: RequestFrame, answer: PlcAnswer): Buffer {
  const body = answerBody(frame, answer);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt16BE(frame.transaction, 0);
  prefix.writeUInt16BE(body.length, 4);
  return Buffer.concat([prefix, body]);
}

/** Unit and PDU that answer a request. */
export function answerBody({ unit, functionCode, request }: RequestBody, answer: PlcAnswer): Buffer {
  return Buffer.concat([Buffer.from([unit]), pduOf(functionCode, request, answer)]);
}

function pduOf(functionCode: number, request: RequestBody['request'], answer: PlcAnswer): Buffer {
  if (answer.kind === 'exception' || 'exception' in request) {
    const code = answer.kind === 'exception' ? answer.code : EXCEPTION.illegalFunction;
    return Buffer.from([functionCode | EXCEPTION_BIT, code]);
  }
  return answerPdu(functionCode, request, answer.values);
}

function answerPdu(functionCode: number, request: PlcRequest, values: readonly number[]): Buffer {
  if (request.kind === 'read') {
    return request.area === 'coils' || request.area === 'discrete-inputs'
      ? bitsPdu(functionCode, values)
      : registersPdu(functionCode, values);
  }
  const pdu = Buffer.alloc(5);
  pdu.writeUInt8(functionCode, 0);
  pdu.writeUInt16BE(request.address, 1);
  pdu.writeUInt16BE(request.kind === 'write-registers' ? request.values.length : request.value, 3);
  return pdu;
}

function bitsPdu(functionCode: number, bits: readonly number[]): Buffer {
  const count = Math.ceil(bits.length / 8);
  const pdu = Buffer.alloc(2 + count);
  pdu[0] = functionCode;
  pdu[1] = count;
  for (const [index, bit] of bits.entries()) {
    const at = 2 + (index >> 3);
    if (bit) pdu[at] = (pdu[at] ?? 0) | (1 << (index & 7));
  }
  return pdu;
}

function registersPdu(functionCode: number, registers: readonly number[]): Buffer {
  const pdu = Buffer.alloc(2 + registers.length * 2);
  pdu[0] = functionCode;
  pdu[1] = registers.length * 2;
  for (const [index, register] of registers.entries()) pdu.writeUInt16BE(register, 2 + index * 2);
  return pdu;
}
