/**
 * An open, from the POST to the moment the door is confirmed, beside a floor of what no program can do without. Both
 * in real processes, with a simulated PLC each whose doors open at once; rounds interleaved.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { z } from 'zod';
import { emptyStoreIn } from '../testing/store-folder.ts';
import { waitFor } from '../testing/wait-for.ts';
import type { Pulse } from './door-plc.ts';
import { type Heard, listenTo } from './event-stream.ts';
import type { FloorAnswer } from './floor/topics.ts';
import { BANK, DOORS, furnish, type House, openHouse, type Reach, startDoorPlc } from './house.ts';
import { asJson, startProgram } from './program.ts';
import { median, percentile, sharedMs } from './samples.ts';
import type { Row } from './table.ts';

const ROUNDS = 12;
const QUICK_ROUNDS = 4;
/** The first rounds run on cold code: not counted. */
const WARM_UP_ROUNDS = 2;
const OPEN_WITHIN_MS = 10_000;
const START_WITHIN_MS = 30_000;
const AIM = 2;

/** Where the time of one open went, in ms. */
export interface Stages {
  /** POST → the grant is durable: HTTP, the decision, the commit. */
  readonly commit: number;
  /** → the pulse leaves the agent: MQTT, checks, `begun` on the disk. */
  readonly order: number;
  /** → the door was seen open: write and read-back. */
  readonly door: number;
  /** → the POSTer knows it: MQTT back, and what the program does before it tells. */
  readonly report: number;
}

interface Opened extends Stages {
  readonly total: number;
}

