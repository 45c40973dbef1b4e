/** The built pages: kiosk, staff page, API docs. Files with a hash in their name never change; all others are asked anew. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { DOCS_START, docsPage } from '@lockerhub/protocol/http/docs-page.ts';
import type { Context } from 'hono';
// Only where its files are: the package itself would load the page's whole program, which takes 25 MB.
import swaggerFolder from 'swagger-ui-dist/absolute-path.js';
import { HubError } from '../error.ts';
import type { Api, Hub } from './hub.ts';

const KIOSK = fileURLToPath(new URL('../../edge-agent/kiosk/dist', import.meta.url));
const STAFF = fileURLToPath(new URL('../web/dist', import.meta.url));
/** Vite puts files whose name holds their hash under `assets/`. */
const HASHED = /\/assets\//;
const YEAR_S = 31_536_000;
const OWN_PATHS = /^\/(api|docs|kiosk|pickup|healthz|readyz|metrics|version|openapi[.]json|demo)(\/|$)/;

/** Where the kiosk's page and its files are. */
export const KIOSK_PATH = '/kiosk/';

/** Pages are served from these folders; tests hand in others. */
export interface PageFolders {
  readonly kiosk: string;
  readonly staff: string;
}

export const BUILT_PAGES: PageFolders = { kiosk: KIOSK, staff: STAFF };

export function pageRoutes(api: Api, hub: Hub, folders: PageFolders): void {
  api.get('/demo', (c) => {
    if (!hub.demoUrl) throw new HubError('not-found', 'this is no demo; start one by "npm start"');
    return c.redirect(hub.demoUrl, 302);
  });
  docsRoutes(api);
  api.get('/kiosk', (c) => c.redirect(KIOSK_PATH, 308));
  servePage(api, `${KIOSK_PATH}*`, folders.kiosk, (path) => path.replace(/^\/kiosk/, ''));
  // The kiosk's page in a resident's hand; it looks at its own address.
  api.get('/pickup', (c) => c.redirect('/pickup/', 308));
  servePage(api, '/pickup/*', folders.kiosk, (path) => path.replace(/^\/pickup/, ''));
  servePage(api, '/*', folders.staff, (path) => path);
}

/** A folder with an `index.html` for every path that is no file: the page routes by itself. */
function servePage(api: Api, pattern: string, root: string, toFile: (path: string) => string): void {
  const onFound = (path: string, c: Context) => {
    c.header('cache-control', HASHED.test(path) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  };
  api.get(pattern, async (c, next) => {
    if (pattern === '/*' && OWN_PATHS.test(c.req.path)) return next();
    if (!existsSync(root)) {
      throw new HubError('not-found', 'this page is not built yet; run: npm run build');
    }
    const file = serveStatic({ root, rewriteRequestPath: toFile, onFound });
    const found = await file(c, async () => {});
    if (found) return found;
    if (HASHED.test(c.req.path)) return next();
    return serveStatic({ root, path: 'index.html', onFound })(c, next);
  });
}

/** The API's page, by Swagger UI from this machine. */
function docsRoutes(api: Api): void {
  api.get('/docs', (c) => c.redirect('/docs/', 308));
  api.get('/docs/', (c) => c.html(docsPage('Lockerhub API')));
  api.get('/docs/start.js', (c) => c.body(DOCS_START, 200, { 'content-type': 'text/javascript' }));
  api.get(
    '/docs/*',
    serveStatic({ root: swaggerFolder(), rewriteRequestPath: (path) => path.replace(/^\/docs/, '') }),
  );
}
