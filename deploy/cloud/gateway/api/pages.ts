/** The fleet page from local files. Files with a hash in their name never change; all others are asked anew. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context } from 'hono';
import { GatewayError } from '../error.ts';
import type { Api } from './api.ts';

/** Where the built page is; tests hand in another folder. */
export const FLEET_PAGE = fileURLToPath(new URL('../../fleet/dist', import.meta.url));
/** Vite puts files whose name holds their hash under `assets/`. */
const HASHED = /\/assets\//;
const YEAR_S = 31_536_000;
const OWN_PATHS = /^\/(api|docs|hub|healthz|readyz|metrics|version|openapi[.]json)(\/|$)/;

/** The page at every path that is nothing else: it routes by itself. */
export function pageRoutes(api: Api, root: string): void {
  const onFound = (path: string, c: Context) => {
    c.header('cache-control', HASHED.test(path) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  };
  api.get('/*', async (c, next) => {
    if (OWN_PATHS.test(c.req.path)) return next();
    if (!existsSync(root)) {
      throw new GatewayError('not-found', 'the fleet page is not built yet; run: npm run build');
    }
    const found = await serveStatic({ root, onFound })(c, async () => {});
    if (found) return found;
    if (HASHED.test(c.req.path)) return next();
    return serveStatic({ root, path: 'index.html', onFound })(c, next);
  });
}
