/** Whose code is whose, by name, and how many codes a guess could hit: what the limits of guessing go by. */
import { ownerName } from '@lockerhub/protocol/codes/owner-name.ts';
import type { Model } from './model.ts';
import type { Pin, Roster } from './roster.ts';

export interface CodeOwner {
  /** As `ownerName` makes it; two units of one such name are one owner. */
  readonly name: string;
  readonly isCarrier: boolean;
}

/** The unit of a resident, of whoever sent a delegate, or of a claim slip; a courier's carrier; undefined while their row has not come. */
export function ownerOf(
  model: Pick<Model, 'delegates' | 'slips'>,
  roster: Roster,
  holder: string,
): CodeOwner | undefined {
  const courier = roster.courier(holder);
  if (courier) return { name: ownerName(courier.carrierName), isCarrier: true };
  const resident = roster.resident(model.delegates.get(holder)?.resident ?? holder);
  const home = resident?.unit ?? model.slips.get(holder)?.unit;
  const unit = home === undefined ? undefined : roster.unit(home);
  return unit && { name: ownerName(unit.name), isCarrier: false };
}

/** How many codes identify somebody now, in all and of each owner. */
export interface LivingCodes {
  readonly all: number;
  readonly owners: ReadonlyMap<string, { readonly living: number; readonly isCarrier: boolean }>;
  readonly pins: LivingOthers;
  readonly fobs: LivingOthers;
}

/** PINs, or fobs, of residents for whom something is here: in all, and by the name of their unit. */
export interface LivingOthers {
  readonly all: number;
  readonly of: ReadonlyMap<string, number>;
}

/**
 * Counts the codes of all couriers, all delegates, all claim slips, and the residents of households for which something
 * is here: of these only some may be let in, never others. The work grows with what is here, not with who lives here.
 */
export function livingCodes(model: Model, roster: Roster): LivingCodes {
  const residents = awaited(model, roster);
  const holders = new Set([...roster.courierIds(), ...named(model), ...slips(model), ...residents]);
  const owners = new Map<string, { living: number; isCarrier: boolean }>();
  let all = 0;
  for (const holder of holders) {
    if (model.codes.get(holder)?.revoked !== false) continue;
    all += 1;
    const owner = ownerOf(model, roster, holder);
    if (!owner) continue;
    const known = owners.get(owner.name) ?? { living: 0, isCarrier: false };
    owners.set(owner.name, { living: known.living + 1, isCarrier: known.isCarrier || owner.isCarrier });
  }
  const isHere = ({ resident }: Pin) => residents.has(resident);
  return {
    all,
    owners,
    pins: livingOthers(roster.pins().filter(isHere)),
    fobs: livingOthers(roster.fobs().filter(isHere)),
  };
}

function livingOthers(here: readonly Pin[]): LivingOthers {
  const of = new Map<string, number>();
  for (const { unitName } of here) {
    const name = ownerName(unitName);
    of.set(name, (of.get(name) ?? 0) + 1);
  }
  return { all: here.length, of };
}

function named({ delegates }: Model): string[] {
  return [...delegates.values()].map(({ id }) => id);
}

function slips({ slips: all }: Model): string[] {
  return [...all.values()].map(({ id }) => id);
}

function awaited({ deliveries }: Model, roster: Roster): Set<string> {
  const residents = new Set<string>();
  const households = new Set<string>();
  for (const { announced, resident, household } of deliveries.values()) {
    if (!announced) continue;
    if (resident !== null) residents.add(resident);
    if (household !== null) households.add(household);
  }
  for (const household of households) for (const each of roster.everybodyOf(household)) residents.add(each);
  return residents;
}
