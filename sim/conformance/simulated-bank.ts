/**
 * The simulator as a device of the conformance suite: a process with the same options, words and hands as
 * `libmodbus-bank.c`. It has no other way in: none of the simulator's faults can be reached from outside.
 *
 *     node sim/conformance/simulated-bank.ts --method timed-coil --doors 10 --sensors 9 --tcp 0
 */
import { closeSync, constants, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openSerialPort } from '@lockerhub/edge-agent/lines/serial-wire.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import { Plc, type PlcEvent } from '../plc/plc.ts';
import type { PlcRequest } from '../plc/request.ts';
import { startRtuServer } from '../plc/rtu-server.ts';
import type { BusEnd } from '../plc/serial-bus.ts';
import { startPlcServer } from '../plc/tcp-server.ts';
import { ALL_METHODS } from './pulse-method.ts';

/** Waveshare boards: FC05 to this base + relay closes the relay for value × 100 ms. */
const TIMED_COIL = 0x0200;
const TIMED_COIL_UNIT_MS = 100;
/** Boards of the R4D family: FC06 with this + seconds to the relay's register; the first is register 1. */
const TIMED_REGISTER = 0x0600;
/** What a device whose program times the pulse was made for. */
const TRIGGERED_MS = 200;
const COIL_ON = 0xff00;
const COIL_OFF = 0x0000;
/** The watchdog of a mailbox's program; a stall of a loaded machine must not look like a dead agent. */
const MAILBOX_HEARD_MS = 6_000;

const MAKES = {
  'timed-coil': { device: 'waveshare-relay', duty: 'pulsed' },
  'timed-register': { device: 'timed-register', duty: 'hardware-limited' },
  'trigger-coil': {
    device: { kind: 'trigger-coil', on: COIL_ON, rearm: COIL_OFF, pulseMs: TRIGGERED_MS },
    duty: 'pulsed',
  },
  'held-coil': { device: 'held-coils', duty: 'continuous-duty' },
  'watchdog-coil': { device: 'watchdog-coils', duty: 'pulsed' },
  mailbox: { device: null, duty: 'pulsed' },
} as const;
/** A coupler's watchdog is at registers 0x1000 to 0x100A. */
const WATCHDOG_REGISTERS = 0x100b;
/** A command to a mailbox: eight registers (MAILBOX.md). */
const COMMAND_REGISTERS = 8;
const COMMAND = { sequence: 1, compartment: 2, pulseMs: 3 } as const;
/** What the program says of the command that it looked at last: its sequence, and what came of it. */
const ANSWER = 24;
const REFUSED_FROM = 10;
const LOOK_AFTER_MS = 10;
/** The doors' bits follow the mailbox, sixteen to a register. */
const MAILBOX_REGISTERS = 32;
const REGISTER_BITS = 16;

const { values } = parseArgs({
  options: {
    method: { type: 'string', default: 'timed-coil' },
    doors: { type: 'string', default: '1' },
    sensors: { type: 'string', default: '1' },
    'reads-at-most': { type: 'string' },
    connections: { type: 'string' },
    open: { type: 'string', default: '' },
    on: { type: 'string', default: '' },
    tcp: { type: 'string' },
    rtu: { type: 'string' },
    baud: { type: 'string', default: '19200' },
    /** Of a mailbox: the file that its memory is kept in while it has no power. */
    memory: { type: 'string', default: '' },
  },
});
const doors = Number(values.doors);
const sensors = Number(values.sensors);
const method = z.enum(ALL_METHODS).parse(values.method);
const isMailbox = method === 'mailbox';
/** The first output is the one that its device calls 1, or the coil at 0. */
const isFromOne = method === 'timed-register' || isMailbox;
const REGISTERS = {
  'timed-coil': 0,
  'timed-register': 1 + doors,
  'trigger-coil': 0,
  'held-coil': 0,
  'watchdog-coil': WATCHDOG_REGISTERS,
  mailbox: MAILBOX_REGISTERS + Math.ceil(doors / REGISTER_BITS),
} as const;
const numbers = (list: string) => list.split(',').filter(Boolean).map(Number);
const standingOpen = numbers(values.open);

const plc = new Plc({
  clock: systemClock,
  units: [
    {
      unit: 1,
      device: MAKES[method].device ?? {
        kind: 'mailbox',
        compartments: doors,
        heartbeatTimeoutMs: MAILBOX_HEARD_MS,
        bootBefore: bootBefore(values.memory),
      },
      coils: isFromOne ? 0 : doors,
      discreteInputs: isMailbox ? 0 : doors,
      holdingRegisters: REGISTERS[method],
      inputRegisters: 0,
      ...(values['reads-at-most'] ? { readBitsAtMost: Number(values['reads-at-most']) } : {}),
    },
  ],
  doors: Array.from({ length: doors }, (_, index) => ({
    number: index + 1,
    unit: 1,
    coil: isFromOne ? 1 + index : index,
    sensor: index < sensors ? sensorOf(index) : null,
    lock: { duty: MAKES[method].duty },
    open: standingOpen.includes(index + 1),
  })),
});
function sensorOf(index: number) {
  return isMailbox
    ? ({ area: 'program', address: index + 1, closed: 1 } as const)
    : ({ area: 'discrete-inputs', address: index, closed: 1 } as const);
}

