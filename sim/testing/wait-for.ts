import { setTimeout as pause } from 'node:timers/promises';

/** How long to rest between two looks: short against any deadline, long against a look. */
const BETWEEN_LOOKS_MS = 10;

/**
 * Looks again and again until `predicate` answers with something truthy, and returns that.
 *
 * A predicate that throws counts as "not yet"; its last error is kept as the cause.
 *
 * @param what What is waited for, in words that end "still waiting for …".
 * @throws Error naming `what` once `deadlineMs` have passed.
 */
export async function waitFor<T>(
  predicate: () => T | Promise<T>,
  deadlineMs: number,
  what: string,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await predicate();
      if (result) return result as NonNullable<T>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`after ${deadlineMs} ms still waiting for ${what}`, { cause });
    }
    await pause(BETWEEN_LOOKS_MS);
  }
}
