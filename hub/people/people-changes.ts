/** How units, households, residents and couriers are changed: one change after the other, each with its entry. */
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type {
  ChangeCourier,
  ChangeResident,
  CourierView,
  NewCourier,
  ResidentView,
} from '@lockerhub/protocol/http/staff.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import { planMove } from './moves.ts';
import { NOTHING_SET } from './nothing-set.ts';
import type { People } from './people.ts';
import { RowWriter } from './row-writer.ts';

/** Changes that wait: staff's clicks, each on the disk within milliseconds. Beyond, `overloaded`. */
const MAX_WAITING = 64;

export interface PeopleChangesOptions {
  readonly people: Pick<People, 'residentView' | 'courierView' | 'residentsOf'>;
  readonly register: Register;
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

export class PeopleChanges {
  readonly #options: PeopleChangesOptions;
  /** Changes run one after the other, so that two of them never make the same unit twice. */
  readonly #changes = new Turns();

  constructor(options: PeopleChangesOptions) {
    this.#options = options;
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
      return this.#seen(this.#options.people.residentView(id), 'resident');
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
      return this.#seen(this.#options.people.residentView(id), 'resident');
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
      return this.#seen(this.#options.people.courierView(id), 'courier');
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

  /** One change after the other. @throws HubError `overloaded` if too much waits. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#changes.waiting >= MAX_WAITING) {
      return Promise.reject(new HubError('overloaded', 'too many changes at once; try again in a moment'));
    }
    return this.#changes.take(work);
  }

  /** What of the resident's row changes by a move; what else has to be written goes to `rows`. */
  #movedTo(
    id: string,
    household: string,
    change: Pick<ChangeResident, 'unitName' | 'household'>,
    rows: RowWriter,
  ): { readonly household?: string } {
    const { people, register } = this.#options;
    if (change.household === undefined && change.unitName === undefined) return {};
    const { unit } = this.#seen(register.get('households', household), 'household');
    const isAlone = people.residentsOf(household).every((other) => other === id);
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

  #setCourier(by: Actor, id: string, set: Partial<Omit<Rows['couriers'], 'id'>>): Promise<CourierView> {
    return this.inTurn(async () => {
      const courier = this.#seen(this.#options.register.get('couriers', id), 'courier');
      const { id: _id, ...fields } = courier;
      const rows = new RowWriter();
      rows.add('couriers', id, { ...fields, ...set }, Object.keys(set));
      await this.#options.log.record(by, rows.facts, rows.changes);
      return this.#seen(this.#options.people.courierView(id), 'courier');
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
}

/** The fields that are there. */
function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}
