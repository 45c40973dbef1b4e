import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import { type Body, type Device, refused, storeCoil, storeRegisters } from './device.ts';

/** The watchdog's registers (WAGO manuals, "MODBUS Functions", registers 0x1000 to 0x100A). */
const TIME = 0x1000;
const STATUS = 0x1006;
const STOP = 0x1008;
const START = 0x100a;
const TIME_UNIT_MS = 100;
const STOP_WORDS: readonly number[] = [0xaa55, 0x55aa];
const INACTIVE = 0;
const ACTIVE = 1;
const EXPIRED = 2;

/**
 * A WAGO 750 coupler: coils hold what is written, and once its watchdog is armed (a time, then START) any request
 * feeds it; so long after the last one all outputs are zero. Its time can't be changed while it runs.
 */
export function watchdogCoils(body: Body): Device {
  const { areas, clock } = body;
  const registers = areas['holding-registers'];
  let running: Timer | undefined;
  let armed = false;
  const rest = (status: number) => {
    running?.cancel();
    running = undefined;
    armed = false;
    registers[STATUS] = status;
  };
  const expire = () => {
    for (let coil = 0; coil < areas.coils.length; coil++) if (areas.coils[coil]) body.drive(coil, false);
    rest(EXPIRED);
  };
  const heard = () => {
    if (!armed) return;
    running?.cancel();
    registers[STATUS] = ACTIVE;
    running = clock.after((registers[TIME] ?? 0) * TIME_UNIT_MS, expire);
  };
  return {
    heard,
    writeCoil: (address, value) => storeCoil(body, address, value),
    writeRegisters: (address, values) => {
      const [value = 0] = values;
      if (address === TIME && armed) return refused('illegalValue');
      if (address === STATUS) return refused('illegalAddress');
      if (address === STOP && STOP_WORDS.includes(value)) rest(INACTIVE);
      // The next request is the first that feeds it.
      if (address === START && value === 1 && (registers[TIME] ?? 0) > 0) armed = true;
      return storeRegisters(body, address, values);
    },
    powerCut: () => rest(INACTIVE),
  };
}
