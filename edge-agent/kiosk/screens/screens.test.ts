import { MAX_PHOTO_BYTES } from '@lockerhub/protocol/http/visit.ts';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KioskPage, problem, type Size } from './kiosk-page.ts';
import { type KioskScreen, SCREENS } from './screens.ts';
import { courier, ownDelegates, stop } from './stage.ts';

/** The smallest panel, a small page within another one, a small phone. */
const TIGHTEST = [
  { width: 800, height: 480 },
  { width: 505, height: 445 },
  { width: 360, height: 740 },
] as const;
/** A wall kiosk lying and standing, one nearly square, an industrial panel, and the tightest. */
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1080, height: 1920 },
  { width: 734, height: 760 },
  { width: 1024, height: 600 },
  ...TIGHTEST,
] as const;
/** The project's own measure: a thumb with a parcel under the arm. */
const TARGET_PX = 64;
/** In the light everything is looked at; in the dark only colours are others. */
const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCHEMES = [
  { colorScheme: 'light', runOnly: { type: 'tag', values: ALL_RULES } },
  { colorScheme: 'dark', runOnly: { type: 'rule', values: ['color-contrast'] } },
] as const;
/** Each look at a page takes two of its frames. */
const SETTLE_FRAMES = 20;
const SCREENS_WITHIN_MS = 120_000;

let browser: Browser;
let kiosk: KioskPage;

beforeAll(async () => {
  if (!canLaunchBrowser) return;
  await buildPages();
  browser = await launchBrowser();
  kiosk = await KioskPage.open(browser);
}, SCREENS_WITHIN_MS);
afterAll(async () => {
  await kiosk?.page.close();
  await browser?.close();
});

describe.skipIf(!canLaunchBrowser)('the screens of the kiosk', () => {
  it.each(SCREENS.map((screen) => [screen.name, screen] as const))(
    '%s: fits each size, is big enough to hit, and reads well',
    async (_name, screen) => {
      await comeTo(screen, 'en', SIZES[0]);
      await expectToFit(SIZES);
      await kiosk.addAxe();
      for (const { colorScheme, runOnly } of SCHEMES) {
        await kiosk.page.emulateMedia({ colorScheme });
        await kiosk.page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
        expect(await violations(kiosk.page, runOnly), colorScheme).toEqual([]);
      }
      await kiosk.page.emulateMedia({ colorScheme: 'light' });
    },
  );

  it.each(SCREENS.map((screen) => [screen.name, screen] as const))(
    '%s: mirrored, it fits where room is tightest',
    async (_name, screen) => {
      await comeTo(screen, 'ar', TIGHTEST[0]);
      await expectToFit(TIGHTEST);
    },
  );
});

describe.skipIf(!canLaunchBrowser)('a parcel for which nothing is free', () => {
  it('is kept by the courier, on record with its number and reason; then comes the next one', async () => {
    const screen = SCREENS.find(({ name }) => name === 'no-place') as KioskScreen;
    const hub = screen.hub('en');
    await kiosk.begin(hub, SIZES[0]);
    const { page } = kiosk;
    await page.keyboard.type('12345678');
    await page.keyboard.press('Enter');
    await page.locator('[data-keys]').waitFor();
    await page.keyboard.type('1Z999AA10123456784');
    await page.keyboard.press('Enter');
    await page.keyboard.type('12');
    await page.locator('li button').first().click();
    await page.locator('[data-choice="other"]').first().click();
    await page.getByRole('button', { name: 'Another size' }).click();
    await page.locator('[data-choice="other"]').first().click();
    await page.getByRole('button', { name: 'I take it back' }).click();
    await page.locator('[data-keys]').waitFor();
    expect(hub.told.at(-1)).toMatch(
      /taken-back .*"size":"S","reason":"no-place","tracking":"1Z999AA10123456784"/,
    );
  });
});

