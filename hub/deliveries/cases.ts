import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import type { Draft } from './draft.ts';
import type { Case, Door } from './model.ts';

/** While nobody knows whose a parcel is, only saying so, or its end, settles these. */
export const SETTLED_BY_MATCH: ReadonlySet<CaseKind> = new Set(['recipient-unknown', 'nobody-told']);

/** What a case is about. */
export interface About {
  readonly door: Door | null;
  /** For a case about one zone of the room behind the door. */
  readonly zone?: string | null;
  /** For a case about a whole bank. */
  readonly bank?: string;
  readonly delivery: string | null;
  readonly detail?: string;
}

/** Calls a person, unless one was called for the very same thing already. @returns the case */
export function openCase(draft: Draft, by: Actor, kind: CaseKind, about: About): string {
  const bank = about.door?.bank ?? about.bank ?? null;
  const compartment = about.door?.compartment ?? null;
  const { delivery, detail, zone = null } = about;
  for (const open of draft.model.cases.values()) {
    const isThere = open.bank === bank && open.compartment === compartment && open.zone === zone;
    if (open.kind === kind && isThere && open.delivery === delivery) return open.id;
  }
  const id = draft.env.newId();
  draft.say(by, 'case.opened', {
    case: id,
    kind,
    bank,
    compartment,
    delivery,
    ...(zone === null ? {} : { zone }),
    ...(detail === undefined ? {} : { detail }),
  });
  draft.effect({ type: 'case-opened', case: id, kind });
  return id;
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
