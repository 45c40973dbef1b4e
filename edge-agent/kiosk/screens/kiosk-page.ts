import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { KioskView, Recipient, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Browser, Page } from 'playwright-core';
import { PEOPLE } from './stage.ts';

const DIST = join(import.meta.dirname, '..', 'dist');
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
/** As the hub sends it: no script but our own, nothing from elsewhere. */
const CSP = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What the hub behind a page says. A test changes it; the page hears of a visit by asking, as without a stream. */
export interface Behind {
  kiosk: KioskView | Answer | 'away';
  visit: VisitView | Answer | 'away';
  recipients: Recipient[];
  /** Every POST that came, as `path body`. */
  readonly told: string[];
  /** What a POST to this ending of a path leads to; what is not here changes nothing. */
  readonly leads: Record<string, VisitView | Answer>;
}

export function problem(code: string, status = 409, more: object = {}): Answer {
  return { status, body: { title: code, status, code, detail: code, ...more } };
}

export function behind(kiosk: Behind['kiosk'], visit: Behind['visit']): Behind {
  return { kiosk, visit, recipients: PEOPLE, told: [], leads: {} };
}

export interface PageLook {
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** The built kiosk in a real browser, with `hub` in place of a hub: its answers are those of the contract. */
export async function openKiosk(browser: Browser, hub: Behind, look: PageLook): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.startsWith('/api/')) {
      const file = pathname === '/kiosk/' ? 'index.html' : pathname.replace('/kiosk/', '');
      return route.fulfill({
        body: await readFile(join(DIST, file)),
        contentType: TYPES[extname(file)] ?? 'application/octet-stream',
        headers: { 'content-security-policy': CSP },
      });
    }
    const answer = answerTo(hub, pathname, route.request().method(), route.request().postData());
    if (answer === 'away') return route.abort('connectionrefused');
    return route.fulfill({ status: answer.status, json: answer.body });
  });
  await page.goto('http://kiosk.test/kiosk/');
  return page;
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
    return asAnswer(hub.visit);
  }
  if (path === '/api/v1/kiosk') return asAnswer(hub.kiosk);
  if (path.endsWith('/recipients')) return { status: 200, body: hub.recipients };
  // A hub without a stream: the page goes on asking.
  if (path.endsWith('/stream')) return 'away';
  return asAnswer(hub.visit);
}
