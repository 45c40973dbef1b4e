import { type Body, type Device, DONE, refused } from './device.ts';
import { OutputTimers } from './output-timers.ts';

/** Words that a relay's register takes (FINDINGS 4: R4D and RYN4 boards); the lower byte of a delay is in seconds. */
const ON = 0x0100;
const OFF = 0x0200;
const MOMENTARY = 0x0500;
const MOMENTARY_MS = 1_000;
const DELAY = 0x06;
const DELAY_UNIT_MS = 1_000;

/** A relay board of the R4D family: commands are written to a relay's register, which reads back as 1 or 0. */
export function timedRegister(body: Body): Device {
  const timers = new OutputTimers(body);
  const registers = body.areas['holding-registers'];
  const show = (relay: number, on: boolean) => {
    registers[relay] = on ? 1 : 0;
  };
  const hold = (relay: number, on: boolean) => {
    timers.hold(relay, on);
    show(relay, on);
    return DONE;
  };
  const pulse = (relay: number, lengthMs: number) => {
    show(relay, true);
    timers.pulse(relay, lengthMs, () => show(relay, false));
    return DONE;
  };
  return {
    writeCoil: () => refused('illegalFunction'),
    writeRegisters: (relay, [command = 0, ...more]) => {
      if (more.length > 0) return refused('illegalFunction');
      if (relay < 1 || relay >= registers.length) return refused('illegalAddress');
      if (command === ON || command === OFF) return hold(relay, command === ON);
      if (command === MOMENTARY) return pulse(relay, MOMENTARY_MS);
      const seconds = command & 0xff;
      if (command >> 8 === DELAY && seconds > 0) return pulse(relay, seconds * DELAY_UNIT_MS);
      return refused('illegalValue');
    },
    powerCut: () => timers.cancelAll(),
  };
}
