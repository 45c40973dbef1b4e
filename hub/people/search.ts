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

/** A word of a name, and which letters it has: a quick look at what cannot fit. */
interface IndexedWord {
  readonly text: string;
  readonly letters: number;
}

interface IndexedResident {
  readonly resident: string;
  readonly name: string;
  /** By their number among all words: many people share one. */
  readonly words: readonly number[];
}

interface IndexedUnit {
  readonly unit: string;
  readonly unitName: string;
  /** As it is compared, with and without blanks. */
  readonly folded: string;
  readonly compact: string;
  /** Its place among all units by name. */
  readonly order: number;
  readonly residents: readonly IndexedResident[];
}

/** Units and names as they are compared: made once, for a search may not look at 30,000 names letter by letter. */
export interface SearchIndex {
  readonly units: readonly IndexedUnit[];
  readonly words: readonly IndexedWord[];
}

/** Made anew whenever a unit or a resident changes. */
export function indexUnits(units: readonly SearchedUnit[]): SearchIndex {
  const sorted = units.toSorted((a, b) => compareNames(a.unitName, b.unitName));
  const numbers = new Map<string, number>();
  const numberOf = (word: string) => {
    const number = numbers.get(word) ?? numbers.size;
    numbers.set(word, number);
    return number;
  };
  const indexed = sorted.map(({ unit, unitName, residents }, order) => {
    const folded = fold(unitName);
    return {
      unit,
      unitName,
      folded,
      compact: folded.replaceAll(' ', ''),
      order,
      residents: residents.map(({ resident, name }) => ({
        resident,
        name,
        words: fold(name).split(' ').map(numberOf),
      })),
    };
  });
  return { units: indexed, words: [...numbers.keys()].map(indexWord) };
}

function indexWord(text: string): IndexedWord {
  return { text, letters: lettersOf(text) };
}

/** Its letters as bits; two letters may share one, which only makes the look less quick. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let at = 0; at < text.length; at++) letters |= 1 << (text.charCodeAt(at) & 31);
  return letters;
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

interface Hit {
  readonly rank: number;
  readonly unit: IndexedUnit;
  readonly resident: IndexedResident | null;
}

/** The best matches first, at most `MAX_RECIPIENTS`. An empty query finds nothing. */
export function searchRecipients(query: string, index: SearchIndex): Recipient[] {
  const wanted = fold(query);
  if (!wanted) return [];
  const typed = wanted.split(' ').map(indexWord);
  const isName = typed.reduce((sum, { text }) => sum + text.length, 0) >= MIN_NAME_LETTERS;
  // Each word of the building is compared once, however many people bear it.
  const distances = isName
    ? typed.map((word) => Uint8Array.from(index.words, (known) => wordDistance(word, known)))
    : [];
  const hits: Hit[] = [];
  for (const unit of index.units) {
    addHitsByUnit(hits, wanted, unit);
    if (isName) addHitsByName(hits, distances, unit);
  }
  hits.sort((a, b) => a.rank - b.rank || a.unit.order - b.unit.order);
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

function addHitsByUnit(hits: Hit[], wanted: string, unit: IndexedUnit): void {
  const { folded, compact, residents } = unit;
  if (folded === wanted || compact === wanted.replaceAll(' ', '')) {
    hits.push({ rank: 0, unit, resident: null });
    for (const resident of residents) hits.push({ rank: 1, unit, resident });
  } else if (folded.startsWith(wanted)) {
    hits.push({ rank: 2, unit, resident: null });
  }
}

function addHitsByName(hits: Hit[], distances: readonly Uint8Array[], unit: IndexedUnit): void {
  for (const resident of unit.residents) {
    const distance = nameDistance(distances, resident.words);
    if (distance < ANOTHER) hits.push({ rank: NAME_RANK + distance, unit, resident });
  }
}

/** How far the typed words are from a name, each typed word fitting another word of it; `ANOTHER` if they don't. */
function nameDistance(distances: readonly Uint8Array[], name: readonly number[]): number {
  let taken = 0;
  let sum = 0;
  for (const distanceTo of distances) {
    let best = ANOTHER;
    let bestAt = 0;
    for (let at = 0; at < name.length; at++) {
      const distance = distanceTo[name[at] ?? 0] ?? ANOTHER;
      if (distance >= best || taken & (1 << at)) continue;
      best = distance;
      bestAt = at;
    }
    if (best === ANOTHER) return ANOTHER;
    taken |= 1 << bestAt;
    sum += best;
  }
  return sum;
}

/** The distance to another word; above every sum of slips in a query. */
const ANOTHER = 255;

/** 0 same, 1 its beginning, 2 and 3 with one and two slips; `ANOTHER` if it is another word. */
function wordDistance({ text: typed, letters }: IndexedWord, word: IndexedWord): number {
  if (word.text.startsWith(typed)) return typed.length === word.text.length ? 0 : 1;
  const allowed = typed.length >= TWO_SLIPS_FROM ? 2 : typed.length >= ONE_SLIP_FROM ? 1 : 0;
  // Each letter that the word does not have at all takes a slip of its own, and so does each that is missing.
  if (allowed === 0 || countBits(letters & ~word.letters) > allowed) return ANOTHER;
  if (typed.length - word.text.length > allowed) return ANOTHER;
  const slips = Math.min(
    word.text.length - typed.length > allowed ? ANOTHER : editDistance(typed, word.text),
    // The word may not be typed to its end yet.
    word.text.length > typed.length ? editDistance(typed, word.text.slice(0, typed.length)) : ANOTHER,
  );
  return slips <= allowed ? 1 + slips : ANOTHER;
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
