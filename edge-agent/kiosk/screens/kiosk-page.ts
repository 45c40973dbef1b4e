import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { OwnDelegates } from '@lockerhub/protocol/http/delegates.ts';
import { KIOSK_POLICY } from '@lockerhub/protocol/http/page-policy.ts';
import type { KioskView, Recipient, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Browser, Page } from 'playwright-core';
import { ownDelegates, PEOPLE } from './stage.ts';

const DIST = join(import.meta.dirname, '..', 'dist');
/** Served beside the page, for its policy lets no script in from elsewhere; and the browser keeps what it compiled. */
const AXE = 'axe.min.js';
const AXE_FILE = createRequire(import.meta.url).resolve(`axe-core/${AXE}`);
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};
/** As the hub sends it: no script but our own, nothing from elsewhere. */
const CSP = Object.entries(KIOSK_POLICY.contentSecurityPolicy)
  .map(
    ([what, from]) => `${what.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${from.join(' ')}`,
  )
  .join('; ');

/** A black square stands for the QR. */
const PRESENCE = {
  digits: '417',
  qr: 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAIBRAA7',
  forMs: 30_000,
};

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What the hub behind a page says. A test changes it; the page hears of a visit by asking, as without a stream. */
export interface Behind {
  kiosk: KioskView | Answer | 'away';
  visit: VisitView | Answer | 'away';
  recipients: Recipient[];
  /** Whom the resident of a phone lets collect. */
  own: OwnDelegates | Answer;
  /** Every POST that came, as `path body`. */
  readonly told: string[];
  /** What a POST to this ending of a path leads to; what is not here changes nothing. */
  readonly leads: Record<string, VisitView | Answer>;
}

export function problem(code: string, status = 409, more: object = {}): Answer {
  return { status, body: { title: code, status, code, detail: code, ...more } };
}

export function behind(kiosk: Behind['kiosk'], visit: Behind['visit']): Behind {
  return { kiosk, visit, recipients: PEOPLE, own: ownDelegates(), told: [], leads: {} };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The built kiosk in a real browser. One page for all its screens: what was loaded once is kept. */
export class KioskPage {
  readonly page: Page;
  #hub: Behind = behind('away', 'away');

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser): Promise<KioskPage> {
    const page = await browser.newPage({ colorScheme: 'light', reducedMotion: 'reduce' });
    const kiosk = new KioskPage(page);
    const files = await servePages();
    page.once('close', () => files.server.close());
    await page.route('**/api/**', async (route) => {
      const request = route.request();
      const answer = answerTo(
        kiosk.#hub,
        new URL(request.url()).pathname,
        request.method(),
        request.postData(),
      );
      if (answer === 'away') return route.abort('connectionrefused');
      return route.fulfill({ status: answer.status, json: answer.body });
    });
    await page.goto(files.address);
    return kiosk;
  }

  /** Begins anew, with `hub` in place of a hub: its answers are those of the contract. */
  async begin(hub: Behind, size: Size): Promise<void> {
    this.#hub = hub;
    await this.page.setViewportSize(size);
    await this.page.evaluate(() => sessionStorage.clear());
    await this.page.reload();
    await this.page.locator('h1').first().waitFor();
  }

  /** The page as a phone opens it, with `hub` in place of a hub. @param query `?at=…`, or nothing */
  async beginOnPhone(hub: Behind, language: string, query: string): Promise<void> {
    this.#hub = hub;
    await this.page.setViewportSize({ width: 360, height: 740 });
    // The page takes the browser's language, which is English in a test.
    const words = `Object.defineProperty(navigator, 'language', { get: () => ${JSON.stringify(language)} })`;
    await this.page.addInitScript(words);
    await this.page.goto(new URL(`/pickup/${query}`, this.page.url()).href);
    await this.page.evaluate(() => localStorage.clear());
    await this.page.reload();
    await this.page.locator('h1').first().waitFor();
  }

  /** Puts axe-core onto the page as it stands: `globalThis.axe`. */
  async addAxe(): Promise<void> {
    await this.page.addScriptTag({ url: `/kiosk/${AXE}` });
  }
}

/** The built files, as the hub serves them: under their policy, and for a browser to keep. */
async function servePages(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://kiosk').pathname.replace(/^\/(kiosk|pickup)\//, '');
    const file = path === '' ? 'index.html' : path;
    readFile(file === AXE ? AXE_FILE : join(DIST, file)).then(
      (body) => {
        response.writeHead(200, {
          'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': CSP,
          'cache-control': file === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/kiosk/` };
}

function answerTo(hub: Behind, path: string, method: string, body: string | null): Answer | 'away' {
  const asAnswer = (what: Behind['kiosk'] | Behind['visit']): Answer | 'away' =>
    what === 'away' || 'body' in what ? what : { status: 200, body: what };
  if (method === 'POST') {
    hub.told.push(`${path.replace('/api/v1', '')} ${body ?? ''}`);
    const ending = path.slice(path.lastIndexOf('/') + 1);
    const lead = hub.leads[ending];
    if (lead && 'body' in lead) return lead;
    if (lead) hub.visit = lead;
    if (path === '/api/v1/phone/residents') return asOwn(hub.own);
    return asAnswer(hub.visit);
  }
  if (path === '/api/v1/kiosk/presence') return { status: 200, body: PRESENCE };
  if (path === '/api/v1/kiosk') return asAnswer(hub.kiosk);
  if (path === '/api/v1/phone/delegates') return asOwn(hub.own);
  if (path.endsWith('/recipients')) return { status: 200, body: hub.recipients };
  // A hub without a stream: the page goes on asking.
  if (path.endsWith('/stream')) return 'away';
  return asAnswer(hub.visit);
}

function asOwn(own: Behind['own']): Answer {
  return 'body' in own ? own : { status: 200, body: own };
}