describe.skipIf(!canLaunchBrowser)('the label of a parcel for somebody who is not in the list', () => {
  const begin = async () => {
    const screen = SCREENS.find(({ name }) => name === 'photo') as KioskScreen;
    const opening = courier([stop(11, 'opening')]);
    const hub = { ...screen.hub('en'), leads: { parcels: opening } };
    await kiosk.begin(hub, SIZES[0]);
    await kiosk.page.locator('input').waitFor();
    return { hub, page: kiosk.page };
  };
  const reach = SCREENS.find(({ name }) => name === 'photo')?.reach;
  const photosOf = (told: readonly string[]) => told.filter((line) => /\/photo /.test(line));

  it('is photographed, and the photo follows the parcel', async () => {
    const { hub, page } = await begin();
    const answered = page.waitForResponse(/\/parcels\/[^/]+\/photo$/);
    await reach?.(page);
    await page.getByRole('button', { name: 'Take the photo' }).click();
    await page.locator('[data-choice="other"]').first().click();
    const body = (await answered).request().postDataBuffer();
    expect([...(body?.subarray(0, 3) ?? [])]).toEqual([0xff, 0xd8, 0xff]);
    expect(body?.length).toBeLessThanOrEqual(MAX_PHOTO_BYTES);
    expect(hub.told.some((line) => line.includes('"unit":null'))).toBe(true);
  });

  it('is passed over where the courier wants none', async () => {
    const { hub, page } = await begin();
    await reach?.(page);
    await page.getByRole('button', { name: 'Go on without' }).click();
    await page.getByRole('heading', { name: /How big/ }).waitFor();
    await page.locator('[data-choice="other"]').first().click();
    await page.getByRole('heading', { name: /is opening/ }).waitFor();
    expect(photosOf(hub.told)).toEqual([]);
  });

  it('is typed where there is no camera, and the words follow the parcel', async () => {
    const { hub, page } = await begin();
    Object.assign(hub.leads, { words: problem('too-many-photos', 507) });
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
    });
    await page.keyboard.type('12345678');
    await page.keyboard.press('Enter');
    await page.locator('[data-keys]').waitFor();
    await page.keyboard.type('12');
    await page.getByRole('button', { name: 'Not in the list' }).click();
    await page.getByRole('heading', { name: 'What does the label say?' }).waitFor();
    await page.keyboard.type('N. Oduya, 14 Linden Row');
    await page.keyboard.press('Enter');
    const told = page.waitForRequest(/\/words$/);
    await page.locator('[data-choice="other"]').first().click();
    await page.getByRole('heading', { name: /is opening/ }).waitFor();
    expect((await told).postDataJSON()).toEqual({ words: 'N. Oduya, 14 Linden Row' });
    hub.visit = courier([stop(11, 'open')]);
    await page.getByText('What the label says could not be kept.').waitFor();
    expect(photosOf(hub.told)).toEqual([]);
  });
});

