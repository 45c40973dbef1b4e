/** A list's rows as people, or what is wrong with them, line by line. */
import { type PhoneCountry, readPhoneNumber } from '@lockerhub/protocol/http/phone-number.ts';
import type { RosterColumns, RosterFault, RosterField } from '@lockerhub/protocol/http/roster.ts';
import { z } from 'zod';
import type { List, ListRow } from './read-list.ts';

export interface Person {
  readonly line: number;
  readonly externalId: string | null;
  readonly unit: string;
  /** The lease that they share; null: the list does not say. */
  readonly household: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly language: string | null;
}

const Email = z.email().max(254);
const MAX_UNIT = 40;
const MAX_NAME = 120;
const MAX_EXTERNAL_ID = 80;

export interface Checked {
  readonly people: readonly Person[];
  readonly faults: readonly RosterFault[];
}

/** Checks every row; `breathe` is called between so many of them, for whatever else waits. */
export async function checkRows(
  list: List,
  columns: RosterColumns,
  phoneCountry: PhoneCountry,
  breathe: () => Promise<unknown>,
): Promise<Checked> {
  const faults = [...list.faults, ...missingColumns(list, columns)];
  if (faults.length > list.faults.length) return { people: [], faults };
  const people: Person[] = [];
  const seen = new Map<string, number>();
  for (const [index, row] of list.rows.entries()) {
    if (index % ROWS_AT_ONCE === 0) await breathe();
    const person = personOf(row, columns, phoneCountry, (field, what) =>
      faults.push({ line: row.line, field, what }),
    );
    if (!person) continue;
    const key = keyOf(person);
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, row.line);
      people.push(person);
    } else {
      faults.push({ line: row.line, field: null, what: `the same person as in line ${before}` });
    }
  }
  return { people, faults: faults.toSorted((a, b) => a.line - b.line) };
}

/** Rows between two breaths: about a millisecond's work. */
export const ROWS_AT_ONCE = 200;

/** By what a person is the same in another list. */
export function keyOf({ externalId, unit, name }: Pick<Person, 'externalId' | 'unit' | 'name'>): string {
  return externalId === null ? `name ${placeKey(unit, name)}` : `id ${externalId}`;
}

/** Unit and name without case and doubled spaces. */
export function placeKey(unit: string, name: string): string {
  return JSON.stringify([fold(unit), fold(name)]);
}

export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function missingColumns(list: List, columns: RosterColumns): RosterFault[] {
  const unknown = Object.entries(columns).filter(([, header]) => !list.headers.includes(header));
  const faults = unknown.map(([field, header]) => ({ line: 1, field, what: `no column "${header}"` }));
  if (columns.unit === undefined) faults.push({ line: 1, field: 'unit', what: 'no column for the unit' });
  if (columns.name === undefined && columns.lastName === undefined)
    faults.push({ line: 1, field: 'name', what: 'no column for the name' });
  return faults;
}

type Tell = (field: RosterField, what: string) => void;

function personOf(
  { line, cells }: ListRow,
  columns: RosterColumns,
  phoneCountry: PhoneCountry,
  tell: Tell,
): Person | undefined {
  const text = (field: RosterField): string | null => {
    const header = columns[field];
    const value = header === undefined ? '' : (cells[header] ?? '').trim();
    return value === '' ? null : value;
  };
  let good = true;
  const wrong: Tell = (field, what) => {
    good = false;
    tell(field, what);
  };
  const bounded = (field: RosterField, value: string | null, most: number) => {
    if (value !== null && value.length > most) wrong(field, `longer than ${most} characters`);
    return value;
  };
  const unit = bounded('unit', text('unit'), MAX_UNIT);
  if (unit === null) wrong('unit', 'no unit');
  const joined = [text('firstName'), text('lastName')].filter((part) => part !== null).join(' ');
  const name = bounded('name', text('name') ?? (joined || null), MAX_NAME);
  if (name === null) wrong('name', 'no name');
  const email = text('email');
  if (email !== null && !Email.safeParse(email).success) wrong('email', `"${email}" is no e-mail address`);
  const phone = text('phone');
  const number = phone === null ? null : readPhoneNumber(phone, phoneCountry);
  if (number === undefined)
    wrong(
      'phone',
      `"${phone}" is no number with its country (+15550100199), nor one of the building’s own (page Policy); mend it or leave the column out`,
    );
  const externalId = bounded('externalId', text('externalId'), MAX_EXTERNAL_ID);
  const household = bounded('household', text('household'), MAX_EXTERNAL_ID);
  const language = languageOf(text('language'), wrong);
  if (!good || unit === null || name === null) return undefined;
  return { line, externalId, unit, household, name, email, phone: number ?? null, language };
}

function languageOf(text: string | null, wrong: Tell): string | null {
  if (text === null) return null;
  try {
    return new Intl.Locale(text).toString();
  } catch {
    wrong('language', `"${text}" is no language; use one such as en or es-MX`);
    return null;
  }
}
