/**
 * How a courier finds the recipient of a parcel: by unit or by name, with a slip of the finger forgiven. Names stay
 * masked until the search is so narrow that the courier evidently knows the name: the list of residents is nobody's
 * to read.
 */
import type { Recipient } from '@lockerhub/protocol/http/visit.ts';

export interface SearchedUnit {
  readonly unit: string;
  readonly unitName: string;
  readonly residents: readonly { readonly resident: string; readonly name: string }[];
}

/** As many as fit on a kiosk without scrolling. */
export const MAX_RECIPIENTS = 8;
/** With fewer letters nobody is found by name. */
const MIN_NAME_LETTERS = 2;
/** Names are shown in full when so many letters match so few people. */
const NARROW_LETTERS = 3;
const NARROW_PEOPLE = 3;
/** Letters of a word from which one slip, and two, are forgiven: about one in four. */
const ONE_SLIP_FROM = 4;
const TWO_SLIPS_FROM = 8;

interface Hit {
  readonly rank: number;
  readonly unit: SearchedUnit;
  readonly resident: { readonly resident: string; readonly name: string } | null;
}

/** The best matches first, at most `MAX_RECIPIENTS`. An empty query finds nothing. */
export function searchRecipients(query: string, units: readonly SearchedUnit[]): Recipient[] {
  const wanted = fold(query);
  if (!wanted) return [];
  const hits = units.flatMap((unit) => [...hitsByUnit(wanted, unit), ...hitsByName(wanted, unit)]);
  hits.sort((a, b) => a.rank - b.rank || compareNames(a.unit.unitName, b.unit.unitName));
  const byName = hits.filter((hit) => hit.resident !== null && hit.rank >= NAME_RANK);
  const narrow = wanted.replaceAll(' ', '').length >= NARROW_LETTERS && byName.length <= NARROW_PEOPLE;
  return hits.slice(0, MAX_RECIPIENTS).map(({ unit, resident, rank }) => ({
    unit: unit.unit,
    unitName: unit.unitName,
    resident: resident?.resident ?? null,
    label: resident ? (narrow && rank >= NAME_RANK ? resident.name : maskName(resident.name)) : unit.unitName,
  }));
}

/** "Mia Okafor" → "M. O…": enough to compare with a label, too little to learn a name. */
export function maskName(name: string): string {
  const words = name.trim().split(/\s+/);
  const initials = words.map((word) => [...word][0] ?? '');
  const last = initials.pop() ?? '';
  return [...initials.map((initial) => `${initial}.`), `${last}…`].join(' ');
}

/** Ranks: a unit by its exact name, by its beginning; a person by whole words, by beginnings, with slips. */
const NAME_RANK = 10;

function hitsByUnit(wanted: string, unit: SearchedUnit): Hit[] {
  const name = fold(unit.unitName);
  const compact = wanted.replaceAll(' ', '');
  if (name === wanted || name.replaceAll(' ', '') === compact) {
    return [
      { rank: 0, unit, resident: null },
      ...unit.residents.map((resident) => ({ rank: 1, unit, resident })),
    ];
  }
  return name.startsWith(wanted) ? [{ rank: 2, unit, resident: null }] : [];
}

function hitsByName(wanted: string, unit: SearchedUnit): Hit[] {
  if (wanted.replaceAll(' ', '').length < MIN_NAME_LETTERS) return [];
  const hits: Hit[] = [];
  for (const resident of unit.residents) {
    const distance = nameDistance(wanted.split(' '), fold(resident.name).split(' '));
    if (distance !== undefined) hits.push({ rank: NAME_RANK + distance, unit, resident });
  }
  return hits;
}

/** How far the typed words are from a name, each typed word fitting another word of it; undefined if they don't. */
function nameDistance(typed: readonly string[], name: readonly string[]): number | undefined {
  const left = [...name];
  let sum = 0;
  for (const word of typed) {
    const distances = left.map((candidate) => wordDistance(word, candidate));
    const best = Math.min(...distances);
    if (!Number.isFinite(best)) return undefined;
    left.splice(distances.indexOf(best), 1);
    sum += best;
  }
  return sum;
}

/** 0 same, 1 its beginning, 2 and 3 with one and two slips; infinite if it is another word. */
function wordDistance(typed: string, word: string): number {
  if (typed === word) return 0;
  if (word.startsWith(typed)) return 1;
  const allowed = typed.length >= TWO_SLIPS_FROM ? 2 : typed.length >= ONE_SLIP_FROM ? 1 : 0;
  if (allowed === 0) return Number.POSITIVE_INFINITY;
  const slips = Math.min(
    editDistance(typed, word),
    // The word may not be typed to its end yet.
    editDistance(typed, word.slice(0, typed.length)),
  );
  return slips <= allowed ? 1 + slips : Number.POSITIVE_INFINITY;
}

/** Optimal string alignment: insertions, deletions, substitutions and swapped neighbours count one each. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** Lower case without accents, punctuation as spaces: what keyboards and labels agree on. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
