/** Who stands there: by a code, a PIN with its unit, a fob, or a claim slip that binds them. */
import { ownerName } from '@lockerhub/protocol/codes/owner-name.ts';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';
import { claimByCode } from './claims.ts';
import type { CodeProof, DelegateCommand, TerminalCommand } from './command.ts';
import { whyNotDelegate } from './delegates.ts';
import type { Draft } from './draft.ts';
import type { Visit } from './model.ts';
import { ownerOf } from './owners.ts';
import { Refusal } from './refusal.ts';
import { hasReason, isFor } from './stops.ts';

type StartVisit = Extract<TerminalCommand, { type: 'start-visit' }>;

/** Who came, and by what they said so. */
export type Who = Pick<Visit, 'kind' | 'holder' | 'delegate' | 'means' | 'fob'>;

/** @throws Refusal `code-wrong`, `code-revoked` */
export function identify(draft: Draft, command: StartVisit): Who {
  if (command.pin === true) return byPin(draft, command);
  return readCode(command.code) ? byCode(draft, command) : byFob(draft, command);
}

/**
 * Who shows their code without coming to a screen. It has to be a resident's own, while it would open something: whom
 * they sent may not send others.
 *
 * @throws Refusal `code-wrong`, `code-revoked`, `code-of-delegate`
 */
export function proveCode(
  draft: Draft,
  command: Extract<DelegateCommand, { type: 'prove-code' }>,
): CodeProof {
  // A slip binds who comes with it to a door, and nobody who only says its code.
  if (isSlip(draft, command.code)) throw wrongCode();
  const { holder, delegate } = byCode(draft, { ...command, byPhone: true });
  if (delegate !== null) {
    throw new Refusal(
      'code-of-delegate',
      'only the resident can let somebody collect; ask who gave you this code',
    );
  }
  return { resident: holder, generation: draft.model.codes.get(holder)?.generation ?? 0 };
}

function isSlip({ model, env }: Draft, code: string): boolean {
  const typed = readCode(code);
  const found = typed && env.codes.find(typed);
  return found ? model.slips.has(found.holder) : false;
}

/** A resident by other means than a code: while something is here for them, as with their code. */
function asResident(
  { model, env }: Draft,
  resident: string | undefined,
  by: Pick<Who, 'means' | 'fob'>,
): Who {
  if (resident === undefined || !hasReason(model, (delivery) => isFor(delivery, resident, env.roster))) {
    throw new Refusal('code-wrong', 'nothing waits here for whom that names; check it');
  }
  return { holder: resident, kind: 'resident', delegate: null, ...by };
}

/** A PIN counts with its resident's unit and at a terminal alone. */
function byPin(draft: Draft, { code, byPhone = false, owner = '' }: StartVisit): Who {
  const { roster, codes } = draft.env;
  const typed = readCode(code);
  const unit = ownerName(owner);
  const known = roster
    .pins()
    .find(
      ({ resident, unitName, hash }) =>
        ownerName(unitName) === unit && typed?.tag === null && codes.pinHash(resident, typed.digits) === hash,
    );
  return asResident(draft, byPhone ? undefined : known?.resident, { means: 'pin', fob: null });
}

/** What is no code may be a fob's number, read at a terminal. */
function byFob(draft: Draft, { code, byPhone = false, owner }: StartVisit): Who {
  const { roster, codes } = draft.env;
  const hash = codes.fobHash(code);
  const known = roster.fobs().find((one) => one.hash === hash);
  const isTheirs = owner === undefined || (known && ownerName(known.unitName) === ownerName(owner));
  const isGood = known && isTheirs && !byPhone;
  if (!isGood) throw wrongCode();
  return asResident(draft, known.resident, { means: 'fob', fob: known.fob });
}

function byCode(
  draft: Draft,
  { code, byPhone = false, owner }: Pick<StartVisit, 'code' | 'byPhone' | 'owner'>,
): Who {
  const { model, env } = draft;
  const typed = readCode(code);
  const found = typed && env.codes.find(typed);
  if (!found) throw wrongCode();
  if (owner !== undefined && ownerOf(model, env.roster, found.holder)?.name !== ownerName(owner)) {
    throw wrongCode();
  }
  if (found.revoked)
    throw new Refusal('code-revoked', 'this code is no longer valid; ask the building for a new one');
  const { holder } = found;
  if (env.roster.courier(holder)) {
    if (byPhone) throw wrongCode();
    return { holder, kind: 'courier', delegate: null, means: 'code', fob: null };
  }
  const slip = model.slips.get(holder);
  if (slip) {
    const claimant = claimByCode(draft, slip);
    return { holder: claimant, kind: 'resident', delegate: null, means: 'slip', fob: null };
  }
  const delegate = model.delegates.get(holder);
  if (delegate) {
    whyNotDelegate(draft, delegate);
    return { holder: delegate.resident, kind: 'resident', delegate: holder, means: 'code', fob: null };
  }
  // A resident's code identifies only while something waits for them, and a grace time longer.
  if (hasReason(model, (delivery) => isFor(delivery, holder, env.roster))) {
    return { holder, kind: 'resident', delegate: null, means: 'code', fob: null };
  }
  throw wrongCode();
}

function wrongCode(): Refusal {
  return new Refusal('code-wrong', 'no parcel and no courier has this code; check the digits');
}
