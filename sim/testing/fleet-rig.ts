/** The operators' page in a real browser, from a real gateway over a real Postgres, with two operators. */

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { canLaunchBrowser, launchBrowser } from './browser.ts';
import { CloudRig, type CloudRigOptions } from './cloud-rig.ts';
import { firstAdmin, invited, type SignedIn } from './operator-rig.ts';
import { pageFaults } from './page-faults.ts';
import { buildPages } from './pages.ts';

export { canLaunchBrowser };

/** How long a page may take for what is done at once: a busy machine's. */
export const PAGE_WITHIN_MS = 30_000;
/** Where pictures of all that is looked at are kept; undefined: nowhere. */
const PICTURES = process.env.LOCKERHUB_PICTURES;

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
/** The narrowest that the design names. */
export const NARROW = { width: 360, height: 740 };

export class FleetRig {
  readonly cloud: CloudRig;
  readonly url: string;
  /** An administrator. */
  readonly ada: SignedIn;
  /** Support. */
  readonly ben: SignedIn;
  /** What went wrong in any page. */
  readonly errors: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, cloud: CloudRig, url: string, ada: SignedIn, ben: SignedIn) {
    this.#browser = browser;
    this.cloud = cloud;
    this.url = url;
    this.ada = ada;
    this.ben = ben;
  }

  static async start(options: CloudRigOptions = {}): Promise<FleetRig> {
    await buildPages();
    const browser = await launchBrowser();
    const cloud = await CloudRig.start(options);
    const running = await cloud.gateway();
    const ada = await firstAdmin(running, 'Linden Homes', 'ada');
    const ben = await invited(running.url, ada, 'support', 'ben');
    return new FleetRig(browser, cloud, running.url, ada, ben);
  }

  /** Returns its id. */
  async addBuilding(name: string): Promise<string> {
    const slug = name.toLowerCase().replaceAll(' ', '-');
    const body = { name, slug, timeZone: 'Europe/Berlin' };
    const path = `/api/v1/organisations/${this.ada.organisation}/buildings`;
    return ((await this.ada.ask(path, body)).body as { building: string }).building;
  }

  /** A hub of the building enrolled so long ago; it was not heard yet. */
  async enrol(building: string, agoMs = 0): Promise<void> {
    await this.cloud.sql('update buildings set epoch = 4, epoch_instance = id where id = $1', [building]);
    await this.cloud.sql(
      `insert into hubs (building, instance, epoch, token_hash, enrolled_at, software, schema)
       select id, id, 4, id::text, $2, '', 1 from buildings where id = $1`,
      [building, Date.now() - agoMs],
    );
  }

  /** Its hub was last heard so long ago. */
  async hear(building: string, agoMs: number, disk: 'ok' | 'low' = 'ok'): Promise<void> {
    await this.cloud.sql(
      `insert into heartbeats (building, instance, at, hub_head_seq, hub_head_hash, unsent_entries, unsent_rows,
         wall_ms, clock, disk, software, schema)
       values ($1, $1, $2, 7, 'ab', 12, 1, $2, 'trusted', $3, 'lockerhub 0.1.0', 1)
       on conflict (building) do update set at = excluded.at, wall_ms = excluded.wall_ms, disk = excluded.disk`,
      [building, Date.now() - agoMs, disk],
    );
  }

  /** A page in a browser of its own. @param by who is signed in there; absent: nobody */
  async open(options: BrowserContextOptions = {}, by?: SignedIn): Promise<Page> {
    const context = await this.#browser.newContext({
      locale: 'en-GB',
      viewport: DESKTOP,
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(PAGE_WITHIN_MS);
    const [name = '', value = ''] = by?.cookie.split('=') ?? [];
    if (by) await context.addCookies([{ name, value, url: this.url }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.errors.push(error.message));
    return page;
  }

  /** What is wrong with what the page shows. @param name of its picture */
  async faults(page: Page, name: string): Promise<string[]> {
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/fleet-${name}.png`, fullPage: true });
    return pageFaults(page);
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.cloud.end();
  }
}
