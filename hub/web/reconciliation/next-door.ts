/** Which door of a walk is before somebody. */
import type { ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';

/**
 * The door that they chose, or stand at, or else the first one that nobody told of and nobody else stands at; null at
 * the end.
 */
export function nextDoor(
  { doors, at }: NonNullable<ReconciliationView['walk']>,
  me: string,
  chosen: number | null,
): number | null {
  const left = doors.filter(({ finding }) => finding === null).map(({ compartment }) => compartment);
  if (chosen !== null && left.includes(chosen)) return chosen;
  const mine = at.find(({ staff }) => staff === me)?.compartment;
  if (mine !== undefined && left.includes(mine)) return mine;
  const taken = new Set(at.filter(({ staff }) => staff !== me).map(({ compartment }) => compartment));
  return left.find((door) => !taken.has(door)) ?? left[0] ?? null;
}
