/**
 * A bank that released its doors in an emergency. The agent did it by itself; the hub keeps the bank's places and
 * parcels from being given out until staff have walked the doors, and calls them for each parcel that stood open.
 */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { BankCommand } from './bank-command.ts';
import { closeCases, openCase } from './cases.ts';
import type { StaffCommand } from './command.ts';
import type { Draft } from './draft.ts';
import { type Door, sameDoor } from './model.ts';
import { Refusal } from './refusal.ts';

/** The agent says where its emergency stands. */
export function emergencyTold(
  draft: Draft,
  { bank, session, state }: Extract<BankCommand, { type: 'emergency-told' }>,
): void {
  const { model } = draft;
  if (model.banks.get(bank)?.session !== session) return;
  const known = model.emergencies.get(bank);
  if (state === (known?.state ?? 'normal')) return;
  const by = { kind: 'bank', id: bank } as const;
  begin(draft, by, bank);
  if (model.emergencies.get(bank)?.state !== state) draft.say(by, 'emergency.told', { bank, state });
  touchBank(draft, bank);
}

function begin(draft: Draft, by: Actor, bank: string): void {
  if (draft.model.emergencies.has(bank)) return;
  draft.say(by, 'emergency.began', { bank });
  openCase(draft, by, 'emergency', { door: null, bank, delivery: null });
}

/** A door opened by the emergency, or jammed at it. A report may come when all is long over: it counts all the same. */
export function emergencyReported(draft: Draft, door: Door, kind: 'opened' | 'jammed'): void {
  const { model } = draft;
  const by = { kind: 'bank', id: door.bank } as const;
  const isNew = !model.emergencies.has(door.bank);
  begin(draft, by, door.bank);
  // An agent says where it stands before it reports a door: one that said nothing reports of what was over by then.
  if (isNew) draft.say(by, 'emergency.told', { bank: door.bank, state: 'normal' });
  const held = [...model.deliveries.values()].filter((delivery) => sameDoor(delivery, door));
  if (kind === 'jammed') openCase(draft, by, 'jammed', { door, delivery: held[0]?.id ?? null });
  else for (const { id } of held) openCase(draft, by, 'emergency-opened', { door, delivery: id });
  touchBank(draft, door.bank);
}

/** @throws Refusal `not-now` while the input says release, or without an emergency. */
export function endEmergency(
  draft: Draft,
  { staff, bank, reason }: Extract<StaffCommand, { type: 'end-emergency' }>,
): void {
  const { model } = draft;
  const known = model.emergencies.get(bank);
  if (!known) throw new Refusal('not-now', 'no emergency is going on in this bank; reload the page');
  if (known.state !== 'normal' && model.banks.has(bank)) {
    throw new Refusal('not-now', 'the emergency input still says release; set it back first');
  }
  const by = { kind: 'staff', id: staff } as const;
  draft.say(by, 'emergency.ended', { bank, reason });
  closeCases(draft, by, (open) => open.kind === 'emergency' && open.bank === bank, reason);
  touchBank(draft, bank);
}

function touchBank(draft: Draft, bank: string): void {
  draft.effect({ type: 'bank-changed', bank });
  for (const delivery of draft.model.deliveries.values()) {
    if (delivery.bank === bank) draft.touchDelivery(delivery);
  }
}
