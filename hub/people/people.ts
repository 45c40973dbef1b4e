/** Units, households, residents and couriers: what deliveries read of them, and how staff change them. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type {
  ChangeCourier,
  ChangeResident,
  CourierView,
  NewCourier,
  ResidentView,
} from '@lockerhub/protocol/http/staff.ts';
import type { Recipient } from '@lockerhub/protocol/http/visit.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { z } from 'zod';
import { readKeptFobs } from '../codes/fob.ts';
import type { Fob, Pin, Roster } from '../deliveries/roster.ts';
import { HubError } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import { planMove } from './moves.ts';
import { NOTHING_SET } from './nothing-set.ts';
import { RowWriter } from './row-writer.ts';
import { indexUnits, type SearchIndex, searchRecipients } from './search.ts';

/** Changes that wait: staff's clicks, each on the disk within milliseconds. Beyond, `overloaded`. */
const MAX_WAITING = 64;

export interface PeopleOptions {
  readonly register: Register;
  /** Compartment → power supply of its lock, from a bank file that was checked when it was taken. */
  readonly suppliesOf: (file: string) => ReadonlyMap<number, string>;
  readonly log: BuildingLog;
  readonly clock: Clock;
  readonly random: Random;
}

export interface NewPerson {
  readonly unitName: string;
  readonly name: string;
  readonly language: string;
  readonly email?: string | undefined;
  /** Ways to reach them, in their order; without it by `email` alone. */
  readonly contacts?: readonly Contact[] | undefined;
  /** Joins this household; without it the person is a household alone. */
  readonly household?: string | undefined;
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
  /** Changes run one after the other, so that two of them never make the same unit twice. */
  readonly #changes = new Turns();
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
    return {
      id,
      household: household.id,
      unit: household.unit,
      language: resident.language,
      away: resident.away,
      accessible: resident.accessible === true,
      onlyMe: resident.onlyMe === true,
      reachable:
        contactsOf(resident).length > 0 ||
        resident.pinHash !== null ||
        readKeptFobs(resident.fobHash).length > 0,
    };
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

