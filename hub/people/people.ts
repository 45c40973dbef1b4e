/** Units, households, residents and couriers: as deliveries, staff and couriers who search read them. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type { CourierView, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import type { Recipient } from '@lockerhub/protocol/http/visit.ts';
import { readKeptFobs } from '../codes/fob.ts';
import type { Fob, Pin, Roster } from '../deliveries/roster.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import { indexUnits, type SearchIndex, searchRecipients } from './search.ts';

export interface PeopleOptions {
  readonly register: Register;
  /** Compartment → power supply of its lock, from a bank file that was checked when it was taken. */
  readonly suppliesOf: (file: string) => ReadonlyMap<number, string>;
  /** Whether somebody with these contacts can be told, by the channels that are set up. */
  readonly canTell: (contacts: readonly Contact[]) => boolean;
}

/** Who lives or lived where, as of one version of the rows. */
interface Homes {
  readonly version: number;
  readonly residents: ReadonlyMap<string, readonly Rows['residents'][]>;
  /** Unit → its households in which somebody lives. */
  readonly living: ReadonlyMap<string, readonly Rows['households'][]>;
}

export class People implements Roster {
  readonly #options: PeopleOptions;
  /** Bank → what was read of its file, for as long as it is that file. */
  readonly #supplies = new Map<
    string,
    { readonly file: string; readonly supplies: ReadonlyMap<number, string> }
  >();
  /** Who lives or lived in which household: looked up with each parcel. */
  #homes: Homes | undefined;
  #keys:
    | { readonly version: number; readonly pins: readonly Pin[]; readonly fobs: readonly Fob[] }
    | undefined;
  #searched: { readonly version: number; readonly units: SearchIndex } | undefined;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  unit(id: string): ReturnType<Roster['unit']> {
    return this.#options.register.get('units', id);
  }

  /** Those in which somebody still lives. */
  householdsOf(unit: string): readonly { readonly id: string; readonly unit: string }[] {
    return this.#homesNow().living.get(unit) ?? [];
  }

  resident(id: string): ReturnType<Roster['resident']> {
    const resident = this.#options.register.get('residents', id);
    const household = resident && this.#options.register.get('households', resident.household);
    if (!resident || !household) return undefined;
    const contacts = contactsOf(resident);
    const canBeTold = this.canTell(contacts);
    return {
      id,
      household: household.id,
      unit: household.unit,
      language: resident.language,
      away: resident.away,
      accessible: resident.accessible === true,
      onlyMe: resident.onlyMe === true,
      reachable: canBeTold || resident.pinHash !== null || readKeptFobs(resident.fobHash).length > 0,
      lacksChannel: contacts.length > 0 && !canBeTold,
    };
  }

  canTell(contacts: readonly Contact[]): boolean {
    return this.#options.canTell(contacts);
  }

  residentsOf(household: string): readonly string[] {
    return this.#home(household).flatMap(({ id, movedOut }) => (movedOut ? [] : [id]));
  }

  everybodyOf(household: string): readonly string[] {
    return this.#home(household).map(({ id }) => id);
  }

  pins(): readonly Pin[] {
    return this.#ofResidents().pins;
  }

  fobs(): readonly Fob[] {
    return this.#ofResidents().fobs;
  }

  managersTold(): readonly string[] {
    const { register } = this.#options;
    return register
      .all('staff')
      .flatMap(({ id, role, disabled, email }) =>
        role === 'manager' && !disabled && email !== null ? [id] : [],
      );
  }

  courierIds(): readonly string[] {
    return this.#options.register.all('couriers').map(({ id }) => id);
  }

  courier(id: string): ReturnType<Roster['courier']> {
    const courier = this.#options.register.get('couriers', id);
    const carrier = courier && this.#options.register.get('carriers', courier.carrier);
    return carrier && { id, carrier: carrier.id, carrierName: carrier.name, hours: courier.hours };
  }

  terminal(id: string): ReturnType<Roster['terminal']> {
    const terminal = this.#options.register.get('terminals', id);
    return terminal && !terminal.revoked ? { id, bank: terminal.bank } : undefined;
  }

  layouts(): readonly Layout[] {
    return this.#options.register.all('banks').map((bank) => bank.layout);
  }

  keepsOwnRecords(bank: string): boolean {
    return this.#options.register.get('banks', bank)?.reach === 'agent';
  }

  supplyOf({ bank, compartment }: { readonly bank: string; readonly compartment: number }): string {
    const file = this.#options.register.get('banks', bank)?.file;
    if (file === undefined) return `lock/${compartment}`;
    let known = this.#supplies.get(bank);
    if (known?.file !== file) {
      known = { file, supplies: this.#options.suppliesOf(file) };
      this.#supplies.set(bank, known);
    }
    return known.supplies.get(compartment) ?? `lock/${compartment}`;
  }

  /** The recipients that a courier may mean by what was typed. */
  search(query: string): Recipient[] {
    return searchRecipients(query, this.#units());
  }

  residents(): ResidentView[] {
    return this.#options.register
      .all('residents')
      .flatMap((resident) => this.residentView(resident.id) ?? []);
  }

  residentView(id: string): ResidentView | undefined {
    const resident = this.#options.register.get('residents', id);
    const household = resident && this.#options.register.get('households', resident.household);
    if (!resident || !household) return undefined;
    return {
      resident: id,
      unit: household.unit,
      household: household.id,
      unitName: this.unit(household.unit)?.name ?? '',
      name: resident.name,
      language: resident.language,
      email: resident.email,
      contacts: [...contactsOf(resident)],
      away: resident.away,
      movedOut: resident.movedOut,
      accessible: resident.accessible === true,
      onlyMe: resident.onlyMe === true,
      hasPin: resident.pinHash !== null,
      fobs: readKeptFobs(resident.fobHash).map(({ fob }) => fob),
    };
  }

  couriers(): CourierView[] {
    return this.#options.register.all('couriers').map((courier) => {
      const carrier = this.#options.register.get('carriers', courier.carrier);
      return {
        courier: courier.id,
        carrier: carrier?.name ?? '',
        name: courier.name,
        hours: courier.hours,
        // Of a carrier that was removed nobody drops off (`sync/consequences.ts`).
        revoked: courier.revoked || carrier === undefined,
      };
    });
  }

  courierView(id: string): CourierView | undefined {
    return this.couriers().find((courier) => courier.courier === id);
  }

  /** What residents who live here come by beside codes. */
  #ofResidents(): { readonly pins: readonly Pin[]; readonly fobs: readonly Fob[] } {
    const { register } = this.#options;
    if (this.#keys?.version === register.version) return this.#keys;
    const living = register.all('residents').flatMap((row) => {
      const unit = row.movedOut ? undefined : this.resident(row.id)?.unit;
      const unitName = unit && this.unit(unit)?.name;
      return unitName ? [{ ...row, unitName }] : [];
    });
    const pins = living.flatMap(({ id, unitName, pinHash }) =>
      pinHash === null ? [] : [{ resident: id, unitName, hash: pinHash }],
    );
    const fobs = living.flatMap(({ id, unitName, fobHash }) =>
      readKeptFobs(fobHash).map((kept) => ({ resident: id, unitName, ...kept })),
    );
    this.#keys = { version: register.version, pins, fobs };
    return this.#keys;
  }

  #home(household: string): readonly Rows['residents'][] {
    return this.#homesNow().residents.get(household) ?? [];
  }

  #homesNow(): Homes {
    const { register } = this.#options;
    if (this.#homes?.version === register.version) return this.#homes;
    const residents = Map.groupBy(register.all('residents'), (one) => one.household);
    const isLivedIn = ({ id }: Rows['households']) => residents.get(id)?.some(({ movedOut }) => !movedOut);
    const living = Map.groupBy(register.all('households').filter(isLivedIn), (one) => one.unit);
    this.#homes = { version: register.version, residents, living };
    return this.#homes;
  }

  #units(): SearchIndex {
    const { register } = this.#options;
    if (this.#searched?.version === register.version) return this.#searched.units;
    const living = this.residents().filter(({ movedOut }) => !movedOut);
    const residents = Map.groupBy(living, (resident) => resident.unit);
    const units = indexUnits(
      register.all('units').map((unit) => ({
        unit: unit.id,
        unitName: unit.name,
        residents: residents.get(unit.id) ?? [],
      })),
    );
    this.#searched = { version: register.version, units };
    return units;
  }
}

/** The ways to reach a resident, the first one tried first. */
export function contactsOf({
  contacts,
  email,
}: Pick<Rows['residents'], 'contacts' | 'email'>): readonly Contact[] {
  return contacts ?? (email === null ? [] : [{ channel: 'email', to: email }]);
}
