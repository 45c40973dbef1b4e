/**
 * Places that everybody can reach. A hard rule for a resident who asked for it: a parcel of theirs is never put behind a
 * door that they cannot open, however full the bank is. The courier is told "no free compartment", never why.
 */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { type Door, placeKey } from './model.ts';
import type { Roster } from './roster.ts';
import type { Addressed } from './stops.ts';

/** 15 to 48 in above the floor, to the front or the side: 2010 ADA Standards 308.2.1 and 308.3.1; ICC A117.1, 308. */
export const REACH_MM = { from: 380, to: 1_220 } as const;

/** Whether a parcel for these has to stay within reach: who it is addressed to asked for it, or anybody of the household. */
export function needsReach({ household, resident }: Addressed, roster: Roster): boolean {
  const home = household === null ? [] : roster.residentsOf(household);
  const people = resident === null ? home : [resident];
  return people.some((one) => roster.resident(one)?.accessible === true);
}

const isInReach = (mm: number): boolean => mm >= REACH_MM.from && mm <= REACH_MM.to;

/** The places of these layouts that everybody can reach: the door's handle, and in a room the shelf too. */
export function placesInReach(
  layouts: readonly Layout[],
): (place: Door & { readonly zone: string | null }) => boolean {
  const reachable = new Set(
    layouts.flatMap((layout) =>
      placedCompartments(layout)
        .filter(({ handleMm }) => isInReach(handleMm))
        .flatMap(({ number: compartment, zones }) => {
          const door = { bank: layout.bank, compartment };
          if (!zones) return [placeKey({ ...door, zone: null })];
          return zones
            .filter(({ shelfMm }) => isInReach(shelfMm))
            .map(({ zone }) => placeKey({ ...door, zone }));
        }),
    ),
  );
  return (place) => reachable.has(placeKey(place));
}
