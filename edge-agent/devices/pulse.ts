import { AgentError } from '../error.ts';
import type { LineRequest } from '../lines/line.ts';
import { type Numbered, outputPoint } from './points.ts';
import type { Profile } from './profile.ts';

/** How a lock stands being energised; `pulsed` burns when its output hangs. */
export const LOCK_DUTIES = ['pulsed', 'continuous-duty', 'hardware-limited'] as const;
export type LockDuty = (typeof LOCK_DUTIES)[number];

/** One pulse of one lock: requests to its line, or what to ask of the program behind a mailbox. */
export type Pulse =
  | {
      readonly by: 'request';
      /** Energises the lock. After this has been sent, the door may open whatever the line says. */
      readonly begin: LineRequest;
      /** How long the lock is energised. */
      readonly lengthMs: number;
      /** Written `lengthMs` after `begin` was answered: releases the lock, or readies it for the next pulse. */
      readonly end: LineRequest | null;
    }
  | {
      readonly by: 'mailbox';
      readonly begin: { readonly kind: 'mailbox'; readonly unit: number; readonly compartment: number };
      readonly lengthMs: number;
      readonly end: null;
    };

/**
 * The pulse of the output that the device's papers call `number`. A length between two of the device's units is
 * rounded up; none is longer than the profile's cap. A device that was made for one length keeps to it.
 *
 * @throws AgentError `profile-invalid` if the device has no such output
 */
export function planPulse(profile: Profile, output: Numbered, lengthMs = profile.pulse.lengthMs): Pulse {
  const { pulse } = profile;
  const wantedMs = Math.max(1, Math.min(lengthMs, pulse.capMs));
  const point = outputPoint(profile, output);
  const coil = (value: number, address = point.address): LineRequest => ({
    unit: output.unit,
    kind: 'write-coil',
    address,
    value,
  });
  switch (pulse.method) {
    case 'timed-coil': {
      const units = unitsOf(pulse, wantedMs);
      const begin = coil(units, pulse.address + output.number - profile.outputs.first);
      return { by: 'request', begin, lengthMs: units * pulse.unitMs, end: null };
    }
    case 'timed-register': {
      const units = Math.min(unitsOf(pulse, wantedMs), pulse.unitsMax);
      const { unit, address } = point;
      const begin = { unit, kind: 'write-register', address, value: pulse.command + units } as const;
      return { by: 'request', begin, lengthMs: units * pulse.unitMs, end: null };
    }
    case 'trigger-coil': {
      const end = pulse.rearm === undefined ? null : coil(pulse.rearm);
      return { by: 'request', begin: coil(pulse.on), lengthMs: pulse.lengthMs, end };
    }
    case 'held-coil':
      return { by: 'request', begin: coil(pulse.on), lengthMs: wantedMs, end: coil(pulse.off) };
    case 'mailbox':
      return {
        by: 'mailbox',
        begin: { kind: 'mailbox', unit: output.unit, compartment: output.number },
        lengthMs: wantedMs,
        end: null,
      };
  }
}

/**
 * How long the device pulses when asked for `lengthMs`. Whoever wires a bank must not be told one length and get
 * another: a lock too weakly pulsed jams, one pulsed for too long burns.
 *
 * @throws AgentError `profile-invalid` if it cannot give that length
 */
export function assertGives(profile: Profile, lengthMs: number): void {
  const first = { unit: 0, number: profile.outputs.first };
  const gives = planPulse(profile, first, lengthMs).lengthMs;
  if (gives === lengthMs) return;
  throw new AgentError(
    'profile-invalid',
    `${profile.profile} cannot give a pulse of ${lengthMs} ms, the nearest it gives is ${gives} ms`,
  );
}

function unitsOf({ unitMs, capMs }: { unitMs: number; capMs: number }, wantedMs: number): number {
  return Math.min(Math.ceil(wantedMs / unitMs), Math.floor(capMs / unitMs));
}

/** Whether outputs of this device stay on when the agent dies in the middle of a pulse. */
export function holdsOutputs({ pulse, watchdog }: Profile): boolean {
  return pulse.method === 'held-coil' && !watchdog;
}

/** Whether this device may drive such a lock: one that burns needs a device that ends the pulse by
 * itself, or whose watchdog does when the agent dies. */
export function mayDrive(profile: Profile, duty: LockDuty): boolean {
  return !holdsOutputs(profile) || duty !== 'pulsed';
}
