/**
 * Opens while staff read through a million deliveries: lists, searches and stories, without a pause, by several readers.
 * Before that each kind of question alone: what the slowest answer takes is more than any statement in it.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '@lockerhub/hub/store/pglite/migrations.ts';
import { DELIVERY_STATES, DeliveryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { PROJECTION_VERSION } from '@lockerhub/protocol/log/projections/project.ts';
import { z } from 'zod';
import { emptyStoreIn } from '../testing/store-folder.ts';
import type { HubLink } from '../walk/hub-link.ts';
import { openRound } from './contender.ts';
import { bankFile, furnish, openHouse, startDoorPlc, unitName } from './house.ts';
import { Product } from './product.ts';
import { asJson, startProgram } from './program.ts';
import type { ReadingOrder } from './readers.ts';
import { median, percentile } from './samples.ts';
import type { Row } from './table.ts';

const DELIVERIES = 1_000_000;
const QUICK_DELIVERIES = 100_000;
/** Years of a building are kept for the next run; raised with any change of what is in them. */
const SHAPE = 2;
const KEPT = join(import.meta.dirname, '..', '..', 'data', 'bench');

const READERS = 3;
const ROUNDS = 10;
const QUICK_ROUNDS = 3;
/** How often the readers ask each question before they begin again. */
const TURNS = 40;
const ASKED_ALONE = 15;
const DAY_MS = 24 * 3600_000;
/** Aims of the first issue ("Tests that must exist") and of the design, section 3. */
const OPEN_P99_MS = 100;
const STATEMENT_MS = 50;

const Page = pageOf(z.object({}).loose());
const Deliveries = pageOf(DeliveryView);

/** A kind of question, and the paths that ask it. */
interface Question {
  readonly what: string;
  readonly path: (turn: number) => string;
}

/** How long the answers to a kind of question took, by their median. */
interface Answered {
  readonly what: string;
  readonly ms: number;
}

/** What a staff page asks first. */
const FIRST_PAGE = 'newest deliveries';

/** Runs the bench. */
export async function benchReport(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const count = quick ? QUICK_DELIVERIES : DELIVERIES;
  const plc = await startDoorPlc();
  const folder = await filledFolder(count, plc.ready.port, say);
  // The port of the last run was another one.
  await writeFile(join(folder, 'bank.yaml'), bankFile(plc.ready.port));
  const product = await Product.join(await openHouse(folder, 'agent', plc), 'product');
  try {
    const { staff } = product.house;
    const questions = await questionsFor(staff);
    const alone = await askAlone(staff, questions, say);
    const opens = await openUnderReading(product, questions, quick ? QUICK_ROUNDS : ROUNDS);
    say(`${opens.length} opens, median ${median(opens).toFixed(1)} ms`);
    return rowsOf(count, percentile(opens, 99), alone);
  } finally {
    await product.stop();
  }
}

function rowsOf(
  count: number,
  p99: number,
  { slowest, firstPage }: { readonly slowest: Answered; readonly firstPage: Answered },
): Row[] {
  const deliveries = `${count.toLocaleString('en')} deliveries`;
  return [
    {
      what: `open, p99, while ${READERS} readers ask about ${deliveries}`,
      product: p99,
      unit: 'ms',
      aim: `≤ ${OPEN_P99_MS} ms`,
      met: p99 <= OPEN_P99_MS,
    },
    {
      what: `first page of ${deliveries}, whole answer`,
      product: firstPage.ms,
      unit: 'ms',
      aim: `≤ ${STATEMENT_MS} ms`,
      met: firstPage.ms <= STATEMENT_MS,
    },
    {
      what: `slowest answer over them, alone (${slowest.what})`,
      product: slowest.ms,
      unit: 'ms',
      aim: `≤ ${STATEMENT_MS} ms`,
      met: slowest.ms <= STATEMENT_MS,
    },
  ];
}

