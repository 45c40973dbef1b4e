/** What a list changes: who is new, changed, gone or the same, as rows to be written. */
import { canonicalJson } from '@lockerhub/protocol/log/canonical.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import type { Rows } from '../store/rows.ts';
import type { RowChange } from '../store/store.ts';
import { fold, type Person, placeKey, ROWS_AT_ONCE } from './check-rows.ts';

type RosterTable = 'units' | 'households' | 'residents';
export type RosterChange = {
  [Table in RosterTable]: {
    readonly table: Table;
    /** As it was; null: it is new. */
    readonly before: Rows[Table] | null;
    readonly after: Rows[Table];
  };
}[RosterTable];

/** Who lives here, as far as it matters. */
export interface Present {
  readonly units: readonly Rows['units'][];
  readonly households: readonly Rows['households'][];
  readonly residents: readonly Rows['residents'][];
}

export interface CompareOptions {
  readonly present: Present;
  readonly newId: () => string;
  /** Of those about whom the list says none. */
  readonly language: string;
  readonly breathe: () => Promise<unknown>;
}

export interface Comparison {
  /** Units first, then households, then residents: what is referred to is there before. */
  readonly changes: readonly RosterChange[];
  readonly added: readonly Person[];
  readonly changed: readonly { readonly person: Person; readonly fields: readonly string[] }[];
  /** Not in the list. `changes` does not touch them: see `moveOuts`. */
  readonly gone: readonly Rows['residents'][];
  readonly same: number;
  readonly unitNameOf: (resident: Rows['residents']) => string;
}

/** Compares; writes nothing. A person is the same by external id, else by unit and name. */
export async function compare(people: readonly Person[], options: CompareOptions): Promise<Comparison> {
  const { breathe } = options;
  const house = new House(options);
  const matched = new Set<string>();
  const pairs: { readonly person: Person; readonly found: Rows['residents'] | undefined }[] = [];
  for (const [index, person] of people.entries()) {
    if (index % ROWS_AT_ONCE === 0) await breathe();
    const found = house.find(person, matched);
    if (found) matched.add(found.id);
    if (found) house.noteHome(person, found);
    pairs.push({ person, found });
  }
  const added: Person[] = [];
  const changed: { person: Person; fields: string[] }[] = [];
  for (const [index, { person, found }] of pairs.entries()) {
    if (index % ROWS_AT_ONCE === 0) await breathe();
    const fields = house.settle(person, found);
    if (!found) added.push(person);
    else if (fields.length > 0) changed.push({ person, fields });
  }
  const gone = options.present.residents.filter(({ id, movedOut }) => !movedOut && !matched.has(id));
  return {
    changes: house.changes(),
    added,
    changed,
    gone,
    same: people.length - added.length - changed.length,
    unitNameOf: (resident) => house.unitNameOf(resident),
  };
}

/** Those who are gone move out: nothing is taken from their rows. @param nowMs null: unknown */
export function moveOuts(gone: readonly Rows['residents'][], nowMs: number | null): RosterChange[] {
  return gone.map((before) => ({
    table: 'residents',
    before,
    after: { ...before, movedOut: true, movedOutAt: nowMs },
  }));
}

/** The building while a list is compared with it. */
class House {
  readonly #options: CompareOptions;
  readonly #units = new Map<string, Rows['units']>();
  readonly #unitNames = new Map<string, string>();
  readonly #households = new Map<string, Rows['households']>();
  /** Household → its unit before anybody moves. */
  readonly #lived: ReadonlyMap<string, string>;
  readonly #byId = new Map<string, Rows['residents']>();
  readonly #byPlace = new Map<string, Rows['residents'][]>();
  readonly #homes: ReadonlyMap<string, readonly Rows['residents'][]>;
  /** Unit and lease → the household. */
  readonly #leases = new Map<string, string>();
  /** Resident who moves → from which household, to where. */
  readonly #movers = new Map<string, string>();
  /** From which household, to where → the household there. */
  readonly #moves = new Map<string, string>();
  readonly #made = { units: [] as RosterChange[], households: [] as RosterChange[] };
  readonly #residents: RosterChange[] = [];

  constructor(options: CompareOptions) {
    this.#options = options;
    const { units, households, residents } = options.present;
    for (const unit of units) {
      this.#units.set(fold(unit.name), unit);
      this.#unitNames.set(unit.id, unit.name);
    }
    this.#homes = Map.groupBy(residents, ({ household }) => household);
    this.#lived = new Map(households.map(({ id, unit }) => [id, unit]));
    for (const household of households) this.#households.set(household.id, household);
    for (const resident of residents) {
      if (resident.externalId !== null) this.#byId.set(resident.externalId, resident);
      const key = placeKey(this.unitNameOf(resident), resident.name);
      const there = this.#byPlace.get(key);
      if (there) there.push(resident);
      else this.#byPlace.set(key, [resident]);
    }
  }

  unitNameOf({ household }: Rows['residents']): string {
    return this.#unitNames.get(this.#households.get(household)?.unit ?? '') ?? '';
  }

