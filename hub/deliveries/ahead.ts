/**
 * A bank whose agent has seen more of the log than this hub holds, or a hub of a higher epoch: this hub was put back to
 * an older copy, or was replaced. What it believes of that bank is old, so it opens nothing there but for staff.
 */

import type { BankCommand } from './bank-command.ts';
import { openCase } from './cases.ts';
import { bankActor, type Draft } from './draft.ts';

/** What an agent says of the newest entry and the epoch that it has seen, held against this hub's own. */
export function headTold(
  draft: Draft,
  { bank, session, ahead }: Extract<BankCommand, { type: 'head-told' }>,
): void {
  const { model } = draft;
  if (model.banks.get(bank)?.session !== session) return;
  if (ahead === null) {
    model.ahead.delete(bank);
    return;
  }
  model.ahead.set(bank, { bank });
  const detail = `this hub is behind: ${ahead}; restore it with the recovery key (hub restore), or end it`;
  openCase(draft, bankActor(bank), 'record-disagrees', { door: null, bank, delivery: null, detail });
}
