import type { EventEmitter } from 'node:events';
import modbusSerial from 'modbus-serial';
import { LineError, type LineErrorCode, type LineRequest } from './line.ts';

// modbus-serial is CommonJS: its class is the `default` of what an ES module imports.
const { default: ModbusRTU } = modbusSerial;
export type ModbusClient = InstanceType<typeof ModbusRTU>;

/** What came back: values (none for a write), a Modbus exception's code, or modbus-serial's own complaint. */
export type ExchangeResult =
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'failure'; readonly error: Error };

/** Limits of one request (MODBUS Application Protocol V1.1b3, sections 6.1 to 6.12). */
const READ_BITS_MAX = 2_000;
const READ_REGISTERS_MAX = 125;
const WRITE_REGISTERS_MAX = 123;
const WORD_MAX = 0xffff;
const UNIT_MAX = 255;

/**
 * Exceptions after which a write may have been executed, or be executed yet: 4, the device failed while performing
 * it; 5, accepted and still being processed; 11, a gateway passed it on and got no answer (same document, section 7).
 */
const UNSETTLED_EXCEPTIONS: ReadonlySet<number> = new Set([4, 5, 11]);

const EXCEPTION_WORDS: Readonly<Record<number, string>> = {
  1: 'does not know this function',
  2: 'has no such address',
  3: 'does not take this value',
  4: 'failed while doing it',
  5: 'is still at it',
  6: 'is busy',
  10: 'has no way to this unit',
  11: 'got no answer from this unit',
};

/** What modbus-serial needs of a port; it hands over RTU frames and is handed them as `data`. */
export interface ModbusPort extends EventEmitter {
  readonly isOpen: boolean;
  open(callback: () => void): void;
  write(rtuFrame: Buffer): void;
  close(callback?: () => void): void;
}

/**
 * The one transaction that modbus-serial believes in. It keeps each transaction for ever under its number; with one
 * request in flight a single number is enough, and real ids are the port's own.
 */
export const MODBUS_SERIAL_TRANSACTION = 1;

/** A modbus-serial client on one of our ports. It has no timeout of its own: the line sets each request's. */
export function clientOn(port: ModbusPort): ModbusClient {
  return new ModbusRTU(port);
}

/** Sends one request and calls `done` at most once: never if no whole answer to it comes. */
export function exchange(
  client: ModbusClient,
  request: LineRequest,
  done: (result: ExchangeResult) => void,
): void {
  const { unit, address } = request;
  // modbus-serial calls back with null for its error when there is none, whatever its types say.
  const after = (error: unknown, answer: unknown): void => done(resultOf(request, error, answer));
  switch (request.kind) {
    case 'read':
      read(client, request, after);
      break;
    case 'write-coil':
      // modbus-serial's own FC05 knows only on and off; devices that time a pulse take other words.
      client.writeCustomFC(unit, 5, [...word(address), ...word(request.value)], after);
      break;
    case 'write-register':
      client.writeFC6(unit, address, request.value, after);
      break;
    case 'write-registers':
      client.writeFC16(unit, address, [...request.values], after);
  }
}

function read(
  client: ModbusClient,
  { unit, area, address, count }: LineRequest & { kind: 'read' },
  after: (error: unknown, answer: unknown) => void,
): void {
  switch (area) {
    case 'coils':
      client.writeFC1(unit, address, count, after);
      break;
    case 'discrete-inputs':
      client.writeFC2(unit, address, count, after);
      break;
    case 'holding-registers':
      client.writeFC3(unit, address, count, after);
      break;
    case 'input-registers':
      client.writeFC4(unit, address, count, after);
  }
}

function word(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}

function resultOf(request: LineRequest, error: unknown, answer: unknown): ExchangeResult {
  if (error instanceof Error) {
    return 'modbusCode' in error && typeof error.modbusCode === 'number'
      ? { kind: 'exception', code: error.modbusCode }
      : { kind: 'failure', error };
  }
  if (request.kind !== 'read') return { kind: 'values', values: [] };
  const bytes = dataBytes(answer);
  if (!bytes) return { kind: 'failure', error: new TypeError('modbus-serial answered a read without data') };
  return { kind: 'values', values: valuesOf(request, bytes) };
}

function dataBytes(answer: unknown): Buffer | undefined {
  return typeof answer === 'object' &&
    answer !== null &&
    'buffer' in answer &&
    answer.buffer instanceof Buffer
    ? answer.buffer
    : undefined;
}

/** The port has checked that there are as many bytes as were asked for. */
function valuesOf({ area, count }: LineRequest & { kind: 'read' }, bytes: Buffer): number[] {
  const values = new Array<number>(count);
  if (area === 'coils' || area === 'discrete-inputs') {
    for (let index = 0; index < count; index++) {
      values[index] = ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1;
    }
  } else {
    for (let index = 0; index < count; index++) values[index] = bytes.readUInt16BE(index * 2);
  }
  return values;
}

/** The error of a request that was sent and got no good answer: a device may act on all but a read. */
export function unansweredError(
  request: LineRequest,
  { code, message, cause }: { code: LineErrorCode; message: string; cause?: Error | undefined },
): LineError {
  return new LineError(code, message, isWrite(request), cause ? { cause } : undefined);
}

/**
 * The error of a request that a unit answered with an exception.
 *
 * @param say puts where it happened before what happened
 */
export function exceptionError(
  request: LineRequest,
  exception: number,
  say: (what: string) => string,
): LineError {
  const words = `${EXCEPTION_WORDS[exception] ?? 'refused'} (Modbus exception ${exception})`;
  // It may have acted on a write all the same.
  const mayStillAct = isWrite(request) && UNSETTLED_EXCEPTIONS.has(exception);
  return new LineError('line-exception', say(`unit ${request.unit} ${words}`), mayStillAct);
}

function isWrite(request: LineRequest): boolean {
  return request.kind !== 'read';
}

/**
 * Refuses what no frame can carry.
 *
 * @throws RangeError: the caller's profile checks should have kept it out
 */
export function assertSendable(request: LineRequest): void {
  assertWithin('unit', request.unit, 0, UNIT_MAX);
  assertWithin('address', request.address, 0, WORD_MAX);
  if (request.kind === 'read') {
    const bits = request.area === 'coils' || request.area === 'discrete-inputs';
    assertWithin('count', request.count, 1, bits ? READ_BITS_MAX : READ_REGISTERS_MAX);
  } else if (request.kind === 'write-registers') {
    assertWithin('number of values', request.values.length, 1, WRITE_REGISTERS_MAX);
    for (const value of request.values) assertWithin('value', value, 0, WORD_MAX);
  } else {
    assertWithin('value', request.value, 0, WORD_MAX);
  }
}

function assertWithin(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `a Modbus request's ${what} must be a whole number from ${least} to ${most}, not ${value}`,
  );
}
