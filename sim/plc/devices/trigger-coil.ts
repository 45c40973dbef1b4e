import { type Body, COIL_OFF, COIL_ON, type Device, DONE, refused, storeRegisters } from './device.ts';
import { OutputTimers } from './output-timers.ts';

/** A device whose coil fires a pulse that it times itself, always the same. */
export interface TriggerCoilOptions {
  readonly kind: 'trigger-coil';
  /** The word that fires. */
  readonly on: number;
  /** The word that readies the next pulse. Absent: each `on` fires, and the coils show something else. */
  readonly rearm?: number;
  readonly pulseMs: number;
}

/**
 * A lock board, or a PLC whose program pulses. With `rearm` the coil is a flag of the program, which fires when the
 * flag rises: a second `on` fires nothing before the flag has fallen.
 */
export function triggerCoil(body: Body, { on, rearm, pulseMs }: TriggerCoilOptions): Device {
  const timers = new OutputTimers(body);
  const flags = new Set<number>();
  return {
    writeCoil: (address, value) => {
      if (address >= body.areas.coils.length) return refused('illegalAddress');
      if (value !== COIL_ON && value !== COIL_OFF) return refused('illegalValue');
      if (value === rearm) flags.delete(address);
      if (value !== on || flags.has(address)) return DONE;
      if (rearm !== undefined) flags.add(address);
      timers.pulse(address, pulseMs);
      return DONE;
    },
    writeRegisters: (address, values) => storeRegisters(body, address, values),
    powerCut: () => {
      timers.cancelAll();
      flags.clear();
    },
  };
}
