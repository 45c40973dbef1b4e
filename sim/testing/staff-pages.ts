/** The staff's pages in a real browser, signed in, and watched for what goes wrong in them. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { type HubRig, startHubRig } from './hub-rig.ts';
import { pageFaults, type Rules } from './page-faults.ts';
import { buildPages } from './pages.ts';

/** How long a page may take to show what is waited for; a loaded machine gets plenty. */
const WITHIN_MS = 30_000;
/** Where to leave pictures of each step, for whoever wants to look. */
const PICTURES = process.env.LOCKERHUB_PICTURES;

export const PHONE = { width: 360, height: 740 } as const;
export const DESKTOP = { width: 1440, height: 1000 } as const;

export interface StaffPages {
  /** Opens a page of its own, signed in as this member of the rig's staff. */
  open(login: string, options?: BrowserContextOptions): Promise<Page>;
  /** Faults of accessibility, and a page wider than its window; leaves a picture if they are wanted. */
  faults(page: Page, name: string, rules?: Rules): Promise<string[]>;
  /** Errors that no page caught, of all pages. */
  readonly errors: readonly string[];
}

export interface StaffPagesRig {
  readonly browser: Browser;
  readonly rig: HubRig;
  readonly pages: StaffPages;
  end(): Promise<void>;
}

/** The pages, built, of a hub of their own. @param prefix of the pictures' names @param plan of the hub's building */
export async function startStaffPages(
  prefix: string,
  ...plan: Parameters<typeof startHubRig>
): Promise<StaffPagesRig> {
  await buildPages();
  const [browser, rig] = await Promise.all([launchBrowser(), startHubRig(...plan)]);
  return {
    ...{ browser, rig },
    pages: staffPages(browser, rig, prefix),
    async end() {
      await browser.close();
      await rig.end();
    },
  };
}

/** @param prefix of the pictures' names */
export function staffPages(browser: Browser, rig: HubRig, prefix: string): StaffPages {
  const errors: string[] = [];
  return {
    errors,
    async open(login, options = {}) {
      const context = await browser.newContext({
        locale: 'en-GB',
        viewport: DESKTOP,
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(WITHIN_MS);
      const value = await rig.signIn(login);
      await context.addCookies([{ name: 'lockerhub_staff', value, url: rig.httpUrl }]);
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      return page;
    },
    async faults(page, name, rules) {
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/${prefix}-${name}.png`, fullPage: true });
      return pageFaults(page, rules);
    },
  };
}
