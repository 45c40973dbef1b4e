/** Staff at the hub and operators in the cloud who change people at the same time, and what both were promised. */
import { Database } from '@lockerhub/deploy/cloud/gateway/database/database.ts';
import {
  addResident,
  changeResident,
  eraseResident,
  revokeCourier,
} from '@lockerhub/deploy/cloud/gateway/people/people.ts';
import type { Store } from '@lockerhub/hub/store/store.ts';
import { CourierView, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { delay, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { SeededRandom } from '../clock/seeded-random.ts';
import type { CloudDatabase } from '../testing/agreement.ts';
import type { SyncBuilding } from './sync-building.ts';

/** Units of their own: nobody brings a parcel there. */
const UNIT = 'Z9';
const BETWEEN_ACTS_MS = { from: 5, to: 120 } as const;
const LANGUAGES = ['en', 'es', 'ar'] as const;

interface Held {
  readonly id: string;
  readonly name: string | null;
  readonly stamps: { readonly erased: unknown };
}

export class SyncStaff {
  readonly #world: SyncBuilding;
  readonly #database: Database;
  /** Resident → the name that was acknowledged. */
  readonly #residents = new Map<string, string>();
  readonly #couriers = new Set<string>();
  readonly #erased = new Set<string>();
  readonly #revoked = new Set<string>();
  #acts = 0;

  constructor(world: SyncBuilding) {
    this.#world = world;
    this.#database = new Database({
      url: world.cloud.databaseUrl(),
      password: undefined,
      // Postgres is killed again and again; the next act takes another connection.
      onIdleError: () => {},
    });
  }

  /** Changes that were acknowledged. */
  get acts(): number {
    return this.#acts;
  }

  /** Acts on both sides for as long as it goes on. What fails was not promised. */
  async work(random: SeededRandom, goesOn: () => boolean): Promise<void> {
    const sides = [
      { random: random.fork(), acts: this.#atTheHub() },
      { random: random.fork(), acts: this.#inTheCloud() },
    ];
    await Promise.all(
      sides.map(async ({ random: own, acts }) => {
        while (goesOn()) {
          await this.#try(() => own.pick(acts)(own));
          await delay(systemClock, own.between(BETWEEN_ACTS_MS.from, BETWEEN_ACTS_MS.to));
        }
      }),
    );
  }

  /** What was promised and is not so, on one side or the other. */
  async broken(store: Pick<Store, 'query'>, cloud: CloudDatabase): Promise<string[]> {
    const there = await cloud.sql<Held>('select id::text, name, stamps from residents where building = $1', [
      this.#world.building,
    ]);
    const here = await store.query<Held>(
      `select s.row_id as id, r.name, s.stamps from row_stamps s left join residents r on r.id::text = s.row_id
        where s.table_name = 'residents'`,
    );
    const inCloud = await cloud.sql<{ id: string }>(
      'select id::text from couriers where building = $1 and revoked',
      [this.#world.building],
    );
    const atHub = await store.query<{ id: string }>('select id::text from couriers where revoked');
    return [
      ...this.#brokenResidents('the hub', here),
      ...this.#brokenResidents('the cloud', there),
      ...this.#brokenRevocations('the hub', atHub),
      ...this.#brokenRevocations('the cloud', inCloud),
    ];
  }

  stop(): Promise<void> {
    return this.#database.stop();
  }

  #brokenResidents(where: string, rows: readonly Held[]): string[] {
    const held = new Map(rows.map((row) => [row.id, row]));
    return [...this.#residents].flatMap(([id, name]) => {
      const row = held.get(id);
      if (!row) return [`resident ${id} was added, and ${where} does not know of them`];
      if (this.#erased.has(id))
        return row.name === null && row.stamps.erased !== null
          ? []
          : [`${id} was erased, and is in ${where}`];
      const isErased = row.stamps.erased !== null;
      // An erasure whose answer was lost may have happened all the same.
      return isErased || row.name === name
        ? []
        : [`resident ${id} is "${row.name}" in ${where}, not "${name}"`];
    });
  }

  #brokenRevocations(where: string, rows: readonly { readonly id: string }[]): string[] {
    const revoked = new Set(rows.map(({ id }) => id));
    return [...this.#revoked]
      .filter((id) => !revoked.has(id))
      .map((id) => `courier ${id} was revoked, and is not in ${where}`);
  }

  #atTheHub(): readonly ((random: SeededRandom) => Promise<void>)[] {
    const { staff } = this.#world.street;
    return [
      async (random) => {
        const body = { unitName: UNIT, name: this.#newName(), language: random.pick(LANGUAGES) };
        const { resident } = await staff.ask('POST', '/api/v1/residents', ResidentView, body);
        this.#residents.set(resident, body.name);
      },
      async () => {
        const body = { carrier: 'Torture Express', name: this.#newName() };
        const { courier } = await staff.ask('POST', '/api/v1/couriers', CourierView, body);
        this.#couriers.add(courier);
      },
      async (random) => {
        const courier = this.#someone(this.#couriers, random);
        if (courier === null) return;
        await staff.ask('POST', `/api/v1/couriers/${courier}/revoke`, CourierView, {});
        this.#revoked.add(courier);
      },
    ];
  }

  /** As the operators' pages do it. */
  #inTheCloud(): readonly ((random: SeededRandom) => Promise<void>)[] {
    const { building } = this.#world;
    const nowMs = () => Math.floor(systemClock.wallMs());
    const inBuilding = <Result>(
      act: (client: Parameters<typeof revokeCourier>[0]) => Promise<Result>,
    ): Promise<Result> => this.#database.asBuilding(building, act);
    return [
      async (random) => {
        const name = this.#newName();
        const person = { unitName: UNIT, name, language: random.pick(LANGUAGES) };
        const seams = { clock: systemClock, random: systemRandom };
        const id = await inBuilding((client) => addResident(client, building, seams, person));
        this.#residents.set(id, name);
      },
      async (random) => {
        const id = this.#someone(this.#residents.keys(), random);
        if (id === null) return;
        const changes = { language: random.pick(LANGUAGES) };
        await inBuilding((client) => changeResident(client, building, id, changes, nowMs()));
      },
      async (random) => {
        const id = this.#someone(this.#residents.keys(), random);
        if (id === null) return;
        await inBuilding((client) => eraseResident(client, building, id, nowMs()));
        this.#erased.add(id);
      },
      async (random) => {
        const courier = this.#someone(this.#couriers, random);
        if (courier === null) return;
        await inBuilding((client) => revokeCourier(client, building, courier, nowMs()));
        this.#revoked.add(courier);
      },
    ];
  }

  #newName(): string {
    return `Person ${Buffer.from(systemRandom.bytes(4)).toString('hex')}`;
  }

  #someone(ids: Iterable<string>, random: SeededRandom): string | null {
    const all = [...ids];
    return all.length === 0 ? null : random.pick(all);
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#acts += 1;
    } catch {
      // A hub or a database that was killed, a person whom the other side does not have yet: nothing was promised.
    }
  }
}
