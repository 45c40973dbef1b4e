/** How long a courier waits for a recipient: a search over the names of a large building, in the process that answers. */
import { indexUnits, type SearchedUnit, searchRecipients } from '@lockerhub/hub/people/search.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { percentile, sharedMs } from './samples.ts';
import type { Row } from './table.ts';

/** The project's fifth issue, "Speed": over so many residents. */
const RESIDENTS = 30_000;
const AIM_MS = 20;
const IN_A_UNIT = 3;
const SEARCHES = 2_000;
const QUICK_SEARCHES = 300;
const SEED = 5;

const SYLLABLES = [
  'ma',
  'ra',
  'ol',
  'sen',
  'jo',
  'nas',
  'we',
  'ber',
  'lu',
  'ci',
  'fer',
  'nan',
  'dez',
  'al',
  'i',
];

/** Runs the bench. */
export async function benchSearch(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const random = new SeededRandom(SEED);
  const units = house(random);
  const index = indexUnits(units);
  const times: number[] = [];
  for (let search = 0; search < (quick ? QUICK_SEARCHES : SEARCHES); search += 1) {
    const query = typedBy(random, units);
    const fromMs = sharedMs();
    searchRecipients(query, index);
    times.push(sharedMs() - fromMs);
  }
  say(`${times.length} searches by unit, beginning, name and slip over ${RESIDENTS} residents`);
  const p95 = percentile(times, 95);
  const what = `recipient search over ${RESIDENTS} residents, p95`;
  return [{ what, product: p95, unit: 'ms', aim: `≤ ${AIM_MS} ms`, met: p95 <= AIM_MS }];
}

/** As many different names as a town of that size has. */
const FIRST_NAMES = 1_000;
const LAST_NAMES = 12_000;

function house(random: SeededRandom): SearchedUnit[] {
  const first = Array.from({ length: FIRST_NAMES }, () => word(random));
  const last = Array.from({ length: LAST_NAMES }, () => word(random) + word(random));
  return Array.from({ length: RESIDENTS / IN_A_UNIT }, (_, number) => ({
    unit: `unit ${number}`,
    unitName: String(101 + number),
    residents: Array.from({ length: IN_A_UNIT }, (_, person) => ({
      resident: `resident ${number} ${person}`,
      name: `${random.pick(first)} ${random.pick(last)}`,
    })),
  }));
}

function word(random: SeededRandom): string {
  return Array.from({ length: random.between(1, 3) }, () => random.pick(SYLLABLES)).join('');
}

/** What a courier types: some of a name, a slip in it, or a unit. */
function typedBy(random: SeededRandom, units: readonly SearchedUnit[]): string {
  const { unitName, residents } = random.pick(units);
  const name = random.pick(residents).name;
  if (random.oneIn(3)) return unitName.slice(0, random.between(1, unitName.length));
  const typed = name.slice(0, random.between(2, name.length));
  const at = random.between(1, typed.length - 1);
  return random.oneIn(2) ? typed : typed.slice(0, at) + typed.slice(at + 1);
}
