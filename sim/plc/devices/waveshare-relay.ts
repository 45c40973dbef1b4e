import { type Body, COIL_OFF, COIL_ON, type Device, DONE, refused, storeRegisters } from './device.ts';
import { OutputTimers } from './output-timers.ts';

/** FC05 to this base + relay closes the relay for value × 100 ms (Waveshare Modbus RTU Relay wiki). */
const FLASH_ON_BASE = 0x0200;
const FLASH_UNIT_MS = 100;
/** FC05 here switches all relays. */
const ALL_RELAYS = 0x00ff;

/** A Waveshare relay board: coils that hold, and relays that time a pulse by themselves. */
export function waveshareRelay(body: Body): Device {
  const timers = new OutputTimers(body);
  const relays = body.areas.coils.length;
  const flash = (relay: number, units: number) => {
    if (units > 0) timers.pulse(relay, units * FLASH_UNIT_MS);
    else timers.hold(relay, false);
    return DONE;
  };
  return {
    writeCoil: (address, value) => {
      const relay = address - FLASH_ON_BASE;
      if (relay >= 0 && relay < relays) return flash(relay, value);
      const isSwitch = value === COIL_ON || value === COIL_OFF;
      if (address === ALL_RELAYS && isSwitch) {
        for (let one = 0; one < relays; one++) timers.hold(one, value === COIL_ON);
        return DONE;
      }
      if (address >= relays) return refused('illegalAddress');
      if (!isSwitch) return refused('illegalValue');
      timers.hold(address, value === COIL_ON);
      return DONE;
    },
    writeRegisters: (address, values) => storeRegisters(body, address, values),
    powerCut: () => timers.cancelAll(),
  };
}