describe.skipIf(!canLaunchBrowser)('a resident’s phone', () => {
  it.each(['en', 'ar'])('asks who and where, and reads well (%s)', async (language) => {
    const phone = await KioskPage.open(browser);
    const { page } = phone;
    const [start] = SCREENS;
    const hub = { ...(start as KioskScreen).hub(language), visit: problem('presence-wrong', 401) };
    await phone.beginOnPhone(hub, language, '');
    await page.locator('input').fill('12345678');
    await page.locator('main button').click();
    await page.locator('input[value=""]').fill('999');
    await page.locator('main button').click();
    await page.locator('[role=alert], .mantine-Alert-root, p').first().waitFor();
    expect(hub.told).toEqual(['/phone/visits {"code":"1234 5678","presence":"999"}']);
    expect(await faultsOf(page)).toEqual([]);
    await phone.addAxe();
    expect(await violations(page, SCHEMES[0].runOnly)).toEqual([]);
    await page.close();
  });

  it.each(['en', 'es', 'ar'])(
    'lets somebody else collect from anywhere, and each screen fits (%s)',
    async (language) => {
      const phone = await KioskPage.open(browser);
      const { page } = phone;
      const [start] = SCREENS;
      const window = { fromMs: 0, untilMs: 1 };
      const delegate = {
        delegate: ownDelegates().delegates[0]?.delegate,
        delivery: null,
        ...window,
        blocked: 0,
      };
      const named = { status: 200, body: { delegate, sent: false, reason: 'no', code: '12345678' } };
      const hub = { ...(start as KioskScreen).hub(language), leads: { delegates: named } };
      await phone.beginOnPhone(hub, language, '#LH1:12345678:00');
      await phone.addAxe();
      const isFine = async (name: string) => {
        expect(await faultsOf(page), name).toEqual([]);
        expect(await violations(page, SCHEMES[0].runOnly), name).toEqual([]);
      };
      await isFine('begin');
      await page.locator('header [data-choice=quiet]').click();
      await page.locator('li').first().waitFor();
      expect(hub.told).toEqual(['/phone/residents {"code":"LH1:12345678:00"}']);
      await isFine('list');
      await page.locator('main > [data-choice=main]').click();
      await isFine('which');
      await page.locator('main [data-choice=other]').first().click();
      await isFine('when');
      await page.locator('main [data-choice=main]').click();
      await page.locator('main input:not([type=datetime-local])').first().waitFor();
      await isFine('who');
      await page.locator('main input').nth(1).fill('sam@example.org');
      await page.locator('main [data-choice=main]').click();
      await page.getByText('1234 5678').waitFor();
      expect(hub.told.at(-1)).toContain(`"tell":{"to":"sam@example.org","language":"${language}"}`);
      await isFine('named');
      await page.locator('main [data-choice=main]').click();
      await page.locator('li [data-choice=other]').first().click();
      await isFine('end');
      await page.close();
    },
  );

  it('says whose its code is where the building asks for that', async () => {
    const phone = await KioskPage.open(browser);
    const { page } = phone;
    const [start] = SCREENS;
    const hub = { ...(start as KioskScreen).hub('en'), visit: problem('code-owner-needed', 401) };
    await phone.beginOnPhone(hub, 'en', '?at=abcd1234#12345678');
    await page.locator('main button').click();
    await page.locator('input').fill('304');
    hub.visit = problem('code-wrong', 401);
    await page.locator('main button').click();
    await page.locator('[role=alert]').waitFor();
    expect(hub.told).toEqual([
      '/phone/visits {"code":"12345678","presence":"abcd1234"}',
      '/phone/visits {"code":"12345678","presence":"abcd1234","owner":"304"}',
    ]);
    await page.close();
  });

  it('opens nothing because the page was loaded, but when its owner taps', async () => {
    const phone = await KioskPage.open(browser);
    const [start] = SCREENS;
    const hub = { ...(start as KioskScreen).hub('en'), visit: problem('presence-wrong', 401) };
    await phone.beginOnPhone(hub, 'en', '?at=abcd1234#LH1:12345678:00');
    expect(hub.told).toEqual([]);
    await phone.page.locator('main button').click();
    await phone.page.locator('input').waitFor();
    expect(hub.told).toEqual(['/phone/visits {"code":"LH1:12345678:00","presence":"abcd1234"}']);
    await phone.page.close();
  });
});

async function comeTo(screen: KioskScreen, language: string, size: Size): Promise<void> {
  await kiosk.begin(screen.hub(language), size);
  await screen.reach?.(kiosk.page);
}

async function expectToFit(sizes: readonly Size[]): Promise<void> {
  for (const size of sizes) {
    await kiosk.page.setViewportSize(size);
    let faults = await faultsOf(kiosk.page);
    // What measures itself does so in the next frame.
    for (let frame = 0; faults.length > 0 && frame < SETTLE_FRAMES; frame += 1) {
      faults = await faultsOf(kiosk.page);
    }
    expect(faults, `${size.width}×${size.height}`).toEqual([]);
  }
}

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
    // What lies behind a dialog is covered on purpose.
    const within = document.querySelector('[role$="dialog"]') ?? document;
    for (const button of within.querySelectorAll('button')) {
      const { width, height, left, top, right, bottom } = button.getBoundingClientRect();
      const name = button.textContent || button.ariaLabel;
      if (width === 0) continue;
      if (Math.min(width, height) < targetPx - 0.5) faults.push(`"${name}" is ${width} × ${height}`);
      const isIn = left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
      if (!isIn) faults.push(`"${name}" is not all on the screen`);
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      if (isIn && !button.contains(over)) faults.push(`"${name}" is covered`);
    }
    return faults;
  }, TARGET_PX);
}

/** Serious and critical violations that axe finds; once added. */
async function violations(page: Page, runOnly: (typeof SCHEMES)[number]['runOnly']): Promise<string[]> {
  return page.evaluate(async (rules) => {
    // Colours that have just changed do so over some frames.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const finite = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map(({ finished }) => finished));
    const found = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(document, {
      resultTypes: ['violations'],
      runOnly: { type: rules.type, values: [...rules.values] },
    });
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
      );
  }, runOnly);
}