  /** Adds a resident, and the unit if there is none of that name. @throws HubError `not-found` (household). */
  addResident(by: Actor, person: NewPerson): Promise<ResidentView> {
    return this.inTurn(async () => {
      const rows = new RowWriter();
      const unit =
        this.#named('units', person.unitName)?.id ?? rows.add('units', this.#id(), { name: person.unitName });
      const household = this.#householdFor(unit, person.household, rows);
      const { name, language, email, contacts } = person;
      const id = rows.add('residents', this.#id(), {
        ...NOTHING_SET,
        household,
        name,
        language,
        email: email ?? null,
        contacts: contacts ?? null,
      });
      await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.residentView(id), 'resident');
    });
  }

  /**
   * Changes what is known of a resident: how they are reached, where they live, whether they still do.
   *
   * @throws HubError `not-found`.
   */
  changeResident(by: Actor, id: string, change: ChangeResident): Promise<ResidentView> {
    return this.inTurn(async () => {
      const { id: _id, ...fields } = this.#seen(this.#options.register.get('residents', id), 'resident');
      const { unitName, household, movedOut, ...said } = change;
      const rows = new RowWriter();
      const moved = this.#movedTo(id, fields.household, { unitName, household }, rows);
      const out =
        movedOut === undefined || movedOut === fields.movedOut
          ? {}
          : { movedOut, movedOutAt: movedOut ? this.#options.log.trustedNow() : null };
      const changed = { ...present(said), ...moved, ...out };
      if (Object.keys(changed).length > 0)
        rows.add('residents', id, { ...fields, ...changed }, Object.keys(changed));
      if (rows.facts.length > 0) await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.residentView(id), 'resident');
    });
  }

  /**
   * Writes fields of a resident of which an entry of its own tells.
   *
   * @throws HubError `not-found`.
   */
  setResident(
    by: Actor,
    id: string,
    set: Partial<Omit<Rows['residents'], 'id'>>,
    told: Fact,
  ): Promise<unknown> {
    return this.inTurn(() => {
      const row = this.#seen(this.#options.register.get('residents', id), 'resident');
      return this.#options.log.record(by, [told], [{ table: 'residents', row: { ...row, ...set } }]);
    });
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

  /** What of the resident's row changes by a move; what else has to be written goes to `rows`. */
  #movedTo(
    id: string,
    household: string,
    change: Pick<ChangeResident, 'unitName' | 'household'>,
    rows: RowWriter,
  ): { readonly household?: string } {
    const { register } = this.#options;
    if (change.household === undefined && change.unitName === undefined) return {};
    const { unit } = this.#seen(register.get('households', household), 'household');
    const isAlone = this.residentsOf(household).every((other) => other === id);
    const wanted =
      change.unitName === undefined ? undefined : (this.#named('units', change.unitName)?.id ?? null);
    const move = planMove({ unit, household, isAlone }, { unit: wanted, household: change.household });
    if (move.kind === 'stays') return {};
    if (move.kind === 'joins')
      return { household: this.#seen(register.get('households', move.household), 'household').id };
    const to = move.unit ?? rows.add('units', this.#id(), { name: change.unitName ?? '' });
    if (move.kind === 'leaves') return { household: this.#householdFor(to, undefined, rows) };
    rows.add('households', household, { unit: to });
    return {};
  }

  /** Adds a courier, and the carrier if there is none of that name. The code is issued by the deliveries. */
  addCourier(by: Actor, person: z.infer<typeof NewCourier>): Promise<CourierView> {
    return this.inTurn(async () => {
      const rows = new RowWriter();
      const carrier =
        this.#named('carriers', person.carrier)?.id ??
        rows.add('carriers', this.#id(), { name: person.carrier });
      const id = rows.add('couriers', this.#id(), {
        carrier,
        name: person.name ?? null,
        hours: person.hours ?? null,
        revoked: false,
      });
      await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.courierView(id), 'courier');
    });
  }

  /** Changes when a courier's code begins a visit. @throws HubError `not-found`. */
  changeCourier(by: Actor, id: string, change: ChangeCourier): Promise<CourierView> {
    return this.#setCourier(by, id, present(change));
  }

  /** Marks a courier as revoked. @throws HubError `not-found`. */
  revokeCourier(by: Actor, id: string): Promise<CourierView> {
    return this.#setCourier(by, id, { revoked: true });
  }

  #setCourier(by: Actor, id: string, set: Partial<Omit<Rows['couriers'], 'id'>>): Promise<CourierView> {
    return this.inTurn(async () => {
      const courier = this.#seen(this.#options.register.get('couriers', id), 'courier');
      const { id: _id, ...fields } = courier;
      const rows = new RowWriter();
      rows.add('couriers', id, { ...fields, ...set }, Object.keys(set));
      await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.courierView(id), 'courier');
    });
  }

  #householdFor(unit: string, household: string | undefined, rows: RowWriter): string {
    if (household === undefined) return rows.add('households', this.#id(), { unit });
    if (this.#options.register.get('households', household)?.unit !== unit) {
      throw new HubError('not-found', 'no such household in this unit; leave it out to make one', {
        where: 'body.household',
      });
    }
    return household;
  }

  #named(table: 'units' | 'carriers', name: string): { readonly id: string } | undefined {
    const same = name.toLowerCase();
    return this.#options.register.all(table).find((row) => row.name.toLowerCase() === same);
  }

  #seen<Thing>(thing: Thing | undefined, what: string): Thing {
    if (thing === undefined) throw new HubError('not-found', `no such ${what}; reload the page`);
    return thing;
  }

  #id(): string {
    return newId(this.#options.clock, this.#options.random);
  }

  /** One change after the other. @throws HubError `overloaded` if too much waits. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#changes.waiting >= MAX_WAITING) {
      return Promise.reject(new HubError('overloaded', 'too many changes at once; try again in a moment'));
    }
    return this.#changes.take(work);
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

/** The fields that are there. */
function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}

/** The ways to reach a resident, the first one tried first. */
export function contactsOf({
  contacts,
  email,
}: Pick<Rows['residents'], 'contacts' | 'email'>): readonly Contact[] {
  return contacts ?? (email === null ? [] : [{ channel: 'email', to: email }]);
}
