/** How delegates end: each with their code. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Draft } from './draft.ts';
import type { Delegate } from './model.ts';

/**
 * Their code is void from here on, also in a visit that goes on: no further door opens.
 */
export function endDelegacy(
  draft: Draft,
  by: Actor,
  { id }: Delegate,
  reason: 'revoked' | 'over' | 'nothing-left',
): void {
  draft.say(by, 'code.revoked', { holder: id });
  draft.say(by, 'delegate.ended', { delegate: id, reason });
}

/**
 * A resident's code is void: whom they named by it ends with it, for the one who named them may have been a thief.
 *
 * @param whom `all`: nothing of theirs is to be collected any more
 */
export function endWithCode(draft: Draft, by: Actor, resident: string, whom: 'by-code' | 'all'): void {
  for (const delegate of [...draft.model.delegates.values()]) {
    if (delegate.resident !== resident || (whom === 'by-code' && !delegate.byCode)) continue;
    endDelegacy(draft, by, delegate, 'revoked');
  }
}
