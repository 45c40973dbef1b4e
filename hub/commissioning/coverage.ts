/**
 * Which doors of a bank have been proven as they are wired now: by the newest signed map, and by those before it, as
 * long as neither the door's wires nor its line have changed since.
 */
import { CompartmentNumber } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { canonicalJson } from './signed-map.ts';

/** A bank's cables, as its file says. */
export interface Wired {
  readonly lines: readonly { readonly id: string }[];
  readonly wiring: readonly { readonly compartment: number; readonly line: string }[];
}

/** What is read of a signed map. */
const MapContent = z.object({
  lines: z.array(z.looseObject({ id: z.string() })),
  wiring: z.array(z.looseObject({ compartment: CompartmentNumber, line: z.string() })),
  found: z.array(z.looseObject({ compartment: CompartmentNumber, finding: z.string() })),
  /** Proven by this walk or an earlier one; absent in maps that were signed before this was kept. */
  covers: z.array(CompartmentNumber).default([]),
});

/** The doors that a map proves for the bank as it is wired now; none if its text is no map. */
export function coveredDoors(mapText: string, now: Wired): number[] {
  const map = MapContent.safeParse(jsonOf(mapText)).data;
  if (!map) return [];
  const proven = new Set([...map.covers, ...provenBy(map.found)]);
  return [...proven].filter((door) => cableOf(map, door) === cableOf(now, door)).sort((a, b) => a - b);
}

/** The doors that a walk proves: tried, and found right. */
export function provenBy(
  found: readonly { readonly compartment: number; readonly finding: string }[],
): number[] {
  return found.filter(({ finding }) => finding === 'right').map(({ compartment }) => compartment);
}

/** Everything on the way to a door, as one text. A door that is not wired there has none of another's. */
function cableOf({ lines, wiring }: Wired, door: number): string {
  const entry = wiring.find(({ compartment }) => compartment === door);
  const line = lines.find(({ id }) => id === entry?.line);
  return canonicalJson([door, entry ?? null, line ?? null]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: it proves nothing.
    return null;
  }
}
