import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { HubCommand } from './command.ts';
import type { Draft } from './draft.ts';
import { tellManagers } from './telling-staff.ts';

const CONSOLE: Actor = { kind: 'console' };

/**
 * Somebody at the console made another way in. Each time is a case of its own: whoever does it behind the managers' backs
 * must not hide behind one that is open.
 */
export function resetAccess(
  draft: Draft,
  { account, sessions }: Extract<HubCommand, { type: 'reset-access' }>,
): void {
  draft.say(CONSOLE, 'staff.reset', { staff: account.id });
  draft.rows.push({ table: 'staff', row: account });
  for (const session of sessions) draft.rows.push({ table: 'staffSessions', remove: session });
  const id = draft.env.newId();
  const about = { bank: null, compartment: null, delivery: null };
  draft.say(CONSOLE, 'case.opened', { case: id, kind: 'access-reset', ...about });
  draft.effect({ type: 'case-opened', case: id, kind: 'access-reset' });
  tellManagers(draft, 'access-reset', account.id);
}
