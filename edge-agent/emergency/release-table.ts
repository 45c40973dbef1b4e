/** What an emergency release does, as tables: of the bank, and of each of its doors. Pure. See SPEC.md. */
import type { DoorState, EmergencyState } from '@lockerhub/protocol/bank/messages.ts';

/** `input-release`, `input-normal`: so many polls in a row agreed. `doors-done`: every door is open or given up. */
export const EMERGENCY_EVENTS = ['input-release', 'input-normal', 'doors-done'] as const;
export type EmergencyEvent = (typeof EMERGENCY_EVENTS)[number];

/** Nothing but the input begins a release, and its way back ends one, also in the middle. */
export const EMERGENCY: Record<EmergencyState, Record<EmergencyEvent, EmergencyState>> = {
  normal: { 'input-release': 'releasing', 'input-normal': 'normal', 'doors-done': 'normal' },
  releasing: { 'input-release': 'releasing', 'input-normal': 'normal', 'doors-done': 'released' },
  released: { 'input-release': 'released', 'input-normal': 'normal', 'doors-done': 'released' },
};

/** Pulses of one door: the first, and as many more as a person at a jammed door has (1 + 2). */
export const PULSES_MAX = 3;

/** What is to be done with a door: pulse it, look again later, or no more. */
export type DoorStep = 'pulse' | 'wait' | 'done' | 'give-up';

/**
 * By what the sensor says, for a door that was not seen open in this release yet and was pulsed so often. A door in
 * doubt is waited for: the device may still act. Without a sensor one pulse is all that can be known.
 */
export const DOOR_STEP: Record<DoorState, (pulses: number) => DoorStep> = {
  unseen: () => 'wait',
  closed: (pulses) => (pulses < PULSES_MAX ? 'pulse' : 'give-up'),
  opening: () => 'wait',
  open: () => 'done',
  forced: () => 'done',
  jammed: (pulses) => (pulses < PULSES_MAX ? 'pulse' : 'give-up'),
  unknown: () => 'wait',
  unavailable: () => 'wait',
  unsensed: (pulses) => (pulses === 0 ? 'pulse' : 'done'),
};
