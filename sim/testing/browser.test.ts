import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canLaunchBrowser, launchBrowser } from './browser.ts';

describe.skipIf(!canLaunchBrowser)('the packaged browser', () => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<title>Bank</title><button onclick="this.textContent = 2 * 21">Türe · דלת · باب</button>');
  });
  let browsers: Browser[] = [];
  let address = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    // Two at once, as two test files do.
    browsers = await Promise.all([launchBrowser(), launchBrowser()]);
  });

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    server.close();
  });

  it('opens a page from a local server and runs its script', async () => {
    for (const browser of browsers) {
      const page = await browser.newPage();
      await page.goto(address);
      await page.getByRole('button').click();
      expect(await page.getByRole('button').textContent()).toBe('42');
      expect(await page.title()).toBe('Bank');
    }
  });

  it('draws letters, Latin and right-to-left ones', async () => {
    const page = await (browsers[0] as Browser).newPage();
    await page.goto(address);
    const width = await page.getByRole('button').evaluate((button) => button.getBoundingClientRect().width);
    expect(width).toBeGreaterThan(60);
    expect((await page.screenshot()).subarray(1, 4).toString()).toBe('PNG');
  });
});
