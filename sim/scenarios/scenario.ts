/** A building from a seed: people come and go, things break, and a witness sees whether the promises hold. */
import { DOOR_STATES, type DoorState } from '@lockerhub/protocol/bank/messages.ts';
import { goRounds } from './caretaker.ts';
import { FAULTS, type FaultName, pickFault } from './faults.ts';
import { bringParcels } from './people/courier.ts';
import { attempt, type Scene } from './people/person.ts';
import { fetchParcels } from './people/resident.ts';
import { World } from './virtual/virtual-building.ts';
import { Witness } from './witness.ts';

/** With everything mended, all that is unsettled must settle within this time. */
const DRAIN_MS = 12 * 60_000;
/** A run that takes longer than this (simulated) is stuck: nobody gets on. */
const STUCK_AFTER_MS_PER_DELIVERY = 120_000;
/** How long somebody may collect for a resident. */
const DELEGATED_MS = 30 * 60_000;
const CHECK_EVERY_MS = 5 * 60_000;
const SAMPLE_EVERY_MS = 500;

export interface ScenarioOptions {
  readonly seed: number;
  readonly deliveries: number;
  /** Mean pause between two faults of the building. */
  readonly faultEveryMs?: number;
  readonly onProgress?: (report: Report) => void;
}

export interface Report {
  readonly seed: number;
  readonly deliveries: number;
  /** Parcels that were put beside others. */
  readonly sharings: number;
  readonly acknowledged: number;
  readonly simulatedMs: number;
  readonly entries: number;
  /** The end of the log's chain: two runs with the same hash did the same. */
  readonly headHash: string;
  readonly faults: Readonly<Record<FaultName, number>>;
  readonly doorStates: Readonly<Record<DoorState, number>>;
  readonly violations: readonly string[];
}

/** Runs a scenario to its end, or to the first violation. The same seed gives the same run. */
export async function runScenario(options: ScenarioOptions): Promise<Report> {
  return new Scenario(options).run();
}

class Scenario {
  readonly #options: ScenarioOptions;
  readonly #witness: Witness;
  readonly #faults = zeros(Object.keys(FAULTS) as FaultName[]);
  readonly #doorStates = zeros(DOOR_STATES);
  #world: World | undefined;
  #phase: 'busy' | 'drain' | 'over' = 'busy';

  constructor(options: ScenarioOptions) {
    this.#options = options;
    this.#witness = new Witness(() => this.world);
  }

  get world(): World {
    if (!this.#world) throw new Error('the building is not built yet');
    return this.#world;
  }

  async run(): Promise<Report> {
    this.#world = await World.build(this.#options.seed, {
      effect: (effect) => this.#witness.effect(effect),
      hubStarted: () => {},
    });
    for (const bank of this.world.banks.values()) this.#witness.watch(bank);
    const { random } = this.world;
    const scene: Scene = { world: this.world, witness: this.#witness, random: random.fork() };
    const codes = await this.#drive(
      Promise.all(this.world.people.couriers.map((id) => this.world.issueCode(id))),
    );
    const people = [...this.world.banks.keys()].map((bank) =>
      this.#peopleAt({ ...scene, random: random.fork() }, bank, codes),
    );
    const faults = this.#breakThings({ ...scene, random: random.fork() });
    const staff = goRounds({ ...scene, random: random.fork() }, () => this.#phase === 'over');
    void this.#sample();
    await this.#drive(Promise.all([...people, faults]));
    await this.#drain();
    this.#phase = 'over';
    await this.#drive(staff);
    this.#witness.checkRecords();
    return this.#report();
  }

  /** Moves the clock until `work` is done. */
  async #drive<Result>(work: Promise<Result>): Promise<Result> {
    let done = false;
    let failure: unknown;
    work.then(
      () => {
        done = true;
      },
      (error: unknown) => {
        failure = error;
        done = true;
      },
    );
    const { clock } = this.world;
    const limitMs = clock.monotonicMs() + STUCK_AFTER_MS_PER_DELIVERY * (this.#options.deliveries + 100);
    let nextCheckMs = clock.monotonicMs() + CHECK_EVERY_MS;
    while (!done) {
      await clock.advance(1_000);
      if (clock.monotonicMs() > nextCheckMs) {
        nextCheckMs += CHECK_EVERY_MS;
        this.#options.onProgress?.(this.#report());
      }
      if (this.#witness.violations.length > 0) this.#phase = 'over';
      if (clock.monotonicMs() > limitMs) throw new Error(`seed ${this.#options.seed}: the building is stuck`);
    }
    if (failure !== undefined) throw failure;
    return work;
  }

  async #peopleAt(scene: Scene, bank: string, codes: readonly string[]): Promise<void> {
    const { world, random } = scene;
    const { deliveries } = this.#options;
    while (this.#phase === 'busy' && this.#witness.deliveries < deliveries) {
      await world.sleep(random.between(500, 8_000));
      if (random.oneIn(2)) await this.#someoneFetches(scene, bank);
      else await bringParcels(scene, random.pick(codes), bank, random.between(1, 4));
    }
  }

