/** The kiosk's camera in a real Chromium: barcodes held before it, under the policy that the hub sends with the page. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canLaunchBrowser, launchBrowser } from '@lockerhub/sim/testing/browser.ts';
import { fakeCamera } from '@lockerhub/sim/testing/fake-camera.ts';
import { buildPages } from '@lockerhub/sim/testing/pages.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Behind, behind, KioskPage } from '../screens/kiosk-page.ts';
import { courier, kioskView, resident, stop } from '../screens/stage.ts';

const UPS = '1Z999AA10123456784';
const OURS = 'LH1:12345678:0123456789abcdef';
const WITHIN_MS = 120_000;

describe.skipIf(!canLaunchBrowser)('the camera at the kiosk', { timeout: WITHIN_MS }, () => {
  let folder: string;
  let browser: Browser | undefined;
  let page: Page;
  /** What Chromium refused by the page's policy, and errors that no page caught. */
  let refused: string[];

  beforeAll(async () => {
    await buildPages();
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-camera-'));
  }, WITHIN_MS);
  afterEach(() => browser?.close());
  afterAll(() => rm(folder, { recursive: true }));

  /** A kiosk before whose camera these scenes pass, a second each. */
  async function before(hub: Behind, ...scenes: Parameters<typeof fakeCamera>[1][]): Promise<void> {
    const video = join(folder, 'seen.y4m');
    await fakeCamera(video, ...scenes);
    browser = await launchBrowser({ video });
    await begin(browser, hub);
  }

  async function begin(opened: Browser, hub: Behind): Promise<void> {
    const kiosk = await KioskPage.open(opened);
    refused = [];
    page = kiosk.page;
    page.on('pageerror', (error) => refused.push(error.message));
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    // Which tracks of a camera there ever were, to see that they ended.
    await page.addInitScript(() => {
      const seen: MediaStreamTrack[] = [];
      Object.assign(globalThis, { tracks: seen });
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (asked) => {
        const stream = await open(asked);
        seen.push(...stream.getTracks());
        return stream;
      };
    });
    await kiosk.begin(hub, { width: 1280, height: 800 });
  }

  /** How each picture that the page ever took stands: `live` or `ended`. */
  const cameras = () =>
    page.evaluate(() =>
      (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.map((each) => each.readyState),
    );
  const scanButton = () => page.getByRole('button', { name: 'Scan with the camera' });
  const enter = async () => {
    await page.keyboard.type('12345678');
    await page.keyboard.press('Enter');
    await page.locator('[data-keys]').waitFor();
  };
  const policyFaults = () => refused.filter((line) => !/ERR_CONNECTION_REFUSED/.test(line));

  it('reads a courier’s label, asks the hub as for any scan, and lets go of the camera', async () => {
    const postal = { format: 'Code128', text: '42090210' } as const;
    await before(behind(kioskView(), courier([])), [postal, { format: 'Code128', text: UPS }]);
    const asked = page.waitForRequest(/\/label\?text=/);
    await enter();
    expect(await cameras(), 'nobody has asked for it yet').toEqual([]);
    await scanButton().click();
    await page.getByText('Label 1Z99…6784 scanned').waitFor();
    expect(new URL((await asked).url()).searchParams.get('text')).toBe(UPS);
    expect(await page.locator('video').count()).toBe(0);
    expect(await cameras()).toEqual(['ended']);
    expect(policyFaults()).toEqual([]);
  });

  it('begins a resident’s visit by the QR of their message, and passes over what is none of ours', async () => {
    const hub = behind(kioskView(), resident([stop(19, 'open')], { endsInMs: null }));
    await before(hub, [
      { format: 'Code128', text: '12345670' },
      { format: 'QRCode', text: OURS },
    ]);
    await scanButton().click();
    await page.getByRole('heading', { name: /Take your parcel from door 19/ }).waitFor();
    expect(hub.told).toEqual([`/visits {"code":"${OURS}"}`]);
    expect(await cameras()).toEqual(['ended']);
    expect(policyFaults()).toEqual([]);
  });

  it.each(['DataMatrix', 'PDF417', 'Code39', 'ITF'] as const)('reads a number in %s', async (format) => {
    const text = format === 'ITF' ? '123456789012' : UPS;
    await before(behind(kioskView(), courier([])), [{ format, text }]);
    await enter();
    await scanButton().click();
    await page.getByText(`Label ${text.slice(0, 4)}`).waitFor();
  });

  it('is on by itself at the next parcel, and does not read the label before once more', async () => {
    const next = '1Z12345E0205271688';
    const hub = behind(kioskView(), courier([]));
    const scene = (text: string) => [{ format: 'Code128', text }] as const;
    await before(hub, scene(UPS), scene(UPS), scene(UPS), scene(UPS), scene(next));
    hub.leads.parcels = courier([stop(8, 'confirm', { answerInMs: 15_000 })]);
    hub.leads.confirm = courier([stop(8, 'done', { canUndo: true })]);
    await enter();
    await scanButton().click();
    await page.getByText('Label 1Z99…6784 scanned').waitFor();
    await page.keyboard.type('12');
    await page.locator('li button').first().click();
    await page.locator('[data-choice="other"]').first().click();
    await page.getByRole('button', { name: 'Yes, it is in' }).click();
    await page.getByRole('heading', { name: 'Who is the next parcel for?' }).waitFor();
    await page.getByText('Label 1Z12…1688 scanned').waitFor();
    expect(await cameras()).toEqual(['ended', 'ended']);
  });

  it('goes off when one types instead, and when nobody touches the screen', async () => {
    await before(behind(kioskView({ idleMs: 1_500 }), 'away'), []);
    await scanButton().click();
    await page.getByText('Hold the QR code of your message').waitFor();
    expect(await cameras()).toEqual(['live']);
    await page.getByRole('button', { name: 'Type instead' }).click();
    await page.getByRole('button', { name: '5', exact: true }).waitFor();
    expect(await cameras()).toEqual(['ended']);
    await scanButton().click();
    await page.getByText('Hold the QR code of your message').waitFor();
    await page.getByRole('button', { name: '5', exact: true }).waitFor();
    expect(await cameras()).toEqual(['ended', 'ended']);
  });

  it('says in words that the browser does not allow it; typing and scanners work', async () => {
    browser = await launchBrowser({ camera: 'refused' });
    await begin(browser, behind(kioskView(), courier([])));
    await enter();
    await scanButton().click();
    await page.getByRole('alert').getByText('The browser does not allow the camera.').waitFor();
    await page.keyboard.type(UPS);
    await page.keyboard.press('Enter');
    await page.getByText('Label 1Z99…6784 scanned').waitFor();
    await page.getByRole('button', { name: '5', exact: true }).waitFor();
  });

  it.each([
    ['NotReadableError', 'Another program uses the camera.'],
    ['NotFoundError', 'This screen has no camera now.'],
  ])('says in words what %s is', async (name, words) => {
    await before(behind(kioskView(), 'away'), []);
    await page.evaluate((called) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('tried', called));
    }, name);
    await scanButton().click();
    await page.getByRole('alert').getByText(words).waitFor();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await page.getByRole('button', { name: '5', exact: true }).waitFor();
  });

  it('says so when its plug is pulled while it looks', async () => {
    await before(behind(kioskView(), 'away'), []);
    await scanButton().click();
    await page.getByText('Hold the QR code of your message').waitFor();
    await page.evaluate(() => {
      const [track] = (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks;
      track?.dispatchEvent(new Event('ended'));
    });
    await page.getByRole('alert').getByText('The camera does not work now.').waitFor();
  });

  it('says so when the browser’s question is answered by nobody', async () => {
    await before(behind(kioskView(), 'away'), []);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
    });
    await scanButton().click();
    await page.getByText('The camera is starting…').waitFor();
    await page.getByRole('alert').getByText('The camera does not work now.').waitFor();
  });

  it('is let go of where it starts only after somebody typed instead', async () => {
    await before(behind(kioskView(), 'away'), []);
    await page.evaluate(() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      const asked = Promise.withResolvers<void>();
      Object.assign(globalThis, { start: asked.resolve });
      navigator.mediaDevices.getUserMedia = (wanted) => asked.promise.then(() => open(wanted));
    });
    await scanButton().click();
    await page.getByText('The camera is starting…').waitFor();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await page.getByRole('button', { name: '5', exact: true }).waitFor();
    await page.evaluate(() => (globalThis as unknown as { start: () => void }).start());
    await page.waitForFunction(() => {
      const { tracks } = globalThis as unknown as { tracks: MediaStreamTrack[] };
      return tracks.length > 0 && tracks.every(({ readyState }) => readyState === 'ended');
    });
  });

  it('is not offered where there is none', async () => {
    browser = await launchBrowser({ camera: 'refused' });
    await begin(browser, behind(kioskView(), 'away'));
    await scanButton().waitFor();
    await page.evaluate(() => {
      navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    });
    await scanButton().waitFor({ state: 'detached' });
  });
});
