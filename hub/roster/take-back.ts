/** One change of an import, reversed: unless somebody has changed or used the row since. */
import type { Register } from '../log/register.ts';
import type { RowChange } from '../store/store.ts';
import { type RosterChange, same } from './compare.ts';

export class TakeBack {
  readonly #register: Register;
  readonly #isInUse: (resident: string) => boolean;
  /** Ids that this piece takes away: what only they referred to may go too. */
  readonly #leaving = new Set<string>();
  #byHousehold: ReadonlyMap<string, readonly string[]> | undefined;
  #byUnit: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(register: Register, isInUse: (resident: string) => boolean) {
    this.#register = register;
    this.#isInUse = isInUse;
  }

  /** What undoes it; undefined: it stays as it is. */
  reverse({ table, before, after }: RosterChange): RowChange | undefined {
    const present = this.#register.get(table, after.id);
    if (!present || !same(present, after)) return undefined;
    if (before !== null) return { table, row: before } as RowChange;
    if (this.#isNeeded(table, after.id)) return undefined;
    this.#leaving.add(after.id);
    return { table, remove: after.id } as RowChange;
  }

  #isNeeded(table: RosterChange['table'], id: string): boolean {
    if (table === 'residents') return this.#isInUse(id);
    const inside = table === 'households' ? this.#residents() : this.#households();
    return (inside.get(id) ?? []).some((each) => !this.#leaving.has(each));
  }

  /** Household → residents, read once for the changes of a piece. */
  #residents(): ReadonlyMap<string, readonly string[]> {
    this.#byHousehold ??= grouped(this.#register.all('residents'), ({ household }) => household);
    return this.#byHousehold;
  }

  /** Unit → households. */
  #households(): ReadonlyMap<string, readonly string[]> {
    this.#byUnit ??= grouped(this.#register.all('households'), ({ unit }) => unit);
    return this.#byUnit;
  }
}

function grouped<Row extends { readonly id: string }>(
  rows: readonly Row[],
  by: (row: Row) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const row of rows) {
    const there = groups.get(by(row));
    if (there) there.push(row.id);
    else groups.set(by(row), [row.id]);
  }
  return groups;
}
