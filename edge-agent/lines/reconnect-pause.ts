import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';

/** The first pause before a new connection; each further one is twice as long. */
const FIRST_PAUSE_MS = 250;
/** The longest pause: a device that comes back is found within this time. */
const LONGEST_PAUSE_MS = 5_000;
/** Beyond this many failures the pause is at its cap for sure. */
const DOUBLINGS_MAX = 10;

/**
 * How long to wait before connecting again after `failures` in a row: doubling, capped, and between half and all of
 * that by chance, so that the lines of a building do not come back in one beat after a power cut.
 */
export function reconnectPauseMs(failures: number, random: Random): number {
  const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, DOUBLINGS_MAX));
  return fullMs * (0.5 + fraction(random) / 2);
}
