/** The parts of a profile, key by key; `profile.ts` asks of them that they fit each other. */
import { z } from 'zod';
import { Pulse } from './pulse-methods.ts';
import { Word } from './word.ts';

/** The protocol's limits of one request (MODBUS Application Protocol V1.1b3, sections 6.1 to 6.3). */
const READ_BITS_MAX = 2_000;
const READ_REGISTERS_MAX = 125;

/**
 * How a device numbers some points. Its papers call the first one `first` (0 or 1, or what they say), and on the wire
 * it has the zero-based `address`; the others follow.
 */
const Numbering = { first: Word, address: Word, count: z.int().min(1).max(0xffff) };

const Outputs = z.discriminatedUnion('area', [
  z.strictObject({ area: z.literal('coils'), ...Numbering }),
  /** One register each, which takes commands and reads back as 0 or 1. */
  z.strictObject({ area: z.literal('holding-registers'), ...Numbering }),
  /** No output of the device, but a compartment that its program knows; 0 is none. */
  z.strictObject({ area: z.literal('mailbox'), first: z.int().min(1).max(0xffff), count: Numbering.count }),
]);

const Sensors = z.strictObject({
  /** `register-bits`: holding registers of sixteen points each, the lowest bit first; `address` is a register. */
  area: z.enum(['discrete-inputs', 'coils', 'register-bits']),
  ...Numbering,
  /** The bit that a sensor shows while its door is closed, unless the bank file says otherwise. */
  closed: z.union([z.literal(0), z.literal(1)]),
});

const Baud = z.int().min(1_200).max(921_600);
const Parity = z.enum(['none', 'even', 'odd']);
const StopBits = z.union([z.literal(1), z.literal(2)]);

/** How a serial port is set, where nothing needs to be said. */
export const SERIAL_SETTINGS = {
  baud: Baud.optional(),
  parity: Parity.optional(),
  stopBits: StopBits.optional(),
};

/** How the device speaks on a serial line unless it was told otherwise. */
const Serial = z.strictObject({
  baud: Baud,
  parity: Parity.default('none'),
  stopBits: StopBits.default(1),
  /** Silence between two frames, beyond the standard's 3.5 characters (findings, hardware: 5 ms mended a bus). */
  frameGapMs: z.int().min(0).max(1_000).default(5),
});

/** Turns all outputs of a unit off by itself when it has heard nothing for a while, once it has been armed. */
const Watchdog = z.strictObject({
  /** Outputs are off so long after the last request. */
  timeoutMs: z.int().min(100).max(10_000),
  /** Registers that arm it, written in this order whenever it does not show that it is armed. */
  arm: z
    .array(z.strictObject({ register: Word, value: Word }))
    .min(1)
    .max(8),
  /** Registers that show it armed, and what each then holds. Nothing is pulsed unless all of them do. */
  check: z
    .array(z.strictObject({ register: Word, holds: Word }))
    .min(1)
    .max(8),
  /** What keeps it from expiring: any request, or (if said) a register that must be written with ever new values. */
  feed: z.strictObject({ register: Word }).optional(),
});

/** Everything the agent has to know about a kind of device. */
export const ProfileParts = z.strictObject({
  profile: z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/, 'lower-case letters, digits, inner dashes'),
  title: z.string().min(1).max(120),
  outputs: Outputs,
  /** Absent: this kind of device cannot sense doors. */
  sensors: Sensors.optional(),
  pulse: Pulse,
  /** Absent: the agent's falling silent does not turn outputs off. */
  watchdog: Watchdog.optional(),
  /** What one read may ask for. */
  limits: z
    .strictObject({
      readBits: z.int().min(1).max(READ_BITS_MAX).default(READ_BITS_MAX),
      readRegisters: z.int().min(1).max(READ_REGISTERS_MAX).default(READ_REGISTERS_MAX),
    })
    .prefault({}),
  power: z
    .strictObject({
      /** Solenoids that the power supply feeds at once. */
      solenoidsAtOnce: z.int().min(1).max(64).default(1),
      pauseBetweenPulsesMs: z.int().min(0).max(10_000).default(300),
    })
    .prefault({}),
  /** Absent: the device has no serial port; it is reached by TCP alone. */
  serial: Serial.optional(),
  /** How it is reached by TCP, itself or behind a gateway. */
  tcp: z
    .strictObject({
      port: z.int().min(1).max(65_535).default(502),
      /** Connections that it takes at once. */
      connections: z.int().min(1).max(64).default(4),
    })
    .prefault({}),
  connection: z
    .strictObject({
      timeoutMs: z.int().min(50).max(10_000).default(1_000),
      /** `resynchronise` for devices that take one connection and keep a dead one. */
      onFault: z.enum(['reconnect', 'resynchronise']).default('reconnect'),
      resynchroniseForMs: z.int().min(1_000).max(3_600_000).default(30_000),
    })
    .prefault({}),
  /** A pulsed door that is not seen open by then is jammed. */
  jamAfterMs: z.int().min(500).max(10_000).default(7_000),
  /** How long a write that got no answer may still take effect after the device answers again. */
  lateWriteQuarantineMs: z.int().min(0).max(3_600_000).default(120_000),
});
export type ProfileParts = z.infer<typeof ProfileParts>;
