/** Units, households, residents and couriers: what deliveries read of them, and how staff change them. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { CourierView, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import type { Recipient } from '@lockerhub/protocol/http/visit.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { Roster } from '../deliveries/command.ts';
import { HubError } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register, RegisterTable } from '../log/register.ts';
import type { RowChange } from '../store/store.ts';
import { type SearchedUnit, searchRecipients } from './search.ts';

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
  /** Joins this household; without it the person is a household alone. */
  readonly household?: string | undefined;
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
  #searched: { readonly version: number; readonly units: readonly SearchedUnit[] } | undefined;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  unit(id: string): ReturnType<Roster['unit']> {
    return this.#options.register.get('units', id);
  }

  householdsOf(unit: string): readonly { readonly id: string; readonly unit: string }[] {
    return this.#options.register.all('households').filter((household) => household.unit === unit);
  }

  resident(id: string): ReturnType<Roster['resident']> {
    const resident = this.#options.register.get('residents', id);
    const household = resident && this.#options.register.get('households', resident.household);
    if (!resident || !household) return undefined;
    return { id, household: household.id, unit: household.unit, language: resident.language };
  }

  residentsOf(household: string): readonly string[] {
    const residents = this.#options.register.all('residents');
    return residents.filter((resident) => resident.household === household).map((resident) => resident.id);
  }

  courier(id: string): ReturnType<Roster['courier']> {
    const courier = this.#options.register.get('couriers', id);
    if (!courier) return undefined;
    const carrierName = this.#options.register.get('carriers', courier.carrier)?.name ?? '';
    return { id, carrier: courier.carrier, carrierName };
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
    };
  }

  couriers(): CourierView[] {
    return this.#options.register.all('couriers').map((courier) => ({
      courier: courier.id,
      carrier: this.#options.register.get('carriers', courier.carrier)?.name ?? '',
      name: courier.name,
      revoked: courier.revoked,
    }));
  }

  courierView(id: string): CourierView | undefined {
    return this.couriers().find((courier) => courier.courier === id);
  }

  /** Adds a resident, and the unit if there is none of that name. @throws HubError `not-found` (household). */
  addResident(by: Actor, person: NewPerson): Promise<ResidentView> {
    return this.#change(async () => {
      const rows = new RowWriter();
      const unit =
        this.#named('units', person.unitName)?.id ?? rows.add('units', this.#id(), { name: person.unitName });
      const household = this.#householdFor(unit, person.household, rows);
      const { name, language, email } = person;
      const id = rows.add('residents', this.#id(), { household, name, language, email: email ?? null });
      await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.residentView(id), 'resident');
    });
  }

  /** Adds a courier, and the carrier if there is none of that name. The code is issued by the deliveries. */
  addCourier(by: Actor, person: { carrier: string; name?: string | undefined }): Promise<CourierView> {
    return this.#change(async () => {
      const rows = new RowWriter();
      const carrier =
        this.#named('carriers', person.carrier)?.id ??
        rows.add('carriers', this.#id(), { name: person.carrier });
      const id = rows.add('couriers', this.#id(), { carrier, name: person.name ?? null, revoked: false });
      await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.courierView(id), 'courier');
    });
  }

  /** Marks a courier as revoked. @throws HubError `not-found`. */
  revokeCourier(by: Actor, id: string): Promise<CourierView> {
    return this.#change(async () => {
      const courier = this.#seen(this.#options.register.get('couriers', id), 'courier');
      const { id: _id, ...fields } = courier;
      const rows = new RowWriter();
      rows.add('couriers', id, { ...fields, revoked: true }, ['revoked']);
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

  /** @throws HubError `overloaded` if too much waits. */
  #change<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#changes.waiting >= MAX_WAITING) {
      return Promise.reject(new HubError('overloaded', 'too many changes at once; try again in a moment'));
    }
    return this.#changes.take(work);
  }

  #units(): readonly SearchedUnit[] {
    const { register } = this.#options;
    if (this.#searched?.version === register.version) return this.#searched.units;
    const residents = Map.groupBy(this.residents(), (resident) => resident.unit);
    const units = register.all('units').map((unit) => ({
      unit: unit.id,
      unitName: unit.name,
      residents: residents.get(unit.id) ?? [],
    }));
    this.#searched = { version: register.version, units };
    return units;
  }
}

type PeopleTable = Extract<RegisterTable, 'units' | 'households' | 'residents' | 'carriers' | 'couriers'>;
type FieldsOf<Table extends PeopleTable> = Omit<
  Extract<RowChange, { table: Table; row: unknown }>['row'],
  'id'
>;

/** Collects rows and the entries that tell of them: the log names what changed, the row says what it is now. */
class RowWriter {
  readonly facts: Fact[] = [];
  readonly changes: RowChange[] = [];

  add<Table extends PeopleTable>(
    table: Table,
    id: string,
    fields: FieldsOf<Table>,
    changed: readonly string[] = Object.keys(fields),
  ): string {
    this.facts.push({ type: 'row.changed', data: { table, row: id, fields: [...changed] } });
    // The fields are those of the table; the compiler cannot pair the two through the union.
    this.changes.push({ table, row: { ...fields, id } } as unknown as RowChange);
    return id;
  }
}