  async #someoneFetches(scene: Scene, bank: string): Promise<void> {
    const { world, witness, random } = scene;
    const waiting = witness.waitingAt(bank).filter(({ resident }) => world.mail.has(resident));
    if (waiting.length === 0) return;
    const { resident } = random.pick(waiting);
    const code = world.mail.get(resident);
    if (code === undefined) return;
    if (random.oneIn(4)) await this.#sendsSomebody(scene, resident, bank);
    else await fetchParcels(scene, { resident }, code, bank);
  }

  /** A resident names somebody for one of the parcels or for all, who comes with a code of their own, once or twice. */
  async #sendsSomebody(scene: Scene, resident: string, bank: string): Promise<void> {
    const { world, witness, random } = scene;
    const theirs = witness.waitingAt(bank).filter((parcel) => parcel.resident === resident);
    const delivery = random.oneIn(2) ? (random.pick(theirs)?.delivery ?? null) : null;
    const by = { kind: 'resident', id: resident } as const;
    const nowMs = world.clock.wallMs();
    const named = await attempt(() =>
      world.execute({
        type: 'name-delegate',
        by,
        resident,
        delivery,
        fromMs: nowMs,
        untilMs: nowMs + DELEGATED_MS,
      }),
    );
    if (!named) return;
    await fetchParcels(scene, { resident, named: delivery ?? 'all' }, named.code, bank);
    const { delegate } = named;
    if (random.oneIn(2)) await attempt(() => world.execute({ type: 'end-delegate', by, resident, delegate }));
    await fetchParcels(scene, { resident, named: delivery ?? 'all' }, named.code, bank);
  }

  async #breakThings(scene: Scene): Promise<void> {
    const { world, random } = scene;
    const pauseMs = this.#options.faultEveryMs ?? 12_000;
    const mending: Promise<void>[] = [];
    while (this.#phase === 'busy' && this.#witness.deliveries < this.#options.deliveries) {
      await world.sleep(random.between(0, 2 * pauseMs));
      const name = pickFault(random);
      const bank = random.pick([...world.banks.values()]);
      mending.push(
        FAULTS[name](scene, bank).then((isEffective) => {
          if (isEffective) this.#faults[name] += 1;
        }),
      );
    }
    await Promise.all(mending);
  }

  /** Everything is mended; residents fetch what waits, staff settle the rest. */
  async #drain(): Promise<void> {
    if (this.#phase === 'over') return;
    this.#phase = 'drain';
    const { world } = this;
    const scene: Scene = { world, witness: this.#witness, random: world.random.fork() };
    const fetching = [...world.banks.keys()].map(async (bank) => {
      const untilMs = world.clock.monotonicMs() + DRAIN_MS;
      while (this.#phase === 'drain' && world.clock.monotonicMs() < untilMs) {
        await world.sleep(10_000);
        await this.#someoneFetches(scene, bank);
      }
    });
    await this.#drive(Promise.all(fetching));
  }

  async #sample(): Promise<void> {
    while (this.#phase !== 'over') {
      await this.world.sleep(SAMPLE_EVERY_MS);
      for (const { door } of this.world.hub?.building.model.doors.values() ?? []) this.#doorStates[door] += 1;
    }
  }

  #report(): Report {
    return {
      seed: this.#options.seed,
      deliveries: this.#witness.deliveries,
      sharings: this.#witness.sharings,
      acknowledged: this.#witness.acknowledgedCount,
      simulatedMs: this.world.clock.monotonicMs(),
      entries: this.world.disk.head.seq,
      headHash: this.world.disk.head.hash,
      faults: { ...this.#faults },
      doorStates: { ...this.#doorStates },
      violations: this.#witness.violations,
    };
  }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
