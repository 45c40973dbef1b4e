/**
 * What an agent did while it was alone. It is a fact: logged and followed whatever the hub believes, never refused and
 * never dropped. What disagrees calls a person.
 */
import type { Release } from '@lockerhub/protocol/bank/pickup-list.ts';
import type { Actor, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { HandOverCommand } from './bank-command.ts';
import { grantOutcome, sayClosed, sayStuck } from './banks.ts';
import { openCase } from './cases.ts';
import { endGrant } from './custody.ts';
import { bankActor, type Draft } from './draft.ts';
import { heldAt, sameDoor } from './model.ts';
import { isFor } from './stops.ts';
import { askIfUnverified } from './unverified.ts';

type Disagreement = NonNullable<PayloadOf<'pickup.handed-over'>['disagrees']>;

/** Takes a release into the log once, in its order, and tells the agent so after the commit. */
export function handedOver(draft: Draft, { bank, session, release }: HandOverCommand): void {
  const { series, number } = release;
  const known = draft.model.takenOver.get(`${bank}/${series}`)?.number ?? 0;
  if (number > known) {
    take(draft, bank, release);
    askIfUnverified(draft, { bank, compartment: release.compartment }, session);
  }
  draft.effect({ type: 'taken-over', bank, session, series, number: Math.max(known, number) });
}

function take(draft: Draft, bank: string, release: Release): void {
  const { grant, delivery, compartment, holder, outcome } = release;
  const { series, number, terminal, list } = release;
  const by = bankActor(bank);
  const door = { bank, compartment };
  const disagrees = disagreement(draft, bank, release);
  const named = { ...door, series, number, grant, delivery, holder, terminal, list, outcome, disagrees };
  draft.say(by, 'pickup.handed-over', named);
  const mayHaveOpened = outcome !== 'refused' && outcome !== 'jammed';
  if (disagrees && mayHaveOpened) {
    const detail = `the bank let a resident open this door while the hub was away: ${disagrees}`;
    openCase(draft, by, 'record-disagrees', { door, delivery, detail });
  }
  // Over, or in another place: nothing of this opening can be said of that parcel. The case and the entry tell of it.
  if (disagrees === 'delivery-gone' || disagrees === 'delivery-elsewhere') return;
  const resident: Actor = { kind: 'resident', id: holder };
  draft.say(resident, 'grant.issued', { grant, purpose: 'pickup', delivery, visit: null, ...door });
  follow(draft, bank, release, resident);
}

/** Brings the new grant to where the agent saw it; what is still open goes the way of every grant. */
function follow(draft: Draft, bank: string, release: Release, resident: Actor): void {
  const { model } = draft;
  const { grant: id, outcome, closed, attested } = release;
  const issued = model.grants.get(id);
  if (issued && attested !== null) {
    endGrant(draft, bankActor(bank), issued, 'pulsed', { reason: 'attested' });
    if (attested === 'closed') sayClosed(draft, resident, issued);
    else sayStuck(draft, resident, issued);
    return;
  }
  if (issued && outcome === 'opened' && closed) {
    // It is closed again already: nobody has to be called to an open door.
    endGrant(draft, bankActor(bank), issued, 'opened', { reason: 'handed over' });
    sayClosed(draft, bankActor(bank), issued);
    return;
  }
  grantOutcome(draft, { type: 'grant-outcome', bank, grant: id, outcome, closed });
}

function disagreement(draft: Draft, bank: string, release: Release): Disagreement | null {
  const { model, env } = draft;
  const delivery = model.deliveries.get(release.delivery);
  if (!delivery) return 'delivery-gone';
  const door = { bank, compartment: release.compartment };
  if (!sameDoor(delivery, door)) return 'delivery-elsewhere';
  // It counted as collected with another one behind that door, which was opened once more for it.
  const wasBeside = delivery.state === 'collected' && heldAt(model, door).length > 1;
  if (wasBeside && isFor(delivery, release.holder, env.roster)) return null;
  if (delivery.state !== 'deposited') return 'delivery-not-in';
  if (!isFor(delivery, release.holder, env.roster)) return 'holder-foreign';
  return model.codes.get(release.holder)?.revoked ? 'code-revoked' : null;
}
