/** A bank wired wrongly on purpose, as installers find it: for the commissioning walk and its tests. */
import type { PlcDoorOptions } from './plc.ts';

type Pair = readonly [number, number];

/** What somebody did to the cables, by the numbers of the doors. */
export interface Miswiring {
  /** The outputs of these two drive each other's lock. */
  readonly outputs?: readonly Pair[];
  /** The sensors of these two sit on each other's door. */
  readonly sensors?: readonly Pair[];
  /** These show the other bit while they are closed. */
  readonly reversed?: readonly number[];
  /** The sensor's wire of these is broken: its input stays 0. */
  readonly dead?: readonly number[];
}

/** The doors as they are once their cables were mixed up so. */
export function miswire(doors: readonly PlcDoorOptions[], wrong: Miswiring): PlcDoorOptions[] {
  const outputOf = exchanged(doors, wrong.outputs ?? []);
  const sensorOf = exchanged(doors, wrong.sensors ?? []);
  return doors.map((door) => {
    const output = outputOf(door);
    const { sensor } = sensorOf(door);
    const isDead = wrong.dead?.includes(door.number) ?? false;
    const isReversed = wrong.reversed?.includes(door.number) ?? false;
    const closed = sensor?.closed === 1 ? 0 : 1;
    return {
      ...door,
      unit: output.unit,
      coil: output.coil,
      sensor: isDead || !sensor ? null : isReversed ? { ...sensor, closed } : sensor,
    };
  });
}

function exchanged(doors: readonly PlcDoorOptions[], pairs: readonly Pair[]) {
  return (door: PlcDoorOptions): PlcDoorOptions => {
    const pair = pairs.find((two) => two.includes(door.number));
    const other = pair?.find((number) => number !== door.number);
    return doors.find(({ number }) => number === other) ?? door;
  };
}
