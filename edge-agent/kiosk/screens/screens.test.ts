import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKiosk } from './kiosk-page.ts';
import { SCREENS } from './screens.ts';

/** A wall kiosk, an industrial panel, the smallest panel, a small phone. */
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1024, height: 600 },
  { width: 800, height: 480 },
  { width: 360, height: 740 },
];
/** The project's own measure: a thumb with a parcel under the arm. */
const TARGET_PX = 64;
/** Each screen with every size and both schemes; and mirrored, where room is tightest. */
const LOOKS = [
  { language: 'en', sizes: SIZES, colorSchemes: ['light', 'dark'] },
  { language: 'ar', sizes: SIZES.slice(-2), colorSchemes: [] },
] as const;
const SETTLE_MS = 2_000;

let browser: Browser;
let axe: string;

beforeAll(async () => {
  if (!canLaunchBrowser) return;
  await buildPages();
  browser = await launchBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}, 120_000);
afterAll(() => browser?.close());

describe.skipIf(!canLaunchBrowser)('the screens of the kiosk', { concurrent: true }, () => {
  const all = SCREENS.flatMap((screen) => LOOKS.map((look) => ({ screen, look })));

  it.each(all.map((each) => [`${each.screen.name}, ${each.look.language}`, each] as const))(
    '%s: fits each size, is big enough to hit, and reads well',
    async (_name, { screen, look }) => {
      const hub = screen.hub(look.language);
      const page = await openKiosk(browser, hub, look.sizes[0] ?? { width: 800, height: 480 });
      try {
        await page.locator('h1').first().waitFor();
        await screen.reach?.(page);
        for (const size of look.sizes) {
          await page.setViewportSize(size);
          // What measures itself does so in the next frame.
          await waitFor(async () => (await faultsOf(page)).length === 0, SETTLE_MS, 'a fit').catch(() => {});
          expect(await faultsOf(page), `${size.width}×${size.height}`).toEqual([]);
        }
        for (const colorScheme of look.colorSchemes) {
          await page.emulateMedia({ colorScheme });
          expect(await violations(page), colorScheme).toEqual([]);
        }
      } finally {
        await page.close();
      }
    },
  );
});

/** What does not fit: a page that scrolls, a button that is too small or not all on the screen. */
async function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(async (targetPx) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const faults: string[] = [];
    const frame = document.querySelector('main')?.parentElement;
    if (!frame) return ['no page'];
    if (frame.scrollHeight > frame.clientHeight + 1) {
      faults.push(`the page is ${frame.scrollHeight} high on a screen of ${frame.clientHeight}`);
    }
    if (frame.scrollWidth > frame.clientWidth + 1) faults.push('the page scrolls sideways');
    for (const button of document.querySelectorAll('button')) {
      const { width, height, left, top, right, bottom } = button.getBoundingClientRect();
      const name = button.textContent || button.ariaLabel;
      if (width === 0) continue;
      if (Math.min(width, height) < targetPx - 0.5) faults.push(`"${name}" is ${width} × ${height}`);
      const isIn = left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
      if (!isIn) faults.push(`"${name}" is not all on the screen`);
    }
    return faults;
  }, TARGET_PX);
}

/** Serious and critical violations that axe finds. */
async function violations(page: Page): Promise<string[]> {
  // By the debugger, for the page's own policy lets no other script in.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
      );
  });
}
