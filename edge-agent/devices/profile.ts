/** A device's register map and manners, apart from any one device that is installed somewhere. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AgentError } from '../error.ts';
import { readYaml } from './checked-yaml.ts';

/** The longest pulse any profile may ask for: cabinet locks burn when held longer (findings, hardware). */
export const PULSE_CAP_MS = 1_000;
/** The protocol's limit of one read of bits (MODBUS Application Protocol V1.1b3, sections 6.1 and 6.2). */
const READ_BITS_MAX = 2_000;
const WORD_MAX = 0xffff;

const Word = z.int().min(0).max(WORD_MAX);
const Bit = z.union([z.literal(0), z.literal(1)]);

/**
 * How a device numbers some points. Its papers call the first one `first` (0 or 1, or what they say), and on the wire
 * it has the zero-based `address`; the others follow.
 */
const Numbering = {
  first: z.int().min(0).max(WORD_MAX),
  address: Word,
  count: z.int().min(1).max(WORD_MAX),
};

const Outputs = z.strictObject({ area: z.literal('coils'), ...Numbering });

const Sensors = z.strictObject({
  area: z.enum(['discrete-inputs', 'coils']),
  ...Numbering,
  /** The bit that a sensor shows while its door is closed, unless the bank file says otherwise. */
  closed: Bit,
});

const PulseLength = {
  /** How long a lock is energised unless the bank file says otherwise. */
  lengthMs: z.int().min(1).max(PULSE_CAP_MS).default(300),
  /** No lock is energised longer than this, whatever is asked for. */
  capMs: z.int().min(1).max(PULSE_CAP_MS).default(PULSE_CAP_MS),
};

/** The device times the pulse: FC05 to `address` + output with the length in units of `unitMs`. */
const TimedCoil = z.strictObject({
  method: z.literal('timed-coil'),
  /** Zero-based address of the first output's timed pulse. */
  address: Word,
  unitMs: z.int().min(1).max(PULSE_CAP_MS),
  ...PulseLength,
});

/** The agent writes on, waits, and writes off: the output stays on if the agent dies between. */
const HeldCoil = z.strictObject({ method: z.literal('held-coil'), on: Word, off: Word, ...PulseLength });

/** Everything the agent has to know about a kind of device. */
export const Profile = z
  .strictObject({
    profile: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/, 'lower-case letters, digits, inner dashes'),
    title: z.string().min(1).max(120),
    outputs: Outputs,
    /** Absent: this kind of device cannot sense doors. */
    sensors: Sensors.optional(),
    pulse: z.discriminatedUnion('method', [TimedCoil, HeldCoil]),
    /** What one read may ask for. */
    limits: z
      .strictObject({
        readBits: z.int().min(1).max(READ_BITS_MAX).default(READ_BITS_MAX),
      })
      .prefault({}),
    power: z
      .strictObject({
        /** Solenoids that the power supply feeds at once. */
        solenoidsAtOnce: z.int().min(1).max(64).default(1),
        pauseBetweenPulsesMs: z.int().min(0).max(10_000).default(300),
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
  })
  .superRefine((profile, context) => {
    const { pulse, outputs, sensors } = profile;
    if (pulse.lengthMs > pulse.capMs) {
      context.addIssue({
        code: 'custom',
        path: ['pulse', 'lengthMs'],
        message: `${pulse.lengthMs} ms is longer than the cap of ${pulse.capMs} ms`,
      });
    }
    if (pulse.method === 'timed-coil' && pulse.unitMs > pulse.capMs) {
      context.addIssue({
        code: 'custom',
        path: ['pulse', 'unitMs'],
        message: `the shortest pulse of ${pulse.unitMs} ms is longer than the cap of ${pulse.capMs} ms`,
      });
    }
    const runs = [
      ['outputs', outputs.address, outputs.count],
      ['sensors', sensors?.address ?? 0, sensors?.count ?? 0],
      ['pulse', pulse.method === 'timed-coil' ? pulse.address : 0, outputs.count],
    ] as const;
    for (const [key, address, count] of runs) {
      if (address + count - 1 <= WORD_MAX) continue;
      const message = `${count} points from address ${address} go beyond ${WORD_MAX}`;
      context.addIssue({ code: 'custom', path: [key, 'address'], message });
    }
  });
export type Profile = z.infer<typeof Profile>;

/** Profiles that come with the agent, in `profiles/`. */
export const BUILT_IN_PROFILES = ['generic-coils', 'waveshare-relay'] as const;

/**
 * Reads a profile.
 *
 * @param source what to call the text in messages
 * @throws AgentError `profile-invalid`, naming line and key of each mistake
 */
export function parseProfile(text: string, source: string): Profile {
  return readYaml(text, Profile, source, 'profile-invalid');
}

/**
 * Loads a profile that comes with the agent by its name.
 *
 * @throws AgentError `profile-invalid`
 */
export async function loadProfile(name: string): Promise<Profile> {
  if (!(BUILT_IN_PROFILES as readonly string[]).includes(name)) {
    const names = BUILT_IN_PROFILES.join(', ');
    throw new AgentError('profile-invalid', `there is no profile "${name}"; use one of: ${names}`);
  }
  const file = new URL(`./profiles/${name}.yaml`, import.meta.url);
  return parseProfile(await readFile(file, 'utf8'), `profile ${name}`);
}
