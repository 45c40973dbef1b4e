import { AgentError } from '../error.ts';
import { MAILBOX } from './mailbox-registers.ts';
import type { Profile } from './profile.ts';

/** One readable point of one unit, zero-based as on the wire: a bit, a register, or one bit of a register. */
export interface Point {
  readonly unit: number;
  readonly area: 'coils' | 'discrete-inputs' | 'holding-registers';
  readonly address: number;
  /** Which bit of the register; absent where the whole point counts. */
  readonly bit?: number;
}

/** An output or sensor as the device's papers number it. */
export interface Numbered {
  readonly unit: number;
  readonly number: number;
}

/** Bits in a register. */
const REGISTER_BITS = 16;

/**
 * What answers for the output that the device's papers call `number`: the output itself, or the mailbox through which
 * it is asked for.
 *
 * @throws AgentError `profile-invalid` if the device has no such output
 */
export function outputPoint(profile: Profile, { unit, number }: Numbered): Point {
  const { outputs, pulse } = profile;
  const index = indexOf(profile, 'output', outputs, number);
  if (outputs.area !== 'mailbox') return { unit, area: outputs.area, address: outputs.address + index };
  // The schema gives outputs of area mailbox to the method of that name alone.
  const base = pulse.method === 'mailbox' ? pulse.address : 0;
  return { unit, area: 'holding-registers', address: base + MAILBOX.status.version };
}

/**
 * The sensor that the device's papers call `number`.
 *
 * @throws AgentError `profile-invalid` if the device has no such sensor
 */
export function sensorPoint(profile: Profile, { unit, number }: Numbered): Point {
  const { sensors } = profile;
  if (!sensors) {
    throw new AgentError(
      'profile-invalid',
      `${profile.profile} senses no doors; write sensor: none, or name the line that does`,
    );
  }
  const index = indexOf(profile, 'sensor', sensors, number);
  if (sensors.area !== 'register-bits') return { unit, area: sensors.area, address: sensors.address + index };
  return {
    unit,
    area: 'holding-registers',
    address: sensors.address + Math.floor(index / REGISTER_BITS),
    bit: index % REGISTER_BITS,
  };
}

/** What a read's value for a point says of the bit that it is. */
export function bitOf({ bit }: Point, value: number | undefined): 0 | 1 | undefined {
  if (value === undefined) return undefined;
  return ((value >> (bit ?? 0)) & 1) as 0 | 1;
}

function indexOf(
  profile: Profile,
  what: 'output' | 'sensor',
  run: { readonly first: number; readonly count: number },
  number: number,
): number {
  const last = run.first + run.count - 1;
  if (Number.isInteger(number) && number >= run.first && number <= last) return number - run.first;
  throw new AgentError(
    'profile-invalid',
    `${profile.profile} has no ${what} ${number}; its ${what}s are ${run.first} to ${last}`,
  );
}