/** Somebody who opens doors. */
interface Contender {
  readonly what: string;
  open(door: number): Promise<Opened>;
  /** Shuts all doors. Resolves when that is known. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** What the bench of opens found for one contender. */
export interface OpenFigures {
  readonly what: string;
  /** The median of the rounds' medians. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly stages: Stages;
  readonly opens: number;
}

/** Runs the bench. */
export async function benchOpen(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bench-open-'));
  const contenders: Contender[] = [];
  try {
    say('starting hubs, agents, PLCs and the floor');
    contenders.push(await startProduct(join(folder, 'agent'), 'agent'));
    contenders.push(await startProduct(join(folder, 'bridge'), 'hub'));
    contenders.push(await startFloor(join(folder, 'floor')));
    const figures = await race(contenders, quick ? QUICK_ROUNDS : ROUNDS, say);
    say(stagesTable(figures));
    return rowsOf(figures);
  } finally {
    for (const contender of contenders) await contender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function race(
  contenders: readonly Contender[],
  rounds: number,
  say: (words: string) => void,
): Promise<OpenFigures[]> {
  const counted = contenders.map(() => [] as Opened[][]);
  for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
    for (const [index, contender] of contenders.entries()) {
      const opened: Opened[] = [];
      for (let door = 1; door <= DOORS; door++) opened.push(await contender.open(door));
      await contender.settled();
      if (round >= WARM_UP_ROUNDS) counted[index]?.push(opened);
    }
    if (round >= WARM_UP_ROUNDS) say(`round ${round - WARM_UP_ROUNDS + 1} of ${rounds}`);
  }
  return contenders.map(({ what }, index) => figuresOf(what, counted[index] ?? []));
}

function figuresOf(what: string, rounds: readonly (readonly Opened[])[]): OpenFigures {
  const all = rounds.flat();
  const middle = (stage: keyof Opened) =>
    median(rounds.map((round) => median(round.map((opened) => opened[stage]))));
  return {
    what,
    medianMs: middle('total'),
    p99Ms: percentile(
      all.map(({ total }) => total),
      99,
    ),
    stages: {
      commit: middle('commit'),
      order: middle('order'),
      door: middle('door'),
      report: middle('report'),
    },
    opens: all.length,
  };
}

function rowsOf(figures: readonly OpenFigures[]): Row[] {
  const floor = figures.at(-1);
  if (!floor) throw new RangeError('the floor is missing');
  return figures.slice(0, -1).flatMap(({ what, medianMs, p99Ms }): Row[] => [
    {
      what: `open, ${what}, median`,
      product: medianMs,
      peer: floor.medianMs,
      unit: 'ms',
      aim: `≤ ${AIM} × the floor`,
      met: medianMs <= AIM * floor.medianMs,
    },
    { what: `open, ${what}, p99`, product: p99Ms, peer: floor.p99Ms, unit: 'ms', aim: '', met: null },
  ]);
}

function stagesTable(figures: readonly OpenFigures[]): string {
  const lines = figures.map(({ what, medianMs, p99Ms, stages: { commit, order, door, report } }) => {
    const cells = [medianMs, p99Ms, commit, order, door, report];
    return `${what.padEnd(28)}${cells.map((ms) => ms.toFixed(2).padStart(9)).join('')}`;
  });
  const head = ['median', 'p99', 'commit', 'order', 'door', 'report']
    .map((name) => name.padStart(9))
    .join('');
  return [`where the time goes, ms`.padEnd(28) + head, ...lines].join('\n');
}

async function startProduct(folder: string, reach: Reach): Promise<Contender> {
  const plc = await startDoorPlc();
  await emptyStoreIn(join(folder, 'hub'));
  await furnish(folder, reach, plc.ready.port);
  const house = await openHouse(folder, reach, plc);
  return Product.join(house, reach === 'agent' ? 'agent process' : 'bridge of the hub');
}

/** Opens as staff, and hears of it as the staff page does. */
class Product implements Contender {
  readonly what: string;
  readonly #house: House;
  readonly #http = new Agent({ keepAlive: true });
  readonly #doors = new Map<number, string>();
  readonly #pulses = new Map<number, number>();
  readonly #heard = new Map<string, Extract<Heard, { name: 'entry' }>>();
  #tell = () => {};
  #stopListening = () => {};

  private constructor(house: House, what: string) {
    this.#house = house;
    this.what = what;
  }

  static async join(house: House, what: string): Promise<Product> {
    const product = new Product(house, what);
    house.plc.child.on('message', ({ door, atMs }: Pulse) => {
      product.#pulses.set(door, atMs);
      product.#tell();
    });
    product.#stopListening = await listenTo(house.hub.ready.http, house.token, (heard) =>
      product.#hear(heard),
    );
    await waitFor(() => product.#look(), START_WITHIN_MS, `the doors of the ${what} to be known as shut`);
    return product;
  }

  async open(door: number): Promise<Opened> {
    this.#pulses.delete(door);
    const path = `/api/v1/banks/${BANK}/compartments/${door}/open`;
    const postedMs = sharedMs();
    const { grant } = GrantAnswer.parse(
      await post(this.#house.hub.ready.http + path, this.#http, { reason: 'bench' }, this.#house.token),
    );
    const ended = await this.#ended(grant, door);
    const data = ended.data.data as { readonly end: string; readonly latencyMs?: number };
    const issuedMs = this.#heard.get(`grant.issued ${grant}`)?.atMs;
    const pulsedMs = this.#pulses.get(door);
    if (
      data.end !== 'opened' ||
      issuedMs === undefined ||
      pulsedMs === undefined ||
      data.latencyMs === undefined
    ) {
      throw new Error(`door ${door} was not opened (${data.end})`);
    }
    this.#heard.clear();
    return {
      total: ended.atMs - postedMs,
      commit: issuedMs - postedMs,
      order: pulsedMs - issuedMs,
      door: data.latencyMs,
      report: ended.atMs - pulsedMs - data.latencyMs,
    };
  }

  async settled(): Promise<void> {
    this.#house.plc.child.send('shut');
    await waitFor(() => this.#allShut(), OPEN_WITHIN_MS, 'all doors to be shut again');
    this.#house.plc.child.send('hold');
  }

  async stop(): Promise<void> {
    this.#stopListening();
    this.#http.destroy();
    await this.#house.stop();
    await this.#house.plc.stop();
  }

  #hear(heard: Heard): void {
    if (heard.name === 'door') this.#doors.set(heard.data.number, heard.data.door);
    if (heard.name === 'entry') {
      const { type, data } = heard.data;
      if (type.startsWith('grant.')) this.#heard.set(`${type} ${String(data.grant)}`, heard);
    }
    this.#tell();
  }

  /** Doors that were known before the stream began are in no event. */
  async #look(): Promise<boolean> {
    const { banks } = await this.#house.staff.ask('GET', '/api/v1/building', BuildingView);
    for (const { number, door } of banks[0]?.doors ?? []) this.#doors.set(number, door);
    return this.#allShut();
  }

  #allShut(): boolean {
    const doors = [...this.#doors.values()];
    return doors.length === DOORS && doors.every((door) => door === 'closed');
  }

  /** Event by event, not by looking again and again: that would be measured too. */
  #ended(grant: string, door: number): Promise<Extract<Heard, { name: 'entry' }>> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`door ${door} was not confirmed within ${OPEN_WITHIN_MS} ms`)),
        OPEN_WITHIN_MS,
      );
      this.#tell = () => {
        const ended = this.#heard.get(`grant.ended ${grant}`);
        if (!ended || !this.#pulses.has(door)) return;
        this.#tell = () => {};
        clearTimeout(late);
        resolve(ended);
      };
      this.#tell();
    });
  }
}

