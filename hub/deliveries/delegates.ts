/** Whom a resident lets collect in their stead: named, revoked, over. Each has a code of their own. */
import type { CodeProof, DelegateCommand } from './command.ts';
import { endDelegacy, endWithCode } from './delegate-ends.ts';
import { type Draft, HUB } from './draft.ts';
import { type Delegate, type Delivery, doorOf, heldAt, type Model } from './model.ts';
import { BY_PHONE_MOST_MS, MAX_DELEGATES } from './policy.ts';
import { Refusal } from './refusal.ts';
import type { Roster } from './roster.ts';
import { hasReason, isFor, isForDelegate } from './stops.ts';
import { giveCode, queueMessage } from './telling.ts';

/**
 * Names a delegate and issues their code.
 *
 * @throws Refusal `holder-unknown`, `delivery-unknown`, `too-many-delegates`, `door-shared`, `not-now` (a window that is over, or
 *   too long for a phone), `code-revoked` (of a phone)
 */
export function nameDelegate(
  draft: Draft,
  command: Extract<DelegateCommand, { type: 'name-delegate' }>,
): { delegate: string; code: string } {
  const { model, env } = draft;
  const { by, resident, delivery, fromMs, untilMs } = command;
  if (!env.roster.resident(resident))
    throw new Refusal('holder-unknown', 'no such resident; reload the page');
  if (untilMs <= Math.max(fromMs, env.wallMs))
    throw new Refusal('not-now', 'this time is over already; choose a later end');
  if (command.proof) refusePhone(draft, command.proof, command);
  const parcel = delivery === null ? null : model.deliveries.get(delivery);
  if (parcel === undefined || (parcel !== null && !isOwn(draft.env.roster, parcel, resident))) {
    throw new Refusal('delivery-unknown', 'no such parcel waits for this resident; reload the page');
  }
  if ([...model.delegates.values()].filter((one) => one.resident === resident).length >= MAX_DELEGATES) {
    throw new Refusal(
      'too-many-delegates',
      `${MAX_DELEGATES} people may collect already; end one of them first`,
    );
  }
  const delegate = env.newId();
  draft.say(by, 'delegate.named', { delegate, resident, delivery, fromMs, untilMs });
  if (delivery !== null && blockedFor(model, env.roster, delegate).length > 0) {
    throw new Refusal(
      'door-shared',
      'this parcel lies behind a door with others that they may not take; let them collect all, or wait until those are taken',
    );
  }
  giveCode(draft, delegate);
  // Whoever has the code could do this: its owner must learn of it.
  if (command.proof) queueMessage(draft, 'delegate-named', resident, null, []);
  const generation = model.codes.get(delegate)?.generation ?? 0;
  return { delegate, code: env.codes.digitsAt(delegate, generation) };
}

/** What a delegate may take and yet cannot, for its door shows something that they may not (`whyNotBesideOthers`). */
export function blockedFor(
  model: Pick<Model, 'deliveries' | 'delegates'>,
  roster: Roster,
  id: string,
): readonly Delivery[] {
  const delegate = model.delegates.get(id);
  if (!delegate) return [];
  const isTheirs = (delivery: Delivery) => isForDelegate(delivery, delegate, roster);
  return [...model.deliveries.values()].filter((delivery) => {
    const door = doorOf(delivery);
    if (door === null || delivery.state !== 'deposited' || !isTheirs(delivery)) return false;
    return !heldAt(model, door).every((other) => other.zone !== delivery.zone || isTheirs(other));
  });
}

/**
 * The code that the phone showed still opens: it was not replaced since, and something waits for it. So nobody is named by
 * it who could not have been let in by it, and no one for longer than a phone may.
 *
 * @throws Refusal `code-revoked`, `not-now`
 */
