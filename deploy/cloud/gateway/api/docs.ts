/** The page of the API at `/docs`, by Swagger UI from this machine. */
import { serveStatic } from '@hono/node-server/serve-static';
import { DOCS_START, docsPage } from '@lockerhub/protocol/http/docs-page.ts';
// Only where its files are: the package itself would load the page's whole program.
import swaggerFolder from 'swagger-ui-dist/absolute-path.js';
import type { Api } from './api.ts';

export function docsRoutes(api: Api): void {
  api.get('/docs', (c) => c.redirect('/docs/', 308));
  api.get('/docs/', (c) => c.html(docsPage('Lockerhub cloud API')));
  api.get('/docs/start.js', (c) => c.body(DOCS_START, 200, { 'content-type': 'text/javascript' }));
  api.get(
    '/docs/*',
    serveStatic({ root: swaggerFolder(), rewriteRequestPath: (path) => path.replace(/^\/docs/, '') }),
  );
}
