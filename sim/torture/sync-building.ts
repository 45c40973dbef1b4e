/** Linden Court with a cloud of its own and a bad internet in between, all of them processes that can be killed. */
import { join } from 'node:path';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import type { Store } from '@lockerhub/hub/store/store.ts';
import { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { type CloudPart, LocalCloud } from '../cloud/local-cloud.ts';
import { codeFor } from '../cloud/tenants.ts';
import { BUILDING } from '../demo/linden-court.ts';
import { hubFolder } from '../demo/programs.ts';
import { FaultProxy } from '../internet/fault-proxy.ts';
import { type CloudDatabase, disagreements } from '../testing/agreement.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type Bystander, type KillBuilding, startKillBuilding } from './kill-building.ts';

/** Pauses grow to a minute; whatever was killed takes seconds to start, and much longer on a loaded machine. */
const AGREE_WITHIN_MS = 240_000;
/** Longer than any look at a dead hub's store. */
const STAYS_DEAD_MS = 3_600_000;

export type SyncPart = CloudPart | 'hub';

export class SyncBuilding {
  readonly street: KillBuilding;
  readonly cloud: LocalCloud;
  readonly internet: FaultProxy;
  /** Its id in the cloud. */
  readonly building: string;

  private constructor(street: KillBuilding, cloud: LocalCloud, internet: FaultProxy, building: string) {
    this.street = street;
    this.cloud = cloud;
    this.internet = internet;
    this.building = building;
  }

  /** Starts everything, and lets the building join the cloud. */
  static async start(bystander: Bystander): Promise<SyncBuilding> {
    const street = await startKillBuilding(bystander);
    let cloud: LocalCloud | undefined;
    try {
      const [clock, random] = [systemClock, systemRandom];
      const folder = join(street.folder, 'cloud');
      cloud = await LocalCloud.start({ folder, host: '127.0.0.1', clock, random });
      const internet = await FaultProxy.start(cloud.url);
      const tenants = { databaseUrl: cloud.databaseUrl(), clock, random };
      const { slug, name } = BUILDING;
      const { building, code } = await codeFor(tenants, { slug, name, kind: 'first' });
      await street.staff.act('/api/v1/sync/join', { url: internet.url, code });
      return new SyncBuilding(street, cloud, internet, building);
    } catch (error) {
      await cloud?.stop();
      await street.stop(true);
      throw error;
    }
  }

  /** SIGKILL; it is started again after `darkMs`. */
  async kill(part: SyncPart, darkMs: number): Promise<void> {
    if (part === 'hub') await this.street.hub.kill(darkMs);
    else await this.cloud.kill(part, darkMs);
  }

  /** All processes run again. */
  async untilUp(): Promise<void> {
    await this.street.hub.untilUp();
    await this.cloud.gateway.untilUp();
    await this.cloud.shapes?.untilUp();
  }

  /** Nothing waits any more on the hub's side. @throws Error saying what does, after the deadline: then it did not get there */
  async untilSent(): Promise<void> {
    await waitFor(
      async () => {
        const { state, entries, rows, lastFault } = await this.street.staff.ask(
          'GET',
          '/api/v1/sync',
          SyncReport,
        );
        if (state === 'live' && entries + rows === 0) return true;
        throw new Error(`${state}, ${entries} entries and ${rows} rows wait; ${lastFault?.message}`);
      },
      AGREE_WITHIN_MS,
      'all to be sent',
    );
  }

  /**
   * Pulls the hub's plug once nothing is under way, and lets `look` at its store and the cloud's database; the hub starts
   * again after. While they do not agree yet it goes on for a while, and looks again.
   */
  async whenAgreed(look: (store: Store, cloud: CloudDatabase) => Promise<string[]>): Promise<string[]> {
    let found: string[] = ['nobody looked'];
    const deadlineMs = systemClock.monotonicMs() + AGREE_WITHIN_MS;
    while (found.length > 0 && systemClock.monotonicMs() < deadlineMs) {
      await this.untilSent();
      await this.street.hub.kill(STAYS_DEAD_MS);
      await this.street.hub.stop();
      found = await this.#withStore(async (store) => {
        const differences = await disagreements(store, this, this.building);
        return [...differences.map((what) => `I6: ${what}`), ...(await look(store, this))];
      });
      await this.street.hub.start();
    }
    return found;
  }

  /** The cloud's database as its owner. */
  async sql<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const client = new Client({ connectionString: this.cloud.databaseUrl() });
    client.on('error', () => {
      // Postgres may be killed meanwhile; the query that meets that fails by itself.
    });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  async stop(keepFolder: boolean): Promise<void> {
    await this.internet.stop();
    await this.street.hub.stop();
    await this.cloud.stop();
    await this.street.stop(keepFolder);
  }

  async #withStore<Result>(look: (store: Store) => Promise<Result>): Promise<Result> {
    const fail = (error: Error) => {
      throw error;
    };
    const store = await openStore({
      folder: hubFolder(join(this.street.folder, 'building')),
      epoch: 1,
      node: 'h-oracle',
      clock: systemClock,
      random: systemRandom,
      onBroken: fail,
      onWarning: fail,
    });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }
}
