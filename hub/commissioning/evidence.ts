/** What a fired door proves about its wires: a pure function of what was fired, seen by a person, and sensed. */
import type { CorrectedPart, DoorFinding } from '@lockerhub/protocol/log/payloads/commissioning.ts';

export interface Evidence {
  /** The compartment whose output was pulsed. */
  readonly fired: number;
  /** The label on the door that a person saw pop; null: none did. */
  readonly popped: number | null;
  /** The compartments whose sensors went from closed to open. */
  readonly changed: readonly number[];
  /** Whether the bank file gives the door that popped a sensor. */
  readonly sensed: boolean;
}

/**
 * The output of `fired` drives the door that popped, and the sensor that changed sits on that same door. Each of the
 * two is right or crossed by itself.
 */
export function judge({ fired, popped, changed, sensed }: Evidence): DoorFinding {
  const [first] = changed;
  if (changed.length > 1) return 'unclear';
  if (popped === null) return first === undefined ? 'did-not-open' : 'unclear';
  const isOutputCrossed = popped !== fired;
  const isSensorCrossed = first !== undefined && first !== popped;
  if (isOutputCrossed && isSensorCrossed) return 'both-crossed';
  if (isOutputCrossed) return 'outputs-crossed';
  if (isSensorCrossed) return 'sensors-crossed';
  return sensed && first === undefined ? 'no-sensor-seen' : 'right';
}

/** Two compartments whose output or sensor entries are to change places in the bank file. */
export interface Swap {
  readonly part: Exclude<CorrectedPart, 'both' | 'polarity'>;
  readonly a: number;
  readonly b: number;
}

/**
 * The swaps that a finding asks for. Each puts at least one more compartment right (the door that popped gets the
 * output that drives it, and the sensor that sits on it), so that walking on ends, whatever the permutation.
 */
export function swapsFor({ fired, popped, changed }: Omit<Evidence, 'sensed'>): readonly Swap[] {
  const [sensor] = changed;
  if (popped === null || changed.length > 1) return [];
  const swaps: Swap[] = [];
  if (popped !== fired) swaps.push({ part: 'outputs', a: fired, b: popped });
  if (sensor !== undefined && sensor !== popped) swaps.push({ part: 'sensors', a: sensor, b: popped });
  return swaps;
}
