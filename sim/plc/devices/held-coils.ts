import { type Body, type Device, storeCoil, storeRegisters } from './device.ts';

/** A plain PLC: coils and registers hold what is written. */
export function heldCoils(body: Body): Device {
  return {
    writeCoil: (address, value) => storeCoil(body, address, value),
    writeRegisters: (address, values) => storeRegisters(body, address, values),
    powerCut: () => {},
  };
}
