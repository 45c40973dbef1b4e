/** The demo's cloud: a whole one on this machine, an internet before it that can be cut, and the building that joins it. */
import { join } from 'node:path';
import { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { LocalCloud } from '../cloud/local-cloud.ts';
import { codeFor } from '../cloud/tenants.ts';
import { FaultProxy } from '../internet/fault-proxy.ts';
import { BUILDING } from './linden-court.ts';
import { sideOfCloud, sideOfHub } from './sides.ts';
import type { StaffLink } from './staff-link.ts';
import type { DemoState, Side } from './state.ts';

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
  /** What the old box holds, while it is plugged in. */
  readonly old: () => Promise<Side | null>;
  /** A side does not say what it holds any more. */
  readonly onSilent: (which: Side['who'], error: unknown) => void;
  /** What it shows changed. */
  readonly changed: () => void;
}

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
  #sides: readonly Side[] = [];
  /** Sides that did not answer when they were asked last. */
  readonly #silent = new Set<Side['who']>();

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
    if (this.#sides.length === 0) return null;
    return { sides: this.#sides, isCut: this.#isCut, hasBackup: this.#hasBackup };
  }

  /** Cuts the building off, or mends that. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (isCut) this.#internet.cut();
    else this.#internet.mend();
    this.#options.changed();
  }

  /** The cloud's address as the building knows it. */
  get url(): string {
    return this.#internet.url;
  }

  /** Resolves once the internet is there. */
  async untilMended(): Promise<void> {
    while (this.#isCut && !this.#isOver) await delay(this.#options.clock, ASK_EACH_MS);
  }

  /** A one-time code for another box that takes the building over. */
  async replacementCode(): Promise<string> {
    const { clock, random } = this.#options;
    const tenants = { databaseUrl: this.#cloud.databaseUrl(), clock, random };
    return (await codeFor(tenants, { slug: BUILDING.slug, name: BUILDING.name, kind: 'replace' })).code;
  }

  /** Entries of the log, as they were seen last. */
  held(): { readonly hub: number; readonly cloud: number } {
    const entriesOf = (which: Side['who']) => this.#sides.find(({ who }) => who === which)?.entries ?? 0;
    return { hub: entriesOf('hub'), cloud: entriesOf('cloud') };
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
      const sides = await this.#look();
      if (JSON.stringify(this.#sides) === JSON.stringify(sides)) continue;
      this.#sides = sides;
      changed();
    }
  }

  async #look(): Promise<readonly Side[]> {
    const { staff, old } = this.#options;
    const sides = await Promise.all([
      this.#lookAt('hub', () => sideOfHub('hub', staff)),
      this.#lookAt('cloud', () => sideOfCloud(this.#cloud.databaseUrl(), BUILDING.slug)),
      this.#lookAt('old', old),
    ]);
    return sides.filter((side) => side !== null);
  }

  /** A side that is away was killed or cut off by somebody here, or is broken: what it said last stays, and it is told of once. */
  async #lookAt(which: Side['who'], look: () => Promise<Side | null>): Promise<Side | null> {
    try {
      const side = await look();
      this.#silent.delete(which);
      return side;
    } catch (error) {
      if (!this.#silent.has(which)) this.#options.onSilent(which, error);
      this.#silent.add(which);
      return this.#sides.find(({ who }) => who === which) ?? null;
    }
  }
}
