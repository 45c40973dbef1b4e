import type { Body, Device } from './device.ts';
import { heldCoils } from './held-coils.ts';
import { type MailboxOptions, mailbox } from './mailbox.ts';
import { timedRegister } from './timed-register.ts';
import { type TriggerCoilOptions, triggerCoil } from './trigger-coil.ts';
import { watchdogCoils } from './watchdog-coils.ts';
import { waveshareRelay } from './waveshare-relay.ts';

const PLAIN = {
  /** Coils that hold what is written. */
  'held-coils': heldCoils,
  /** A Waveshare relay board. */
  'waveshare-relay': waveshareRelay,
  /** A relay board of the R4D family. */
  'timed-register': timedRegister,
  /** A WAGO 750 coupler; it needs holding registers up to 0x100A. */
  'watchdog-coils': watchdogCoils,
} satisfies Record<string, (body: Body) => Device>;

/** The device behind a unit id: by its kind alone, or with what its program was made to do. */
export type PlcDevice = keyof typeof PLAIN | TriggerCoilOptions | MailboxOptions;

export function newDevice(device: PlcDevice, body: Body): Device {
  if (typeof device === 'string') return PLAIN[device](body);
  return device.kind === 'mailbox' ? mailbox(body, device) : triggerCoil(body, device);
}
