/** What all people at a bank have in common: they look at the screen, do what it says, and give up in the end. */
import { Refusal } from '@lockerhub/hub/deliveries/refusal.ts';
import type { StopView, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { z } from 'zod';
import type { SeededRandom } from '../../clock/seeded-random.ts';
import { HubAway, type World } from '../virtual/virtual-building.ts';
import type { Witness } from '../witness.ts';

export type Stop = z.infer<typeof StopView>;

/** How often a person looks at the screen. */
const LOOK_MS = 500;
/** Longer than this nobody stands before a screen that does not change. */
const PATIENCE_MS = 100_000;

export interface Scene {
  readonly world: World;
  readonly witness: Witness;
  readonly random: SeededRandom;
}

/** Does a thing at the terminal. Null: the hub is away or would not have it. */
export async function attempt<Result>(act: () => Promise<Result>): Promise<Result | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof HubAway || error instanceof Refusal) return null;
    throw error;
  }
}

/** Steps up to a terminal and gives a code; waits while somebody else is being served. Null: gave up. */
export async function startVisit(
  { world }: Scene,
  terminal: string,
  code: string,
): Promise<VisitView | null> {
  for (let triedMs = 0; triedMs < PATIENCE_MS; triedMs += 5_000) {
    const visit = await attempt(() => world.execute({ type: 'start-visit', terminal, code }));
    if (visit) return visit;
    await world.sleep(5_000);
  }
  return null;
}

/**
 * Looks at a visit's stop until `isReady`.
 *
 * @returns null when the visit is over, the hub is away for good, or patience ran out.
 */
export async function lookUntil(
  { world }: Scene,
  visit: string,
  delivery: string,
  isReady: (stop: Stop) => boolean,
): Promise<Stop | null> {
  for (let lookedMs = 0; lookedMs < PATIENCE_MS; lookedMs += LOOK_MS) {
    const view = world.visit(visit);
    if (view?.state === 'ended') return null;
    const stop = view?.stops.find((one) => one.delivery === delivery);
    if (stop && isReady(stop)) return stop;
    await world.sleep(LOOK_MS);
  }
  return null;
}

/** What a person sees with their own eyes; nobody says that they closed a door which never opened. */
export function standsOpen({ world }: Scene, { place }: Stop): boolean {
  return place !== null && world.bank(place.bank).plc.door(place.compartment).open;
}

/** Closes a door by hand; one that will not latch is pushed until it does. */
export async function closeDoor({ world }: Scene, bank: string, compartment: number): Promise<void> {
  const { plc } = world.bank(bank);
  for (let push = 0; push < 20 && !plc.hand.close(compartment); push++) await world.sleep(500);
}
