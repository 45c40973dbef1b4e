/** What stands on a bank's pickup list: a pure function of what the hub knows. */

import { listedHash } from '@lockerhub/edge-agent/pickups/sealed-list.ts';
import {
  MAX_LISTED_DELIVERIES,
  MAX_LISTED_HOLDERS,
  MAX_LISTED_TERMINALS,
  type PickupList,
} from '@lockerhub/protocol/bank/pickup-list.ts';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';
import { type Delivery, type Door, doorKey, doorOf, heldAt, type Model } from '../deliveries/model.ts';
import type { Policy } from '../deliveries/policy.ts';
import type { Roster } from '../deliveries/roster.ts';
import { isFor, isForSameResidents } from '../deliveries/stops.ts';

/** Longest name of a unit on a list; the screen shows no more. */
const MAX_UNIT_NAME = 60;
/** Residents of one household who are named with a delivery; further ones wait for the hub. */
const MAX_HOLDERS_OF_ONE = 20;

export interface ListSource {
  readonly model: Model;
  readonly roster: Roster;
  readonly policy: Policy;
  /** What a holder's QR code holds; undefined without a living code. */
  readonly qrOf: (holder: string) => string | undefined;
  readonly terminals: readonly {
    readonly id: string;
    readonly bank: string | null;
    readonly tokenHash: string;
  }[];
  readonly building: { readonly building: string; readonly name: string; readonly language: string };
  readonly codeKey: string;
  readonly poweredHours: number;
}

/** A list before it has its version. */
export type ListContent = Omit<PickupList, 'version' | 'epoch' | 'issuedAt'>;

/** What may be released at this bank while the hub is away: parcels that are in and were announced, nothing else. */
export function listContent(source: ListSource, bank: string): ListContent {
  const { model, policy, building, codeKey, poweredHours, terminals } = source;
  const { retries, idleMs, warnMs, openNoticeMs, openAlarmMs } = policy;
  const holders = new HolderTable(source);
  const waiting = [...model.deliveries.values()].flatMap((delivery) => {
    const door = doorOf(delivery);
    return door?.bank === bank && isReleasable(source, delivery, door) ? [{ delivery, door }] : [];
  });
  const deliveries = waiting
    .slice(0, MAX_LISTED_DELIVERIES)
    .map(({ delivery, door }) => ({
      delivery: delivery.id,
      compartment: door.compartment,
      ...(delivery.zone === null ? {} : { zone: delivery.zone }),
      size: delivery.size,
      holders: holders.of(delivery),
    }))
    .filter((listed) => listed.holders.length > 0);
  return {
    building: building.building,
    bank,
    poweredHours,
    buildingName: building.name,
    language: building.language,
    policy: { retries, idleMs, warnMs, openNoticeMs, openAlarmMs },
    codeKey,
    terminals: terminals
      .filter((terminal) => terminal.bank === bank)
      .slice(0, MAX_LISTED_TERMINALS)
      .map(({ id, tokenHash }) => ({ terminal: id, tokenHash })),
    holders: holders.listed,
    deliveries,
  };
}

/** In, announced, and not in doubt: a parcel with an unsettled grant or a case waits for the hub. */
function isReleasable({ model, roster }: ListSource, delivery: Delivery, door: Door): boolean {
  // Released in an emergency, and staff have not walked its doors yet.
  if (model.emergencies.has(door.bank)) return false;
  if (delivery.state !== 'deposited' || !delivery.announced) return false;
  if (model.unverified.has(doorKey(door))) return false;
  // The door shows all that is behind it: nothing there may be on its way in, or for anybody else. In a room that is so
  // for its zone alone.
  const others = heldAt(model, door).filter(({ id, zone }) => id !== delivery.id && zone === delivery.zone);
  if (others.some((other) => other.state === 'assigned' || !isForSameResidents(delivery, other, roster)))
    return false;
  for (const { delivery: about } of model.cases.values()) if (about === delivery.id) return false;
  const grant = delivery.grant === null ? undefined : model.grants.get(delivery.grant);
  return grant?.purpose !== 'pickup' || (grant.end !== null && grant.state !== 'unknown');
}

class HolderTable {
  readonly #source: ListSource;
  readonly #places = new Map<string, number | null>();
  readonly listed: PickupList['holders'] = [];

  constructor(source: ListSource) {
    this.#source = source;
  }

  of(delivery: Delivery): number[] {
    const { roster } = this.#source;
    const { resident, household } = delivery;
    const home = household === null ? [] : roster.residentsOf(household);
    const others = home.filter((other) => isFor(delivery, other, roster));
    // The one it is addressed to stands first: the bound leaves out others.
    return [...new Set(resident === null ? others : [resident, ...others])]
      .slice(0, MAX_HOLDERS_OF_ONE)
      .map((holder) => this.#placeOf(holder))
      .filter((place) => place !== null);
  }

  #placeOf(holder: string): number | null {
    const known = this.#places.get(holder);
    if (known !== undefined) return known;
    const entry = this.listed.length < MAX_LISTED_HOLDERS ? this.#entry(holder) : null;
    const place = entry ? this.listed.push(entry) - 1 : null;
    this.#places.set(holder, place);
    return place;
  }

  #entry(holder: string): PickupList['holders'][number] | null {
    const { roster, qrOf, codeKey } = this.#source;
    const row = roster.resident(holder);
    const code = readCode(qrOf(holder) ?? '');
    if (!row || !code) return null;
    return {
      holder,
      digits: listedHash(codeKey, { digits: code.digits, tag: null }),
      qr: listedHash(codeKey, code),
      unitName: (roster.unit(row.unit)?.name ?? '').slice(0, MAX_UNIT_NAME),
      language: row.language,
    };
  }
}