/** A building that has seen so much; made once. */
async function filledFolder(count: number, plcPort: number, say: (words: string) => void): Promise<string> {
  const folder = join(KEPT, `deliveries-${count}-${SHAPE}-${SCHEMA_VERSION}-${PROJECTION_VERSION}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  say(
    `making a store with ${count.toLocaleString('en')} deliveries, once (some minutes); it stays in ${KEPT}`,
  );
  await emptyStoreIn(join(unfinished, 'hub'));
  await furnish(unfinished, 'agent', plcPort);
  const filling = await startProgram({
    script: 'sim/bench/report-store.ts',
    arguments: [join(unfinished, 'hub'), String(count)],
    ready: (line) => {
      say(line);
      return line;
    },
  });
  await filling.ended;
  await rename(unfinished, folder);
  return folder;
}

/** Places spread over all years, so that not always the same pages are asked for. */
async function questionsFor(staff: HubLink): Promise<Question[]> {
  const ask = (path: string) => staff.ask('GET', path, Deliveries);
  const known = (await ask('/api/v1/deliveries?limit=200')).items;
  const newest = Number((await staff.ask('GET', '/api/v1/log?limit=1', Page)).before);
  const before = (turn: number) => 1_000 + Math.floor(((turn * 7919) % 10_007) * (newest / 10_007));
  const [oldest] = (await ask(`/api/v1/deliveries?limit=1&before=${before(0) + 1}`)).items;
  const day = (turn: number) => (oldest?.assignedAt ?? 0) + (turn % 60) * DAY_MS;
  const at = <T>(list: readonly T[], turn: number) => list[turn % list.length];
  return [
    { what: FIRST_PAGE, path: () => '/api/v1/deliveries' },
    { what: 'old deliveries', path: (turn) => `/api/v1/deliveries?limit=200&before=${before(turn)}` },
    ...DELIVERY_STATES.map((state) => ({
      what: `deliveries ${state}`,
      path: (turn: number) => `/api/v1/deliveries?state=${state}&before=${before(turn)}`,
    })),
    { what: 'deliveries of a carrier', path: () => `/api/v1/deliveries?carrier=Northline%20Parcel` },
    { what: 'deliveries of a carrier that never came', path: () => `/api/v1/deliveries?carrier=Nobody` },
    {
      what: 'deliveries of a door',
      path: (turn) => `/api/v1/deliveries?bank=wall&compartment=${1 + (turn % 32)}`,
    },
    {
      what: 'deliveries of a day',
      path: (turn) => `/api/v1/deliveries?from=${day(turn)}&to=${day(turn) + DAY_MS}`,
    },
    { what: 'search by unit', path: (turn) => `/api/v1/deliveries?q=${unitName(turn % 120)}` },
    {
      what: 'old deliveries of a unit in a rare state',
      path: (turn) => `/api/v1/deliveries?q=${unitName(turn % 120)}&state=missing&before=${before(turn)}`,
    },
    { what: 'search by name', path: (turn) => `/api/v1/deliveries?q=Resident%20${unitName(turn % 120)}` },
    { what: 'search by a name that all share', path: () => '/api/v1/deliveries?q=Resident' },
    { what: 'search by what nobody has', path: () => '/api/v1/deliveries?q=zzzzzz' },
    { what: 'search by number', path: (turn) => `/api/v1/deliveries?q=${at(known, turn)?.tracking}` },
    { what: 'search by the beginning of all numbers', path: () => '/api/v1/deliveries?q=1Z' },
    { what: 'a story', path: (turn) => `/api/v1/deliveries/${at(known, turn)?.delivery}` },
    { what: 'the log', path: (turn) => `/api/v1/log?limit=200&before=${before(turn)}` },
    { what: 'the outbox', path: (turn) => `/api/v1/outbox?limit=200&before=${before(turn)}` },
    { what: 'closed cases', path: (turn) => `/api/v1/cases?state=closed&before=${before(turn)}` },
    { what: 'the building', path: () => '/api/v1/building' },
  ];
}

/** Each question by itself; the slowest by its median, for a machine stalls now and then. */
async function askAlone(
  staff: HubLink,
  questions: readonly Question[],
  say: (words: string) => void,
): Promise<{ slowest: Answered; firstPage: Answered }> {
  const found: { what: string; ms: number; worst: number }[] = [];
  for (const { what, path } of questions) {
    const times: number[] = [];
    for (let turn = 0; turn < ASKED_ALONE; turn++) {
      const beganMs = performance.now();
      await staff.ask('GET', path(turn), z.unknown());
      times.push(performance.now() - beganMs);
    }
    found.push({ what, ms: median(times), worst: Math.max(...times) });
  }
  found.sort((a, b) => b.ms - a.ms);
  say('answers alone, median and worst of all, ms; the five slowest kinds:');
  for (const { what, ms, worst } of found.slice(0, 5)) {
    say(`${what.padEnd(44)}${ms.toFixed(1).padStart(8)}${worst.toFixed(1).padStart(8)}`);
  }
  const [slowest] = found;
  const firstPage = found.find(({ what }) => what === FIRST_PAGE);
  if (!slowest || !firstPage) throw new RangeError('nothing was asked');
  return { slowest, firstPage };
}

/** How long each open took while the readers read. */
async function openUnderReading(
  product: Product,
  questions: readonly Question[],
  rounds: number,
): Promise<number[]> {
  const readers = await startProgram({
    script: 'sim/bench/readers.ts',
    ipc: true,
    ready: (line) => asJson(line) ?? undefined,
  });
  const { hub, token } = product.house;
  readers.child.send({
    address: hub.ready.http,
    token,
    readers: READERS,
    paths: Array.from({ length: TURNS }, (_, turn) => questions.map(({ path }) => path(turn))).flat(),
  } satisfies ReadingOrder);
  const opens: number[] = [];
  for (let round = 0; round < rounds; round++) {
    opens.push(...(await openRound(product)).map(({ total }) => total));
  }
  // Throws if a reader was refused meanwhile.
  await readers.stop();
  return opens;
}