function refusePhone(
  { model, env }: Draft,
  { resident, generation }: CodeProof,
  asked: { readonly resident: string; readonly fromMs: number; readonly untilMs: number },
): void {
  const code = model.codes.get(resident);
  const isValid = code?.generation === generation && !code.revoked && resident === asked.resident;
  if (!isValid || !hasReason(model, (delivery) => isFor(delivery, resident, env.roster))) {
    throw new Refusal('code-revoked', 'this code opens nothing any more; use the one of the newest message');
  }
  if (
    asked.untilMs - Math.max(asked.fromMs, env.wallMs) > BY_PHONE_MOST_MS ||
    asked.fromMs - env.wallMs > BY_PHONE_MOST_MS
  ) {
    throw new Refusal('not-now', 'this is too long for a phone; the staff can let them collect for longer');
  }
}

/** What waits and may be given to a delegate of that resident's, one by one. */
export function ownWaiting(model: Pick<Model, 'deliveries'>, roster: Roster, resident: string): Delivery[] {
  return [...model.deliveries.values()].filter(
    (delivery) => delivery.state === 'deposited' && isOwn(roster, delivery, resident),
  );
}

function isOwn(roster: Roster, delivery: Delivery, resident: string): boolean {
  const isTheirs = delivery.resident === null || delivery.resident === resident;
  return delivery.announced && isTheirs && isFor(delivery, resident, roster);
}

/** @throws Refusal `delegate-unknown` */
export function endDelegate(draft: Draft, command: Extract<DelegateCommand, { type: 'end-delegate' }>): void {
  const delegate = draft.model.delegates.get(command.delegate);
  if (delegate?.resident !== command.resident) {
    throw new Refusal('delegate-unknown', 'this person may not collect any more already; reload the page');
  }
  endDelegacy(draft, command.by, delegate, 'revoked');
}

/**
 * A resident whose personal data is about to go: their code and whom they named end first.
 *
 * @throws Refusal `not-now` while a parcel is on its way to them or waits
 */
export function forgetResident(
  draft: Draft,
  { by, resident }: Extract<DelegateCommand, { type: 'forget-resident' }>,
): void {
  const { model } = draft;
  for (const delivery of model.deliveries.values()) {
    const isTheirs = delivery.resident === resident || isForThemAlone(draft, delivery, resident);
    if (isTheirs && delivery.state !== 'collected') {
      throw new Refusal('not-now', 'a parcel waits for them; hand it out or withdraw it, then erase');
    }
  }
  endWithCode(draft, by, resident, 'all');
  const code = model.codes.get(resident);
  if (code && !code.revoked) draft.say(by, 'code.revoked', { holder: resident });
}

/** Addressed to a household of which nobody else is left. */
function isForThemAlone({ env }: Draft, delivery: Delivery, resident: string): boolean {
  if (delivery.resident !== null || delivery.household === null) return false;
  if (!isFor(delivery, resident, env.roster)) return false;
  return env.roster.residentsOf(delivery.household).every((other) => other === resident);
}

/** Those whose time is over, or whose one parcel is gone. While the wall clock is not trusted no time is over. */
export function endDelegates(draft: Draft): void {
  const { model } = draft;
  for (const delegate of [...model.delegates.values()]) {
    if (delegate.delivery !== null && !model.deliveries.has(delegate.delivery))
      endDelegacy(draft, HUB, delegate, 'nothing-left');
    else if (isOver(draft, delegate)) endDelegacy(draft, HUB, delegate, 'over');
  }
}

function isOver({ env }: Draft, { untilMs }: Delegate): boolean {
  return env.clockTrust === 'trusted' && env.wallMs >= untilMs;
}

/** @throws Refusal `code-wrong` if this delegate has nothing to collect now */
export function whyNotDelegate(draft: Draft, delegate: Delegate): void {
  const { model, env } = draft;
  if (isOver(draft, delegate)) throw new Refusal('code-revoked', 'the time in which this code opens is over');
  if (env.wallMs < delegate.fromMs)
    throw new Refusal('code-revoked', 'the time in which this code opens has not begun');
  if (!hasReason(model, (delivery) => isForDelegate(delivery, delegate, env.roster))) {
    throw new Refusal('code-wrong', 'nothing waits for this code now');
  }
}
