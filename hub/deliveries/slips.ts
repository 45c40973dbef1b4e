/** Claim slips: paper for the letter box of a unit of which nobody can be told. One lives a unit. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { SlipEnd } from '@lockerhub/protocol/log/payloads/slips.ts';
import type { StaffCommand } from './command.ts';
import { askedBy, type Draft, HUB } from './draft.ts';
import type { Delivery, Model, Slip } from './model.ts';
import { SLIP_MS } from './policy.ts';
import { Refusal } from './refusal.ts';
import type { Roster } from './roster.ts';
import { isUntold, untoldOf } from './untold.ts';

/**
 * Prints a slip for the unit of a parcel; the former one is void. It bears a code only if whoever finds it in the letter
 * box may take something by it.
 *
 * @throws Refusal `delivery-unknown`, `already-told`
 */
export function issueSlip(
  draft: Draft,
  command: Extract<StaffCommand, { type: 'issue-slip' }>,
): { slip: string; code: string | null; untilMs: number } {
  const { model, env } = draft;
  const by = askedBy(command);
  const unit = unitOfUntold(draft, command.delivery);
  endSlipsOf(draft, by, unit, 'replaced');
  const slip = env.newId();
  const household = env.roster.householdsOf(unit)[0]?.id ?? null;
  const isByCode = byCodeOf(model, env.roster, { unit, household }).length > 0;
  const untilMs = env.wallMs + SLIP_MS;
  draft.say(by, 'slip.issued', { slip, unit, household, code: isByCode, untilMs });
  for (const { id } of untoldOf(model, env.roster, unit)) {
    draft.say(by, 'delivery.invited', { delivery: id, slip });
  }
  if (!isByCode) return { slip, code: null, untilMs };
  const generation = env.codes.nextGeneration(slip, draft.takenDigits);
  draft.say(by, 'code.issued', { holder: slip, generation });
  return { slip, code: env.codes.digitsAt(slip, generation), untilMs };
}

/** The unit of a parcel of which nobody can be told. @throws Refusal `delivery-unknown`, `already-told` */
export function unitOfUntold({ model, env }: Draft, id: string): string {
  const delivery = model.deliveries.get(id);
  if (!delivery) throw new Refusal('delivery-unknown', 'no such delivery, or it is over; reload the page');
  if (delivery.unit === null || !isUntold(delivery, env.roster)) {
    throw new Refusal(
      'already-told',
      'somebody was told of this parcel or claimed it already; reload the page',
    );
  }
  return delivery.unit;
}

/**
 * What whoever finds a slip in the letter box may take: nothing where strangers share that box, nothing that its
 * addressee wants for themselves alone, nothing of which somebody can be told, nothing where others live by now.
 */
export function byCodeOf(
  model: Model,
  roster: Roster,
  { unit, household }: Pick<Slip, 'unit' | 'household'>,
): readonly Delivery[] {
  const living = roster.householdsOf(unit);
  const isAsThen =
    household === null ? living.length === 0 : living.length === 1 && living[0]?.id === household;
  if (!isAsThen) return [];
  return untoldOf(model, roster, unit).filter(
    ({ resident }) => resident === null || roster.resident(resident)?.onlyMe === false,
  );
}

/** Ends the slip of a unit, if one lives. */
export function endSlipsOf(draft: Draft, by: Actor, unit: string, reason: SlipEnd): void {
  for (const slip of [...draft.model.slips.values()])
    if (slip.unit === unit) endSlip(draft, by, slip, reason);
}

/** Its code is void from here on. */
export function endSlip(draft: Draft, by: Actor, { id, code }: Slip, reason: SlipEnd): void {
  if (code) draft.say(by, 'code.revoked', { holder: id });
  draft.say(by, 'slip.ended', { slip: id, reason });
}

/** Those whose time is over, and those for which nothing waits. While the wall clock is not trusted no time is over. */
export function endSlips(draft: Draft): void {
  const { model, env } = draft;
  for (const slip of [...model.slips.values()]) {
    if (isOver(draft, slip)) endSlip(draft, HUB, slip, 'over');
    else if (untoldOf(model, env.roster, slip.unit).length === 0) endSlip(draft, HUB, slip, 'nothing-left');
  }
}

/** Whether a slip's time is over, by a clock that is trusted. */
export function isOver({ env }: Draft, { untilMs }: Slip): boolean {
  return env.clockTrust === 'trusted' && env.wallMs >= untilMs;
}
