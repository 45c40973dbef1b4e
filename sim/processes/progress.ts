/** Says on the terminal what is going on, from the first second. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';

/** Does `act` and says how long it took; whatever it throws goes on. */
export async function inSight<T>(clock: Clock, what: string, act: () => Promise<T>): Promise<T> {
  const startedMs = clock.monotonicMs();
  process.stdout.write(`  ${what} … `);
  try {
    const result = await act();
    console.log(`${((clock.monotonicMs() - startedMs) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    console.log('failed');
    throw error;
  }
}
