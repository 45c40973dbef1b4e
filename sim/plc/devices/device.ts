/** What a kind of device does with what is written to it: the part of a simulated PLC that differs from make to make. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { EXCEPTION, type PlcAnswer, type PlcArea } from '../request.ts';

/** What a device has to work with: its points, its outputs, its door contacts. */
export interface Body {
  readonly clock: Clock;
  /** Every readable point; bits are 0 or 1. Door contacts at inputs and coils show through by themselves. */
  readonly areas: Readonly<Record<PlcArea, Uint16Array>>;
  /** Switches an output, and shows it in its coil if the device has one. */
  drive(output: number, on: boolean): void;
  /** The door contacts that the program itself reads, by their number, and the bit of each. */
  contacts(): Iterable<readonly [number: number, bit: 0 | 1]>;
  /** Ends every connection to the PLC. */
  disconnect(): void;
}

/** A device behind a unit id. Deterministic: its only input besides calls is the clock. */
export interface Device {
  /** FC05. */
  writeCoil(address: number, value: number): PlcAnswer;
  /** FC06 and FC16; `values` are within the limits of a request. */
  writeRegisters(address: number, values: readonly number[]): PlcAnswer;
  /** A request of any kind has come, and is about to be executed. */
  heard?(): void;
  /** The areas are about to be read. */
  beforeRead?(): void;
  /** Power fails: the outputs have fallen off, all points are zero, and nothing may act any more. */
  powerCut(): void;
  powerRestored?(): void;
}

export const COIL_ON = 0xff00;
export const COIL_OFF = 0x0000;
export const DONE: PlcAnswer = { kind: 'values', values: [] };

/** The exception that answers a request. */
export function refused(exception: keyof typeof EXCEPTION): PlcAnswer {
  return { kind: 'exception', code: EXCEPTION[exception] };
}

/** Registers that hold what is written. */
export function storeRegisters({ areas }: Body, address: number, values: readonly number[]): PlcAnswer {
  const registers = areas['holding-registers'];
  if (address + values.length > registers.length) return refused('illegalAddress');
  registers.set(values, address);
  return DONE;
}

/** A coil that holds what is written, and drives its output. */
export function storeCoil(body: Body, address: number, value: number): PlcAnswer {
  if (address >= body.areas.coils.length) return refused('illegalAddress');
  if (value !== COIL_ON && value !== COIL_OFF) return refused('illegalValue');
  body.drive(address, value === COIL_ON);
  return DONE;
}
