/** What stands on a bank's pickup list: a pure function of what the hub knows. */

import { listedHash } from '@lockerhub/edge-agent/pickups/sealed-list.ts';
import {
  MAX_LISTED_DELIVERIES,
  MAX_LISTED_HOLDERS,
  MAX_LISTED_TERMINALS,
  type PickupList,
} from '@lockerhub/protocol/bank/pickup-list.ts';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { Policy, Roster } from '../deliveries/command.ts';
import { type Delivery, doorKey, type Model } from '../deliveries/model.ts';

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
  const waiting = [...model.deliveries.values()].filter((delivery) => isReleasable(model, delivery, bank));
  const deliveries = waiting
    .slice(0, MAX_LISTED_DELIVERIES)
    .map((delivery) => ({
      delivery: delivery.id,
      compartment: delivery.compartment,
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
function isReleasable(model: Model, delivery: Delivery, bank: string): boolean {
  // Released in an emergency, and staff have not walked its doors yet.
  if (model.emergencies.has(bank)) return false;
  if (delivery.bank !== bank || delivery.state !== 'deposited' || !delivery.announced) return false;
  if (model.unverified.has(doorKey(delivery))) return false;
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

  of({ resident, household }: Delivery): number[] {
    const holders = resident === null ? this.#source.roster.residentsOf(household) : [resident];
    return holders
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
