import type { Actor, CaseKind } from '@lockerhub/protocol/log/payload.ts';
import type { Draft } from './draft.ts';
import type { Case, Door } from './model.ts';

/** What a case is about. */
export interface About {
  readonly door: Door | null;
  /** For a case about a whole bank. */
  readonly bank?: string;
  readonly delivery: string | null;
  readonly detail?: string;
}

/** Calls a person, unless one was called for the very same thing already. */
export function openCase(draft: Draft, by: Actor, kind: CaseKind, about: About): void {
  const bank = about.door?.bank ?? about.bank ?? null;
  const compartment = about.door?.compartment ?? null;
  const { delivery, detail } = about;
  for (const open of draft.model.cases.values()) {
    const isSame = open.bank === bank && open.compartment === compartment && open.delivery === delivery;
    if (open.kind === kind && isSame) return;
  }
  const id = draft.env.newId();
  const data = { case: id, kind, bank, compartment, delivery };
  draft.say(by, 'case.opened', detail === undefined ? data : { ...data, detail });
  draft.effect({ type: 'case-opened', case: id, kind });
}

/** Closes every open case that is settled by what just happened. */
export function closeCases(
  draft: Draft,
  by: Actor,
  isSettled: (open: Case) => boolean,
  resolution: string,
): void {
  const settled = [...draft.model.cases.values()].filter(isSettled);
  for (const open of settled) draft.say(by, 'case.closed', { case: open.id, resolution });
}
