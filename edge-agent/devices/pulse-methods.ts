/** The ways in which devices energise a lock for a while, as a profile declares them. */
import { z } from 'zod';
import { Word } from './word.ts';

/** The longest pulse any profile may ask for: cabinet locks burn when held longer (findings, hardware). */
export const PULSE_CAP_MS = 1_000;

const PulseMs = z.int().min(1).max(PULSE_CAP_MS);
const PulseLength = {
  /** How long a lock is energised unless the bank file says otherwise. */
  lengthMs: PulseMs.default(300),
  /** No lock is energised longer than this, whatever is asked for. */
  capMs: PulseMs.default(PULSE_CAP_MS),
};

/** The device times the pulse: FC05 to `address` + output with the length in units of `unitMs`. */
const TimedCoil = z.strictObject({
  method: z.literal('timed-coil'),
  /** Zero-based address of the first output's timed pulse. */
  address: Word,
  unitMs: PulseMs,
  ...PulseLength,
});

/** The device times the pulse: FC06 to the output's register with `command` plus the length in units of `unitMs`. */
const TimedRegister = z.strictObject({
  method: z.literal('timed-register'),
  command: Word,
  /** The most units that the command's lower part can say. */
  unitsMax: z.int().min(1).max(0xff).default(0xff),
  unitMs: PulseMs,
  ...PulseLength,
});

/**
 * The device, or its program, pulses by itself when the coil is written, for as long as it was made to: nobody can
 * ask for another length, and `lengthMs` says what it does.
 */
const TriggerCoil = z.strictObject({
  method: z.literal('trigger-coil'),
  on: Word,
  /** Written after the pulse, where only a change of the coil triggers the next one. */
  rearm: Word.optional(),
  ...PulseLength,
});

/** The agent writes on, waits, and writes off: the output stays on if the agent dies between. */
const HeldCoil = z.strictObject({ method: z.literal('held-coil'), on: Word, off: Word, ...PulseLength });

/** The agent asks the device's program by the mailbox contract, which times the pulse: MAILBOX.md. */
const Mailbox = z.strictObject({
  method: z.literal('mailbox'),
  /** The register at which the mailbox begins. */
  address: Word.default(0),
  /** The program turns all outputs off when it has seen no new heartbeat for so long. */
  heartbeatTimeoutMs: z.int().min(100).max(10_000).default(1_000),
  ...PulseLength,
});

export const Pulse = z.discriminatedUnion('method', [
  TimedCoil,
  TimedRegister,
  TriggerCoil,
  HeldCoil,
  Mailbox,
]);
/** How a device pulses an output. */
export type PulseMethod = z.infer<typeof Pulse>;
