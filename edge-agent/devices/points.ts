import { AgentError } from '../error.ts';
import type { Profile } from './profile.ts';

/** One bit of one unit, zero-based as on the wire. */
export interface Point {
  readonly unit: number;
  readonly area: 'coils' | 'discrete-inputs';
  readonly address: number;
}

/**
 * The output that the device's papers call `number`.
 *
 * @throws AgentError `profile-invalid` if the device has no such output
 */
export function outputPoint(profile: Profile, unit: number, number: number): Point {
  return pointOf(profile, 'output', profile.outputs, unit, number);
}

/**
 * The sensor that the device's papers call `number`.
 *
 * @throws AgentError `profile-invalid` if the device has no such sensor
 */
export function sensorPoint(profile: Profile, unit: number, number: number): Point {
  if (!profile.sensors) {
    throw new AgentError('profile-invalid', `${profile.profile} senses no doors; write sensor: none`);
  }
  return pointOf(profile, 'sensor', profile.sensors, unit, number);
}

function pointOf(
  profile: Profile,
  what: 'output' | 'sensor',
  run: {
    readonly area: Point['area'];
    readonly first: number;
    readonly address: number;
    readonly count: number;
  },
  unit: number,
  number: number,
): Point {
  const last = run.first + run.count - 1;
  if (!Number.isInteger(number) || number < run.first || number > last) {
    throw new AgentError(
      'profile-invalid',
      `${profile.profile} has no ${what} ${number}; its ${what}s are ${run.first} to ${last}`,
    );
  }
  return { unit, area: run.area, address: run.address + number - run.first };
}