  find({ externalId, unit, name }: Person, taken: ReadonlySet<string>): Rows['residents'] | undefined {
    const known = externalId === null ? undefined : this.#byId.get(externalId);
    if (known && !taken.has(known.id)) return known;
    const there = (this.#byPlace.get(placeKey(unit, name)) ?? []).filter(
      (each) =>
        !taken.has(each.id) &&
        // Who has another id in the other software is somebody else of the same name.
        (externalId === null || each.externalId === null),
    );
    return there.find(({ movedOut }) => !movedOut) ?? there[0];
  }

  /** Before anybody moves. A lease is the household of whoever of it lives in that unit already. */
  noteHome(person: Person, found: Rows['residents']): void {
    const isAtHome = fold(this.unitNameOf(found)) === fold(person.unit);
    if (!isAtHome) this.#movers.set(found.id, moveKey(person, found));
    const key = leaseKey(person);
    if (isAtHome && person.household !== null && !this.#leases.has(key))
      this.#leases.set(key, found.household);
  }

  /** Writes down what has to change for this person; returns the names of the fields. */
  settle(person: Person, found: Rows['residents'] | undefined): string[] {
    const home = found && this.#lived.get(found.household);
    const after = { ...this.#residentFor(person, found), household: this.#householdFor(person, found) };
    const fields = found ? differences(found, after) : [];
    if (!found || fields.length > 0)
      this.#residents.push({ table: 'residents', before: found ?? null, after });
    const hasMovedHome = found && this.#households.get(found.household)?.unit !== home;
    return hasMovedHome && !fields.includes('household') ? ['household', ...fields] : fields;
  }

  changes(): RosterChange[] {
    return [...this.#made.units, ...this.#made.households, ...this.#residents];
  }

  #residentFor(person: Person, found: Rows['residents'] | undefined): Rows['residents'] {
    const { name, email, phone, externalId, language } = person;
    const contacts =
      phone === null
        ? null
        : [
            ...(email === null ? [] : [{ channel: 'email' as const, to: email }]),
            { channel: 'sms' as const, to: phone },
          ];
    if (!found) {
      return {
        ...NOTHING_SET,
        id: this.#options.newId(),
        household: '',
        name,
        language: language ?? this.#options.language,
        email,
        contacts,
        externalId,
      };
    }
    return {
      ...found,
      // How a name is written here stays, if only case and spaces differ.
      name: fold(found.name) === fold(name) ? found.name : name,
      language: language ?? found.language,
      email: email ?? found.email,
      // How they chose to be reached stays; a list only says it where nobody has.
      contacts: found.contacts ?? contacts,
      externalId: externalId ?? found.externalId,
      movedOut: false,
      movedOutAt: found.movedOut ? null : found.movedOutAt,
    };
  }

  #householdFor(person: Person, found: Rows['residents'] | undefined): string {
    const unit = this.#unitFor(person.unit);
    const lease = person.household === null ? undefined : this.#leases.get(leaseKey(person));
    if (lease !== undefined) return lease;
    const stays = found && this.#households.get(found.household)?.unit === unit;
    const household = stays
      ? found.household
      : found
        ? this.#moved(person, found, unit)
        : this.#newHousehold(unit);
    if (person.household !== null) this.#leases.set(leaseKey(person), household);
    return household;
  }

  /** Who lived together and moves to one place lives together there. */
  #moved(person: Person, found: Rows['residents'], unit: string): string {
    const key = moveKey(person, found);
    const before = this.#moves.get(key);
    if (before !== undefined) return before;
    const home = this.#movesWhole(key, found)
      ? this.#moveHome(found.household, unit)
      : this.#newHousehold(unit);
    this.#moves.set(key, home);
    return home;
  }

  /** Nobody of the household stays behind: it goes along, and what waits for it (hub/people/moves.ts). */
  #movesWhole(key: string, { id, household }: Rows['residents']): boolean {
    return (this.#homes.get(household) ?? []).every(
      (other) => other.id === id || other.movedOut || this.#movers.get(other.id) === key,
    );
  }

  #moveHome(id: string, unit: string): string {
    const before = this.#households.get(id) ?? null;
    const after = { id, unit };
    this.#households.set(id, after);
    this.#made.households.push({ table: 'households', before, after });
    return id;
  }

  #newHousehold(unit: string): string {
    const after = { id: this.#options.newId(), unit };
    this.#households.set(after.id, after);
    this.#made.households.push({ table: 'households', before: null, after });
    return after.id;
  }

  #unitFor(name: string): string {
    const known = this.#units.get(fold(name));
    if (known) return known.id;
    const after = { id: this.#options.newId(), name };
    this.#units.set(fold(name), after);
    this.#unitNames.set(after.id, name);
    this.#made.units.push({ table: 'units', before: null, after });
    return after.id;
  }
}

function leaseKey({ unit, household }: Person): string {
  return JSON.stringify([fold(unit), household]);
}

/** Those of one key lived together, and go to one unit and lease. */
function moveKey(person: Person, { household }: Rows['residents']): string {
  return JSON.stringify([household, leaseKey(person)]);
}

/** The fields in which two rows differ. */
function differences(before: object, after: object): string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).flatMap(([field, value]) =>
    same(was.get(field) ?? null, value ?? null) ? [] : [field],
  );
}

/** Whether two values of rows are one. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a as never) === canonicalJson(b as never);
}

/** A change as the store takes it. */
export function asRow({ table, after }: RosterChange): RowChange {
  // The row is the table's; the compiler cannot pair the two through the union.
  return { table, row: after } as RowChange;
}
