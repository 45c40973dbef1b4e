/** What does not begin while an update waits for a quiet moment. Whoever stands at a door already finishes. */
import type { Command } from './command.ts';
import { Refusal } from './refusal.ts';

/** Each begins something that may keep a door open for minutes. */
export const BEGINS: ReadonlySet<Command['type']> = new Set(['start-visit', 'staff-open', 'commissioning']);

/** The refusal of what would begin now. */
export function held(): Refusal {
  return new Refusal('hub-held', 'an update is under way; try again in a few minutes');
}