/** The number of the boot before this one; this one's is kept for the next. */
function bootBefore(memory: string): number {
  const before = existsSync(memory) ? Number(readFileSync(memory, 'utf8')) : 0;
  if (memory) writeFileSync(memory, String(before + 1));
  return before;
}

for (const door of numbers(values.on)) {
  plc.execute({ unit: 1, kind: 'write-coil', address: door - 1, value: COIL_ON });
}
/** How long the pulse of the last command is. */
let commandedMs = 0;
plc.observe((event) => {
  const words = wordsFor(event);
  if (words) console.log(words);
});

function wordsFor(event: PlcEvent): string | undefined {
  switch (event.kind) {
    case 'energised':
      // The program of a mailbox decides what becomes of a command: asked is what it obeys.
      return isMailbox ? `asked ${event.door} ${commandedMs}\non ${event.door}` : `on ${event.door}`;
    case 'released':
      return `off ${event.door} ${Math.round(event.energisedMs)}`;
    case 'opened':
      return `opened ${event.door} ${event.by === 'hand' ? 'hand' : 'lock'}`;
    case 'closed':
      return `closed ${event.door}`;
    case 'refused':
      return `refused ${event.request.kind} ${'address' in event.request ? event.request.address : ''}`;
    case 'executed':
      return asked(event.request);
    case 'burnt':
      return `burnt ${event.door}`;
    case 'power':
    case 'disconnected':
      return undefined;
  }
}

/** What a write asked of an output; nothing for one that ends a pulse. */
function asked(request: PlcRequest): string | undefined {
  if (request.kind === 'write-registers' && isMailbox && request.values.length === COMMAND_REGISTERS) {
    commandedMs = request.values[COMMAND.pulseMs] ?? 0;
    sayIfRefused(request.values[COMMAND.sequence] ?? 0, request.values[COMMAND.compartment] ?? 0);
  }
  if (request.kind === 'write-register' && method === 'timed-register') {
    return `asked ${request.address} ${(request.value - TIMED_REGISTER) * 1_000}`;
  }
  if (request.kind !== 'write-coil') return undefined;
  const { address, value } = request;
  if (method === 'timed-coil' && address >= TIMED_COIL) {
    return `asked ${address - TIMED_COIL + 1} ${value * TIMED_COIL_UNIT_MS}`;
  }
  if (value !== COIL_ON) return undefined;
  return `asked ${address + 1} ${method === 'trigger-coil' ? TRIGGERED_MS : 0}`;
}

/** The program answers in its registers, and a refusal there is what an exception is elsewhere. */
function sayIfRefused(sequence: number, compartment: number): void {
  systemClock.after(LOOK_AFTER_MS, () => {
    const read = { unit: 1, kind: 'read', area: 'holding-registers', address: ANSWER, count: 2 } as const;
    const answer = plc.execute(read);
    const [answered, result = 0] = answer.kind === 'values' ? answer.values : [];
    if (answered !== sequence) sayIfRefused(sequence, compartment);
    else if (result >= REFUSED_FROM) console.log(`refused command ${compartment}`);
  });
}

async function listen(): Promise<number> {
  const connections = values.connections === '1' ? 'one-hang' : 'many';
  return (await startPlcServer({ plc, port: Number(values.tcp), connections })).port;
}

/** Answers on a serial port. Resolves when it is open. */
function joinBus(path: string): Promise<0> {
  const baud = Number(values.baud);
  dropUnread(path);
  return new Promise((resolve, reject) => {
    let listener: (bytes: Buffer) => void = () => {};
    const wire = openSerialPort(
      { path, baud, parity: 'none', stopBits: 1 },
      { opened: () => resolve(0), heard: (bytes) => listener(bytes), lost: (_, error) => reject(error) },
    );
    const end: BusEnd = {
      write: (bytes) => wire.write(bytes),
      onBytes: (heard) => {
        listener = heard;
      },
    };
    startRtuServer({ plc, end, clock: systemClock, baud });
  });
}

/** A device whose power has just come on has heard nothing yet; a pty keeps what nobody has read. */
function dropUnread(path: string): void {
  const file = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  const bytes = Buffer.alloc(4_096);
  try {
    while (readSync(file, bytes) > 0);
  } catch (error) {
    // Nothing is left.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  } finally {
    closeSync(file);
  }
}

const HANDS: Readonly<Record<string, (door: number) => void>> = {
  open: (door) => plc.hand.open(door),
  close: (door) => {
    if (!plc.hand.close(door)) console.log(`ajar ${door}`);
  },
  hold: (door) => plc.jam(door),
  free: (door) => plc.unjam(door),
};

console.log(`ready ${values.rtu ? await joinBus(values.rtu) : await listen()}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [word = '', door] = line.split(' ');
  const act = HANDS[word];
  if (!act) throw new Error(`no hand can "${line}"`);
  act(Number(door));
}
process.exit(0);
