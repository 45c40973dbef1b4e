import type { LineRequest } from '../lines/line.ts';
import type { Point } from './points.ts';
import type { Profile } from './profile.ts';

/** How a lock stands being energised; `pulsed` burns when its output hangs. */
export const LOCK_DUTIES = ['pulsed', 'continuous-duty', 'hardware-limited'] as const;
export type LockDuty = (typeof LOCK_DUTIES)[number];

/** One pulse of one lock, as requests to its line. */
export interface Pulse {
  /** Energises the lock. After this has been sent, the door may open whatever the line says. */
  readonly begin: LineRequest;
  /** How long the lock is energised. */
  readonly lengthMs: number;
  /** Releases the lock `lengthMs` after `begin` was answered; null if the device does that by itself. */
  readonly end: LineRequest | null;
}

/**
 * The pulse of an output. A length between two of the device's units is rounded up; none is longer than the
 * profile's cap.
 */
export function planPulse(profile: Profile, output: Point, lengthMs = profile.pulse.lengthMs): Pulse {
  const { pulse } = profile;
  const wantedMs = Math.max(1, Math.min(lengthMs, pulse.capMs));
  const { unit } = output;
  switch (pulse.method) {
    case 'timed-coil': {
      const units = Math.min(Math.ceil(wantedMs / pulse.unitMs), Math.floor(pulse.capMs / pulse.unitMs));
      const address = pulse.address + output.address - profile.outputs.address;
      return {
        begin: { unit, kind: 'write-coil', address, value: units },
        lengthMs: units * pulse.unitMs,
        end: null,
      };
    }
    case 'held-coil':
      return {
        begin: { unit, kind: 'write-coil', address: output.address, value: pulse.on },
        lengthMs: wantedMs,
        end: { unit, kind: 'write-coil', address: output.address, value: pulse.off },
      };
  }
}

/** Whether outputs of this device stay on when the agent dies in the middle of a pulse. */
export function holdsOutputs(profile: Profile): boolean {
  return profile.pulse.method === 'held-coil';
}

/** Whether this device may drive such a lock: one that burns needs a device that ends the pulse by itself. */
export function mayDrive(profile: Profile, duty: LockDuty): boolean {
  return !holdsOutputs(profile) || duty !== 'pulsed';
}