const GrantAnswer = z.object({ grant: z.string() });
const FloorHubReady = z.object({ http: z.number(), mqtt: z.number() });
const Joined = z.object({ joined: z.literal(true) });

async function startFloor(folder: string): Promise<Contender> {
  const plc = await startDoorPlc();
  await emptyStoreIn(folder);
  const joined = Promise.withResolvers<void>();
  const hub = await startProgram({
    script: 'sim/bench/floor/hub.ts',
    arguments: [folder],
    ready: (line) => {
      const said = asJson(line);
      if (Joined.safeParse(said).success) joined.resolve();
      return FloorHubReady.safeParse(said).data;
    },
  });
  const agent = await startProgram({
    script: 'sim/bench/floor/agent.ts',
    arguments: [String(hub.ready.mqtt), String(plc.ready.port), join(folder, 'ledger')],
    ready: (line) => asJson(line) ?? undefined,
  });
  await joined.promise;
  const http = new Agent({ keepAlive: true });
  return {
    what: 'floor',
    async open(door) {
      const postedMs = sharedMs();
      const answer = (await post(`http://127.0.0.1:${hub.ready.http}/`, http, {
        door,
        reason: 'bench',
      })) as FloorAnswer;
      const totalMs = sharedMs() - postedMs;
      if (!answer.isOpen) throw new Error(`the floor's door ${door} is shut`);
      const { committedAtMs, pulsedAtMs, seenAtMs } = answer;
      return {
        total: totalMs,
        commit: committedAtMs - postedMs,
        order: pulsedAtMs - committedAtMs,
        door: seenAtMs - pulsedAtMs,
        report: postedMs + totalMs - seenAtMs,
      };
    },
    async settled() {
      plc.child.send('shut');
      await pause(FLOOR_SETTLES_MS);
      plc.child.send('hold');
    },
    async stop() {
      http.destroy();
      await agent.stop();
      await hub.stop();
      await plc.stop();
    },
  };
}

/** The floor's pulse, and some. */
const FLOOR_SETTLES_MS = 300;

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** POSTs JSON over a connection that stays open. @throws Error on any other answer than 200. */
async function post(url: string, agent: Agent, body: unknown, token?: string): Promise<unknown> {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      json(answer).then((parsed) => {
        if (answer.statusCode === 200) resolve(parsed);
        else reject(new Error(`${url} answered ${answer.statusCode}: ${JSON.stringify(parsed)}`));
      }, reject);
    });
    asked.on('error', reject).end(text);
  });
}
