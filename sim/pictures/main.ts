/**
 * `npm run pictures`: takes the guides' pictures anew, out of the running demo (`npm start`), so that they show what
 * there is. The operators' page has its own out of its browser test (CONTRIBUTING.md).
 */
import { join } from 'node:path';
import { Command } from 'commander';
import type { Browser, Page } from 'playwright-core';
import { type Access, accessFile, readAccess } from '../demo/access.ts';
import { launchBrowser } from '../testing/browser.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SIZE = { width: 1100, height: 720 };

/** Where a picture belongs, and which page of the staff's it shows. */
const PAGES = [
  ['hub/web/pictures/home.png', '/'],
  ['hub/web/pictures/deliveries.png', '/deliveries'],
  ['hub/web/pictures/door-guide.png', '/banks/lobby/doors/3/guide'],
  ['edge-agent/pictures/commissioning.png', '/banks/lobby/commissioning'],
  ['edge-agent/pictures/health.png', '/banks/lobby/health'],
] as const;

const { demo } = new Command('pictures')
  .description("Takes the guides' pictures out of a running demo.")
  .option('--demo <folder>', "the demo's folder", join(ROOT, 'data', 'demo'))
  .parse()
  .opts<{ demo: string }>();

async function signedIn(browser: Browser, { hub, staff }: Access): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZE, locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(hub);
  await page.getByLabel('Sign-in name').fill(staff.login);
  await page.getByRole('textbox', { name: 'Password' }).fill(staff.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
  return page;
}

async function takePictures(access: Access): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await signedIn(browser, access);
    for (const [file, path] of PAGES) {
      await page.goto(`${access.hub}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      // Lists are there when the grey lines are gone.
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
      await page.screenshot({ path: join(ROOT, file) });
      process.stdout.write(`${file}\n`);
    }
  } finally {
    await browser.close();
  }
}

const access = await readAccess(demo);
if (access) await takePictures({ ...access, hub: access.hub.replace(/\/$/, '') });
else {
  process.stderr.write(
    `${accessFile(demo)} is not there; run npm start first, or name its folder by --demo\n`,
  );
  process.exitCode = 1;
}
