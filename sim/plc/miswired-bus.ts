/** A serial bus connected or set wrongly on purpose, as installers find it. */
import type { BusEnd, BusSettings } from './serial-bus.ts';
import { heardAs } from './uart.ts';

/** What somebody did to a bus. */
export interface BusMiswiring {
  /** A and B are swapped between the agent and all units. The bus is biased, so that it idles in a break. */
  readonly swapped?: boolean;
  /** How the units are set. */
  readonly units: BusSettings;
  /** How the agent's port is set now. */
  readonly agent: () => BusSettings;
}

/** A break's end at the agent's receiver: one character without a stop bit. */
const BREAK = Buffer.from([0]);

/** The devices' end of a bus, as it is once it was wired and set so. */
export function miswireBus(end: BusEnd, { swapped = false, units, agent }: BusMiswiring): BusEnd {
  return {
    write: (bytes) => {
      const heard = heardAs(bytes, { spoken: units, heard: agent(), swapped });
      // The agent's system hands on whatever its port heard, sound or not.
      end.write(Buffer.from(heard.map(({ byte }) => byte)));
    },
    onBytes: (listener) =>
      end.onBytes((bytes) => {
        const heard = heardAs(bytes, { spoken: agent(), heard: units, swapped });
        const sound = heard.filter((character) => character.sound);
        if (sound.length > 0) listener(Buffer.from(sound.map(({ byte }) => byte)));
        // The agent's transmitter lets go of the bus, which falls back into its break.
        if (swapped) end.write(BREAK);
      }),
  };
}
