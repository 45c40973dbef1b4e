/** How far a webhook has come, purely: what a taken call and one too many failures change, and how long to wait. */
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';

/** A call that fails so often in a row is put to rest; from then on each further one gets one try. */
export const MAX_TRIES = 12;
/** Calls that rest at most. Then nothing goes out until staff decide; the log keeps what is still to come. */
export const MAX_RESTING = 200;
/** The first pause; it triples up to the longest: twelve tries take five to six hours. */
const FIRST_PAUSE_MS = 5_000;
const PAUSE_GROWTH = 3;
const LONGEST_PAUSE_MS = 3_600_000;
/** Each pause is drawn from its last half, so that hubs which failed together do not return together. */
const JITTER = 0.5;

export const Resting = z.object({ seq: z.int(), type: z.string(), reason: z.string() });
export type Resting = z.infer<typeof Resting>;

/** What is kept, as one: all entries up to `seq` were taken, rest, or were not asked for. */
export const Place = z.object({ seq: z.int().min(0), resting: z.array(Resting).max(MAX_RESTING) });
export type Place = z.infer<typeof Place>;

/** The call about this entry was taken. */
export function taken(place: Place, seq: number): Place {
  return { ...place, seq };
}

/** The call about this entry failed too often: it rests, and the next one has its turn. */
export function rested(place: Place, entry: Resting): Place {
  return { seq: entry.seq, resting: [...place.resting, entry] };
}

/** How long to wait after so many failures in a row. */
export function pauseMs(failures: number, random: Random): number {
  const longest = Math.min(FIRST_PAUSE_MS * PAUSE_GROWTH ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.round(longest * (1 - JITTER + JITTER * fraction(random)));
}
