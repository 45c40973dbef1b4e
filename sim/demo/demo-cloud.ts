/** The demo's cloud: a whole one on this machine, an internet before it that can be cut, and the building that joins it. */
import { join } from 'node:path';
import { LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { LocalCloud } from '../cloud/local-cloud.ts';
import { codeFor } from '../cloud/tenants.ts';
import { FaultProxy } from '../internet/fault-proxy.ts';
import { BUILDING } from './linden-court.ts';
import type { StaffLink } from './staff-link.ts';
import type { DemoState } from './state.ts';

/** How often both sides are asked what they hold. */
const ASK_EACH_MS = 1_000;

export interface DemoCloudOptions {
  /** The demo's folder; the cloud's own is below it. */
  readonly folder: string;
  /** Of the internet before the cloud: the hub keeps the address. */
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly staff: StaffLink;
  /** What it shows changed. */
  readonly changed: () => void;
}

/** How the two stand. */
type Held = Omit<NonNullable<DemoState['cloud']>, 'isCut' | 'hasBackup'>;

export class DemoCloud {
  readonly #options: DemoCloudOptions;
  readonly #cloud: LocalCloud;
  readonly #internet: FaultProxy;
  readonly #asking: Promise<void>;
  #isCut = false;
  #hasBackup = false;
  /** Nobody asks the database while it is put back. */
  #isResting = false;
  #isOver = false;
  #held: Held | null = null;

  private constructor(options: DemoCloudOptions, cloud: LocalCloud, internet: FaultProxy) {
    this.#options = options;
    this.#cloud = cloud;
    this.#internet = internet;
    this.#asking = this.#ask();
  }

  /** Starts the cloud and lets the building join it, once. @throws SimError where no Postgres runs */
  static async start(options: DemoCloudOptions): Promise<DemoCloud> {
    const { folder, port, clock, random, staff } = options;
    const own = join(folder, 'cloud');
    const cloud = await LocalCloud.start({ folder: own, host: '127.0.0.1', clock, random });
    const internet = await FaultProxy.start(cloud.url, clock, port);
    const { cloud: joined } = await staff.ask('GET', '/api/v1/sync', SyncReport);
    if (joined === null) {
      const tenants = { databaseUrl: cloud.databaseUrl(), clock, random };
      const { code } = await codeFor(tenants, { slug: BUILDING.slug, name: BUILDING.name, kind: 'first' });
      await staff.act('/api/v1/sync/join', { url: internet.url, code });
    }
    return new DemoCloud(options, cloud, internet);
  }

  view(): DemoState['cloud'] {
    return this.#held && { ...this.#held, isCut: this.#isCut, hasBackup: this.#hasBackup };
  }

  /** Cuts the building off, or mends that. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (isCut) this.#internet.cut();
    else this.#internet.mend();
    this.#options.changed();
  }

  backUp(): Promise<void> {
    return this.#resting(() => this.#cloud.backUp());
  }

  rewind(): Promise<void> {
    return this.#resting(() => this.#cloud.rewind());
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#asking;
    await this.#internet.stop();
    await this.#cloud.stop();
  }

  async #resting(act: () => Promise<void>): Promise<void> {
    this.#isResting = true;
    try {
      await act();
      this.#hasBackup = true;
    } finally {
      this.#isResting = false;
      this.#options.changed();
    }
  }

  async #ask(): Promise<void> {
    const { clock, changed } = this.#options;
    while (!this.#isOver) {
      await delay(clock, ASK_EACH_MS);
      if (this.#isResting) continue;
      const before = JSON.stringify(this.#held);
      // A hub or a database that is away was killed by somebody here: what was known last stays.
      this.#held = await this.#look().catch(() => this.#held);
      if (JSON.stringify(this.#held) !== before) changed();
    }
  }

  async #look(): Promise<Held> {
    const { staff } = this.#options;
    const { state, entries, rows } = await staff.ask('GET', '/api/v1/sync', SyncReport);
    const newest = await staff.ask('GET', '/api/v1/log?limit=1', pageOf(LogEntryView));
    return {
      state,
      waiting: entries + rows,
      hubEntries: newest.items[0]?.seq ?? 0,
      cloudEntries: await this.#cloudEntries(),
    };
  }

  async #cloudEntries(): Promise<number> {
    const client = new Client({ connectionString: this.#cloud.databaseUrl() });
    await client.connect();
    try {
      const { rows } = await client.query('select head_seq from buildings where slug = $1', [BUILDING.slug]);
      return Number(rows[0]?.head_seq ?? 0);
    } finally {
      await client.end();
    }
  }
}
